"""A second reader of a stopped agent's store, written after docs/storage-format.md.

Plain sqlite3, zstd and JSON; nothing of the code that wrote the file, so that a
mistake made in writing cannot cancel itself out in reading. Every payload is
held against its SHA-256, and every lane must be gapless but for what is told as removed.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import zstandard

LANES: Final = ("alarm", "event", "reading")
PAYLOAD_BYTES_MAX: Final = 64_000_000

Value = bool | int | float | None
Content = Mapping[str, Any]
RecordIdentity = tuple[str, int, int]  # lane, epoch, seq
Removed = tuple[int, str, int, int, str]  # epoch, lane, first, last, cause

QUALITY_WORDS: Final = {
    0: "good",
    1: "over-range",
    2: "under-range",
    3: "maintenance",
    4: "calibration",
    5: "simulation",
    6: "manual",
    7: "stopped",
    8: "suspect",
    64: "comm-fault",
    65: "device-fault",
    66: "not-a-number",
    67: "sentinel",
    68: "stale",
    69: "wire-break",
}


class StoreDamaged(Exception):
    """A record is missing, or is not what was written."""

    def __init__(self, epoch: int, lane: str, seq: int, what: str) -> None:
        super().__init__(f"epoch {epoch}, lane {lane}, record {seq}: {what}")
        self.epoch = epoch
        self.lane = lane
        self.seq = seq


@dataclass(frozen=True, slots=True)
class PointOfCatalogue:
    """What a point was when its readings were stored."""

    id: str
    range: tuple[float, float] | None
    period_s: float


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One accepted reading; (epoch, seq, index) is its identity."""

    epoch: int
    seq: int
    index: int
    connection: str
    block: str
    point: PointOfCatalogue
    utc_ns: int
    source_ns: int | None
    value: Value
    quality: str


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record, unpacked."""

    epoch: int
    seq: int
    last_ns: int
    content: Content


@dataclass(frozen=True, slots=True)
class Unsent:
    """What the store still holds for one destination: records, and messages (number → records)."""

    records: frozenset[RecordIdentity]
    messages: Mapping[int, frozenset[RecordIdentity]]


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that was accepted.

    `last_ns` is the latest time in each record; `next_numbers` is, per
    destination, its next message's number. `taken` are the records that damage
    took, each of them told by a gap record.
    """

    readings: Sequence[StoredReading]
    events: Sequence[StoredRecord]
    last_ns: Mapping[RecordIdentity, int]
    next_numbers: Mapping[str, int]
    unsent: Mapping[str, Unsent]
    taken: frozenset[RecordIdentity] = frozenset()

    def completed(self, before: "Store") -> "Store":
        """Return the store with what damage took, as it was in a copy from before."""
        lost = [r for r in before.readings if ("reading", r.epoch, r.seq) in self.taken]
        known = {record: ns for record, ns in before.last_ns.items() if record in self.taken}
        return replace(self, readings=(*lost, *self.readings), last_ns={**known, **self.last_ns})


def read_store(path: Path) -> Store:
    """Read a store that nobody writes to any more.

    Raises sqlite3.Error when the file cannot be opened, StoreDamaged when its
    content is not whole.
    """
    with contextlib.closing(_opened(path)) as db:
        removed = _removed(db)
        lanes = {lane: tuple(_records(db, lane, removed)) for lane in LANES}
        catalogues = _catalogues(lanes["event"])
        last_ns = {(lane, r.epoch, r.seq): r.last_ns for lane, records in lanes.items() for r in records}
        next_numbers = dict(db.execute("SELECT name, next_number FROM destination"))
        return Store(
            readings=tuple(r for record in lanes["reading"] for r in _readings(record, catalogues)),
            events=lanes["event"],
            last_ns=last_ns,
            next_numbers=next_numbers,
            unsent={name: _unsent(db, name, last_ns.keys()) for name in next_numbers},
            taken=_taken(removed, lanes["event"]),
        )


def read_alarms(path: Path) -> tuple[StoredRecord, ...]:
    """Read the alarm lane alone; raises what `read_store` does."""
    return _lane(path, "alarm")


def read_events(path: Path) -> tuple[StoredRecord, ...]:
    """Read the event lane alone; raises what `read_store` does."""
    return _lane(path, "event")


def read_points(path: Path, points: Collection[str]) -> Iterator[StoredReading]:
    """Yield the readings of some points, one record at a time; raises what `read_store` does."""
    with contextlib.closing(_opened(path)) as db:
        removed = _removed(db)
        catalogues = _catalogues(tuple(_records(db, "event", removed)))
        for record in _records(db, "reading", removed):
            yield from (r for r in _readings(record, catalogues) if r.point.id in points)


