"""Looking for damage: at the start at what matters most, every day, in slices, at everything.

SQLite's own check finds a tree that is damaged; it does not see a byte that has
changed inside a payload. So every payload is held against its SHA-256, every
header against the chain, and every number must be somewhere.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from buffering.chain import Header, genesis, link
from buffering.errors import DamagedRecord, StoreFailed
from buffering.record import Lane
from buffering.records import RecordTable
from buffering.store import Store

SLICE_RECORDS: Final = 256  # one slice takes less than 5 ms
SLICE_BYTES: Final = 1_000_000
TAIL_RECORDS: Final = 64  # of each lane, at the start
WHOLE_BYTES: Final = 64_000_000  # a file up to this size is looked at as a whole at the start: 25 ms
SMALL_TABLES: Final = ("meta", "removed", "state", "destination", "pending", "message", "signature")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a lane was looked at; `chain` is None where the record before is not there."""

    epoch: int
    lane: Lane
    seq: int
    chain: bytes | None

    @classmethod
    def before(cls, gateway: str, epoch: int, lane: Lane) -> "Place":
        """Return the place before a lane's first record."""
        return cls(epoch, lane, 0, genesis(gateway, epoch, lane))


def places(table: RecordTable, gateway: str) -> list[Place]:
    """Return where to begin, for every lane of every epoch. Raises StoreFailed."""
    return [Place.before(gateway, epoch, lane) for epoch in table.epochs() for lane in Lane]


def look(table: RecordTable, place: Place) -> Place | None:
    """Look at a slice of a lane; return how far it goes, None at the lane's end.

    Raises DamagedRecord: a record is not what was committed, or is not there.
    Raises StoreFailed.
    """
    sizes = table.sizes(place.epoch, place.lane, place.seq + 1, 2**62, limit=SLICE_RECORDS)
    number, size = 0, 0
    for _, each in sizes:
        if number and size + each > SLICE_BYTES:
            break
        number, size = number + 1, size + each
    for seq, rowid in table.places(place.epoch, place.lane, place.seq + 1, limit=number):
        place = _across(table, place, seq)
        place = replace(place, seq=seq, chain=_checked(place, seq, table.row(rowid)))
    if sizes:
        return place
    head = table.head(place.epoch, place.lane)  # found from the other end of the tree
    if head is not None and head.seq > place.seq:
        raise DamagedRecord(place.epoch, place.lane, place.seq + 1)
    return None


def _across(table: RecordTable, place: Place, seq: int) -> Place:
    """Return the place just before `seq`, over what was removed in between. Raises DamagedRecord."""
    if place.seq < seq - 1:
        for gone in table.removed(place.epoch, place.lane):
            if gone.first == place.seq + 1 and gone.last < seq:
                place = replace(place, seq=gone.last, chain=gone.chain)
    if place.seq != seq - 1:
        raise DamagedRecord(place.epoch, place.lane, place.seq + 1)
    return place


def _checked(place: Place, seq: int, row: tuple[Any, ...]) -> bytes:
    """Return a record's chain value, if the row is what was committed. Raises DamagedRecord."""
    if row[:3] == (place.epoch, place.lane, seq):
        first_ns, last_ns, count, _, uid, sha256, chain, payload = row[3:]
        times = (first_ns, last_ns, max(0, count))
        header = Header(place.epoch, place.lane, seq, *times, UUID(bytes=uid), sha256)
        is_linked = place.chain is None or link(header, place.chain) == chain
        if is_linked and hashlib.sha256(payload).digest() == sha256:
            return bytes(chain)
    raise DamagedRecord(place.epoch, place.lane, seq)


def damage(store: Store) -> str | None:
    """Look at a store that was just opened; return what is wrong with it, None if nothing was found.

    A store of any size is looked at within a second: the trees of all but the
    records, and the newest of those. Raises StoreFailed: the disk fails.
    """
    try:
        return next(_damages(store), None)
    except StoreFailed as failed:
        if failed.reason == "damaged":
            return failed.detail
        raise
    except DamagedRecord as damaged:
        return str(damaged)


def _damages(store: Store) -> Iterator[str]:
    space = store.space()
    is_small = space.pages * space.page_bytes <= WHOLE_BYTES
    for table in (None,) if is_small else SMALL_TABLES:
        yield from store.quick_check(table)
    meta = store.meta()
    gateway, epoch = meta.get("gateway"), meta.get("epoch")
    if not isinstance(gateway, str) or not isinstance(epoch, int):
        yield "meta"
        return
    yield from _nonsense(store)
    for lane in Lane:
        head = store.head(epoch, lane)
        if head is not None:
            [first] = store.links(epoch, lane, max(1, head.seq - TAIL_RECORDS), limit=1)
            place: Place | None = Place(epoch, lane, first.header.seq, first.chain)
            while place is not None:
                place = look(store, place)


def _nonsense(store: Store) -> Iterator[str]:
    """Yield what no store of ours would say of who is to get what."""
    try:
        store.messages()
        for name in store.destinations():
            store.pending(name)
    except (ValueError, TypeError) as nonsense:
        yield repr(nonsense)
