"""The record table and what was removed from it: small methods, one statement each, no decisions.

All raise StoreFailed. Removed records leave a row that says which they were,
and the chain value and running total at their end, from which both go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from buffering.chain import Header
from buffering.ranges import Range
from buffering.record import Lane
from buffering.statements import Statements

RETENTION: Final = "retention"
DAMAGE: Final = "damage"

_LANE: Final = "epoch = ? AND lane = ?"


@dataclass(frozen=True, slots=True)
class Head:
    """A record of a lane, as what follows it needs it: its number, its chain value, all items up to it."""

    seq: int
    chain: bytes
    total: int


@dataclass(frozen=True, slots=True)
class Removed:
    """Records that are no longer there; `total` and `chain` are the last one's, unless damage took them."""

    first: int
    last: int
    total: int | None
    chain: bytes | None
    cause: str  # RETENTION or DAMAGE


@dataclass(frozen=True, slots=True)
class Times:
    """When the items of a record were."""

    seq: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Link:
    """A record without its payload: its header, its chain value, and all items up to it."""

    header: Header
    chain: bytes
    total: int


class RecordTable(Statements):
    """Records by epoch, lane and seq."""

    def insert_record(self, header: Header, *, total: int, chain: bytes, payload: bytes) -> None:
        """Add a record at the head of its lane. Raises StoreFailed."""
        self._run(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            header.epoch,
            header.lane.value,
            header.seq,
            header.first_ns,
            header.last_ns,
            header.count,
            total,
            header.uid.bytes,
            header.payload_sha256,
            chain,
            payload,
        )

    def restore_record(self, header: Header, *, total: int, chain: bytes, payload: bytes) -> None:
        """Add a record of an older store, unless it is there already. Raises StoreFailed."""
        if not self.sizes(header.epoch, header.lane, header.seq, header.seq, limit=1):
            self.insert_record(header, total=total, chain=chain, payload=payload)

    def links(self, epoch: int, lane: Lane, first: int, *, limit: int) -> list[Link]:
        """Return up to `limit` records from `first` as the chain sees them. Raises StoreFailed."""
        columns = "seq, first_ns, last_ns, count, uid, sha256, chain, total"
        statement = f"SELECT {columns} FROM record WHERE {_LANE} AND seq >= ? ORDER BY seq LIMIT ?"  # noqa: S608
        rows = self._run(statement, epoch, lane.value, first, limit)
        return [
            Link(Header(epoch, lane, seq, begin, end, count, UUID(bytes=uid), sha256), chain, total)
            for seq, begin, end, count, uid, sha256, chain, total in rows
        ]

    def head(self, epoch: int, lane: Lane) -> Head | None:
        """Return the newest record of the lane, None if there is none. Raises StoreFailed."""
        rows = self._run(
            f"SELECT seq, chain, total FROM record WHERE {_LANE} ORDER BY seq DESC LIMIT 1",  # noqa: S608
            epoch,
            lane.value,
        )
        return Head(*rows[0]) if rows else None

    def at(self, epoch: int, lane: Lane, seq: int) -> Head:
        """Return one record that is there. Raises StoreFailed."""
        statement = f"SELECT seq, chain, total FROM record WHERE {_LANE} AND seq = ?"  # noqa: S608
        [row] = self._run(statement, epoch, lane.value, seq)
        return Head(*row)

    def epochs(self) -> list[int]:
        """Return the epochs that have records, lowest first, by as many index seeks. Raises StoreFailed."""
        found: list[int] = []
        while True:
            above = found[-1] if found else -1
            [(epoch,)] = self._run("SELECT min(epoch) FROM record WHERE epoch > ?", above)
            if epoch is None:
                return found
            found.append(epoch)

    def first_seq(self, epoch: int, lane: Lane) -> int | None:
        """Return the oldest sequence number that the lane still holds. Raises StoreFailed."""
        [(seq,)] = self._run(f"SELECT min(seq) FROM record WHERE {_LANE}", epoch, lane.value)  # noqa: S608
        return None if seq is None else int(seq)

    def sizes(self, epoch: int, lane: Lane, first: int, last: int, *, limit: int) -> list[tuple[int, int]]:
        """Return (seq, payload bytes) of up to `limit` records from `first`. Raises StoreFailed."""
        statement = (
            f"SELECT seq, length(payload) FROM record WHERE {_LANE}"  # noqa: S608
            " AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
        )
        return [(seq, size) for seq, size in self._run(statement, epoch, lane.value, first, last, limit)]

    def loads(
        self, epoch: int, lane: Lane, first: int, last: int, *, limit: int
    ) -> list[tuple[int, int, int]]:
        """Return (seq, payload bytes, items) of up to `limit` records from `first`. Raises StoreFailed."""
        statement = (
            f"SELECT seq, length(payload), count FROM record WHERE {_LANE}"  # noqa: S608
            " AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
        )
        return list(self._run(statement, epoch, lane.value, first, last, limit))

    def times(self, epoch: int, lane: Lane, first: int, last: int, *, limit: int) -> Sequence[Times]:
        """Return the times of up to `limit` records from `first`. Raises StoreFailed."""
        statement = (
            f"SELECT seq, first_ns, last_ns FROM record WHERE {_LANE}"  # noqa: S608
            " AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
        )
        return [Times(*row) for row in self._run(statement, epoch, lane.value, first, last, limit)]

    def extent(self, epoch: int, lane: Lane, first: int, last: int) -> tuple[int, int | None]:
        """Return (items, first_ns of the first) of what is there of `first` to `last`, by two look-ups.

        Items that were removed in between are counted in. Raises StoreFailed.
        """
        within = f"FROM record WHERE {_LANE} AND seq BETWEEN ? AND ? ORDER BY seq"
        values = (epoch, lane.value, first, last)
        rows = self._run(f"SELECT total - count, first_ns {within} LIMIT 1", *values)
        if not rows:
            return 0, None
        [(before, first_ns)] = rows
        [(total,)] = self._run(f"SELECT total {within} DESC LIMIT 1", *values)
        return total - before, first_ns

    def last_ns(self, epoch: int, lane: Lane, first: int, last: int) -> int:
        """Return the time of the last item in what is there of `first` to `last`. Raises StoreFailed."""
        statement = (
            f"SELECT last_ns FROM record WHERE {_LANE}"  # noqa: S608
            " AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1"
        )
        [(last_ns,)] = self._run(statement, epoch, lane.value, first, last)
        return int(last_ns)

    def uid(self, epoch: int, lane: Lane, seq: int) -> UUID:
        """Return the uid of one record. Raises StoreFailed."""
        statement = f"SELECT uid FROM record WHERE {_LANE} AND seq = ?"  # noqa: S608
        [(uid,)] = self._run(statement, epoch, lane.value, seq)
        return UUID(bytes=uid)

    def places(self, epoch: int, lane: Lane, first: int, *, limit: int) -> list[tuple[int, int]]:
        """Return (seq, rowid) of up to `limit` records from `first`, by the index. Raises StoreFailed."""
        statement = f"SELECT seq, rowid FROM record WHERE {_LANE} AND seq >= ? ORDER BY seq LIMIT ?"  # noqa: S608
        return [(seq, rowid) for seq, rowid in self._run(statement, epoch, lane.value, first, limit)]

    def row(self, rowid: int) -> tuple[Any, ...]:
        """Return the whole row at a place, by the table alone; empty if there is none. Raises StoreFailed."""
        return next(iter(self._run("SELECT * FROM record WHERE rowid = ?", rowid)), ())

    def delete_records(self, epoch: int, lane: Lane, gone: Range) -> None:
        """Remove records. Raises StoreFailed."""
        statement = f"DELETE FROM record WHERE {_LANE} AND seq BETWEEN ? AND ?"  # noqa: S608
        self._run(statement, epoch, lane.value, gone.first, gone.last)

    def removed(self, epoch: int, lane: Lane) -> list[Removed]:
        """Return what was removed from a lane, oldest first. Raises StoreFailed."""
        statement = f"SELECT first, last, total, chain, cause FROM removed WHERE {_LANE} ORDER BY first"  # noqa: S608
        return [Removed(*row) for row in self._run(statement, epoch, lane.value)]

    def put_removed(self, epoch: int, lane: Lane, one: Removed) -> None:
        """Note what was removed; what it now includes is no longer noted by itself. Raises StoreFailed."""
        self._run(
            f"DELETE FROM removed WHERE {_LANE} AND first BETWEEN ? AND ?",  # noqa: S608
            epoch,
            lane.value,
            one.first,
            one.last,
        )
        row = (epoch, lane.value, one.first, one.last, one.total, one.chain, one.cause)
        self._run("INSERT INTO removed VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
