"""Brings the records of a store that was set aside into the new one, under their own epoch and number.

First every page of the old file is looked at, in slices; whatever is a record, and
fits its SHA-256, is taken over, in whatever order. Then each lane is walked: the
chain tells a header that was altered, a number that is missing is put on record
as lost. Only then do those who were to get these records get them.

A crash in between costs nothing but the time: it begins again, and what is there
already is not taken twice.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from buffering.cells import TABLE_LEAF, Row, rows_of_leaf
from buffering.chain import Header, genesis, link
from buffering.errors import StoreFailed
from buffering.exchange import Outgoing
from buffering.ledger import Ledger
from buffering.notices import Lost, Salvaged
from buffering.pages import Pages
from buffering.quota import excess
from buffering.ranges import Range, Ranges, subtract
from buffering.record import Lane
from buffering.records import DAMAGE, Link, Removed
from buffering.recover import Aside
from buffering.stock import stored

SLICE_PAGES: Final = 4096
BLOCK_PAGES: Final = 64
SLICE_RECORDS: Final = 100
SLICE_BYTES: Final = 256_000
WALK_RECORDS: Final = 500
EPOCH_MAX: Final = 2**53


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a lane was walked: the last number seen, and what is known of that record."""

    epoch: int
    lane: Lane
    seq: int = 0
    chain: bytes | None = None
    total: int | None = None
    last_ns: int | None = None


class Salvage:
    """Carries a plan out, one step in each transaction. A step may run again: it changes nothing here."""

    def __init__(self, aside: Aside, folder: Path) -> None:
        self._aside = aside
        self._path = folder / aside.name / "outbox.db"
        self._pages: Pages | None = None

    def close(self) -> None:
        """Let go of the old files."""
        if self._pages is not None:
            self._pages.close()
            self._pages = None

    # First: what is there

    def carve(self, ledger: Ledger, first: int) -> int | None:
        """Take over the records of a slice of pages; return where the next begins. Raises StoreFailed."""
        try:
            self._pages = self._pages or Pages.open(self._path)
            return self._carve(ledger, self._pages, first)
        except FileNotFoundError:
            return None  # somebody took it away: what is lost is found out by the walk
        except OSError as error:
            raise StoreFailed("io-error", str(error)) from error

    def _carve(self, ledger: Ledger, pages: Pages, first: int) -> int | None:
        taken, size, number = 0, 0, first
        is_full = bool(excess(ledger.store.space(), ledger.keeping.size_bytes))
        while number <= pages.count and number < first + SLICE_PAGES:
            for link_, payload in _records(pages, number, number + BLOCK_PAGES - 1):
                if self._is_wanted(ledger, link_.header, only_unsent=is_full):
                    ledger.store.restore_record(
                        link_.header, total=link_.total, chain=link_.chain, payload=payload
                    )
                    taken, size = taken + 1, size + len(payload)
            number += BLOCK_PAGES
            if taken >= SLICE_RECORDS or size >= SLICE_BYTES:
                break
        return number if number <= pages.count else None

    def _is_wanted(self, ledger: Ledger, header: Header, *, only_unsent: bool) -> bool:
        epoch, lane, seq = header.epoch, header.lane, header.seq
        if epoch == ledger.epoch or seq > self._aside.heads.get(lane.value, seq):
            return False
        if any(gone.first <= seq <= gone.last for gone in ledger.store.removed(epoch, lane)):
            return False  # an old copy, on a page that is not in use
        if not only_unsent or lane is not Lane.READING or self._aside.known is None:
            return True
        return any(
            one.first <= seq and (one.last is None or seq <= one.last)
            for name in ledger.destinations
            for one in ledger.store.pending(name).get((epoch, lane), ())
        )

    # Then: what is missing

    def walks(self, ledger: Ledger) -> list[Walk]:
        """Return the lanes that are to be walked. Raises StoreFailed."""
        epochs = {*ledger.store.epochs(), *([self._aside.epoch] if self._aside.epoch else ())}
        return [Walk(epoch, lane) for epoch in sorted(epochs - {ledger.epoch}) for lane in Lane]

    def walk(self, ledger: Ledger, walk: Walk) -> tuple[Walk | None, int]:
        """Check a slice of a lane; return how far it is, None at its end, and how many records are lost.

        Raises StoreFailed.
        """
        links = ledger.store.links(walk.epoch, walk.lane, walk.seq + 1, limit=WALK_RECORDS)
        lost = 0
        for each in links:
            lost += _lose(ledger, walk, each.header.seq - 1, each)
            walk = _passed(ledger, walk, each.header.seq)
            if not _follows(ledger, walk, each):
                ledger.store.delete_records(walk.epoch, walk.lane, Range(walk.seq + 1, walk.seq + 1))
                lost += _lose(ledger, walk, each.header.seq, None)
                walk = Walk(walk.epoch, walk.lane, each.header.seq, last_ns=walk.last_ns)
            else:
                header = each.header
                walk = replace(
                    walk, seq=header.seq, chain=each.chain, total=each.total, last_ns=header.last_ns
                )
        if links:
            return walk, lost
        known = self._aside.heads if walk.epoch == self._aside.epoch else {}
        lost += _lose(ledger, walk, max(walk.seq, known.get(walk.lane.value, 0)), None)
        self._hand_over(ledger, walk.epoch, walk.lane)
        return None, lost

    def _hand_over(self, ledger: Ledger, epoch: int, lane: Lane) -> None:
        """Leave to each destination what is there of what it was to get; all, where that is not known."""
        there = stored(ledger.store, epoch, lane)
        for name in ledger.destinations:
            if self._aside.known is None or name not in self._aside.known:
                ledger.store.put_pending(name, epoch, lane, there)
                continue
            ranges: Ranges = ledger.store.pending(name).get((epoch, lane), ())
            for gone in _gaps(there):
                ranges = subtract(ranges, gone)
            ledger.store.put_pending(name, epoch, lane, ranges)

    def finish(self, ledger: Ledger, lost: int) -> tuple[Outgoing, ...]:
        """Put it on record; return the messages that can go out now. Raises StoreFailed."""
        records = 0
        for epoch in ledger.store.epochs():
            if epoch != ledger.epoch:
                there = [one for lane in Lane for one in stored(ledger.store, epoch, lane)]
                records += sum(one.last - one.first + 1 for one in there if one.last is not None)
        messages = [each for each in ledger.reopened() if each.message.epoch != ledger.epoch]
        for each in messages:
            if each.extent.oldest_ns is None:  # nothing of it is left
                ledger.store.delete_message(each.message.destination, each.message.number)
        Aside.forget(ledger.store)
        ledger.salvage_ends = True
        ledger.note(Salvaged(self._aside.name, records, lost), ledger.latest_ns)
        return tuple(each for each in messages if each.extent.oldest_ns is not None)