def _lane(path: Path, lane: str) -> tuple[StoredRecord, ...]:
    with contextlib.closing(_opened(path)) as db:
        return tuple(_records(db, lane, _removed(db)))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def _removed(db: sqlite3.Connection) -> tuple[Removed, ...]:
    return tuple(db.execute("SELECT epoch, lane, first, last, cause FROM removed"))


def _records(db: sqlite3.Connection, lane: str, removed: Sequence[Removed]) -> Iterator[StoredRecord]:
    after = {(epoch, first): last + 1 for epoch, of, first, last, _ in removed if of == lane}
    query = "SELECT epoch, seq, last_ns, sha256, payload FROM record WHERE lane = ? ORDER BY epoch, seq"
    expected = (0, 0)
    for epoch, seq, last_ns, sha256, payload in db.execute(query, (lane,)):
        expected = (epoch, expected[1] + 1 if epoch == expected[0] else 1)
        while expected in after:
            expected = (epoch, after[expected])
        if seq != expected[1]:
            raise StoreDamaged(epoch, lane, expected[1], "missing")
        if hashlib.sha256(payload).digest() != sha256:
            raise StoreDamaged(epoch, lane, seq, "payload does not fit its SHA-256")
        yield StoredRecord(epoch, seq, last_ns, _unpacked(payload))


def _taken(removed: Sequence[Removed], events: Sequence[StoredRecord]) -> frozenset[RecordIdentity]:
    """Return the records that damage took; raises StoreDamaged where no event tells of one."""
    told = frozenset(
        (lane, epoch, seq)
        for event in events
        if event.content["kind"] == "gap" and event.content["cause"] == "damage"
        for epoch, lane, first, last in (event.content["records"],)
        for seq in range(first, last + 1)
    )
    taken = frozenset(
        (lane, epoch, seq)
        for epoch, lane, first, last, cause in removed
        if cause == "damage"
        for seq in range(first, last + 1)
    )
    for lane, epoch, seq in sorted(taken - told):
        raise StoreDamaged(epoch, lane, seq, "lost, and no event tells of it")
    return taken


def _unsent(db: sqlite3.Connection, destination: str, stored: Collection[RecordIdentity]) -> Unsent:
    pending = "SELECT epoch, lane, first, last FROM pending WHERE destination = ?"
    message = "SELECT number, epoch, lane, first, last FROM message WHERE destination = ?"
    messages = {number: _between(stored, *rest) for number, *rest in db.execute(message, (destination,))}
    spans = [_between(stored, *row) for row in db.execute(pending, (destination,))]
    return Unsent(frozenset().union(*spans, *messages.values()), messages)


def _between(
    stored: Collection[RecordIdentity], epoch: int, lane: str, first: int, last: int | None
) -> frozenset[RecordIdentity]:
    """Return the records [first, last] of a lane; without `last`, all from `first` on."""
    return frozenset(
        r for r in stored if r[:2] == (lane, epoch) and first <= r[2] and (last is None or r[2] <= last)
    )


def _unpacked(payload: bytes) -> Content:
    content: Content = json.loads(zstandard.ZstdDecompressor().decompress(payload, PAYLOAD_BYTES_MAX))
    return content


def _catalogues(events: Sequence[StoredRecord]) -> Mapping[str, Sequence[PointOfCatalogue]]:
    return {
        event.content["catalogue"]: [_point(entry) for entry in event.content["points"]]
        for event in events
        if event.content["kind"] == "catalogue"
    }


def _point(entry: Content) -> PointOfCatalogue:
    limits = entry["range"]
    return PointOfCatalogue(entry["id"], (limits[0], limits[1]) if limits else None, entry["period_s"])


def _readings(
    record: StoredRecord, catalogues: Mapping[str, Sequence[PointOfCatalogue]]
) -> Iterator[StoredReading]:
    points = catalogues[record.content["catalogue"]]
    plans = [
        (connection, block, [points[number] for number in numbers])
        for connection, block, numbers in record.content["plans"]
    ]
    index = 0
    for plan, utc_ns, _, _, values, qualities, sources_ns in record.content["scans"]:
        connection, block, of_plan = plans[plan]
        for position, (point, value) in enumerate(zip(of_plan, values, strict=True)):
            yield StoredReading(
                record.epoch,
                record.seq,
                index,
                connection,
                block,
                point,
                utc_ns,
                sources_ns[position] if sources_ns else None,
                value,
                QUALITY_WORDS[qualities[position] if qualities else 0],
            )
            index += 1