def _records(pages: Pages, first: int, last: int) -> Iterator[tuple[Link, bytes]]:
    """Yield the whole records on every version of these pages."""
    for page in pages.versions(TABLE_LEAF, first, last):
        rows = list(rows_of_leaf(page, pages.get))
        found = [_record(row) for row in rows]
        if None in found:  # the log may have taken the pages that it overflows to
            found += [_record(row) for row in rows_of_leaf(page, pages.in_file)]
        yield from (each for each in found if each is not None)


def _record(row: Row | None) -> tuple[Link, bytes] | None:
    """Return a row as a record, None if it is none, or not what was committed."""
    match row:
        case (
            int(epoch),
            str(lane),
            int(seq),
            int(first_ns),
            int(last_ns),
            int(count),
            int(total),
            bytes(uid),
            bytes(sha256),
            bytes(chain),
            bytes(payload),
        ) if lane in set(Lane) and 0 < epoch < EPOCH_MAX and seq > 0 and count >= 0:
            if (len(uid), len(chain)) != (16, 32) or hashlib.sha256(payload).digest() != sha256:
                return None
            header = Header(epoch, Lane(lane), seq, first_ns, last_ns, count, UUID(bytes=uid), sha256)
            return Link(header, chain, total), payload
        case _:
            return None


def _passed(ledger: Ledger, walk: Walk, seq: int) -> Walk:
    """Return the walk as it stands just before `seq`, over what was removed or lost in between."""
    if walk.seq == seq - 1:
        return walk
    for gone in ledger.store.removed(walk.epoch, walk.lane):
        if gone.last == seq - 1:
            return replace(walk, seq=seq - 1, chain=gone.chain, total=gone.total)
    return replace(walk, seq=seq - 1, chain=None, total=None)


def _follows(ledger: Ledger, walk: Walk, each: Link) -> bool:
    """Whether a record's header is what the chain says; at its word after a hole."""
    previous = genesis(ledger.gateway, walk.epoch, walk.lane) if walk.seq == 0 else walk.chain
    return previous is None or link(each.header, previous) == each.chain


def _lose(ledger: Ledger, walk: Walk, last: int, after: Link | None) -> int:
    """Put on record what is missing after `walk.seq` up to `last`; return how many records."""
    missing: Ranges = (Range(walk.seq + 1, last),) if last > walk.seq else ()
    for gone in ledger.store.removed(walk.epoch, walk.lane) if missing else ():
        missing = subtract(missing, Range(gone.first, gone.last))
    lost = 0
    for one in missing:
        assert one.last is not None, one
        lost += one.last - one.first + 1
        ledger.store.put_removed(walk.epoch, walk.lane, Removed(one.first, one.last, None, None, DAMAGE))
        items = None
        if after is not None and walk.total is not None and missing == (Range(walk.seq + 1, last),):
            items = after.total - after.header.count - walk.total
        to_ns = after.header.first_ns if after is not None else ledger.latest_ns
        from_ns = walk.last_ns if walk.last_ns is not None else to_ns
        notice = Lost(walk.epoch, walk.lane, one.first, one.last, items, from_ns, to_ns)
        ledger.note(notice, ledger.latest_ns)
    return lost


def _gaps(there: Ranges) -> Iterator[Range]:
    """Yield what is not there, the open end included."""
    before = 0
    for one in there:
        assert one.last is not None, one
        if one.first > before + 1:
            yield Range(before + 1, one.first - 1)
        before = one.last
    yield Range(before + 1, None)
