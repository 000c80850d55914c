"""A store's file, read beside whoever writes it: a running agent's, a copy, one that was set aside.

Nothing is written, and nothing is left behind. A file without a log has no writer:
it is read as it lies, because SQLite's usual way makes a log and a lock file
beside it, which in an agent's folder could belong to another user. Should a
writer begin meanwhile, what was read is read again in the usual way.

Every read is one short transaction, and what is done with it comes after it:
a transaction that lasts keeps the log from being moved into the file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeVar

from buffering.database import FORMAT, connect, failures, format_of
from buffering.errors import StoreFailed, StoreUnusable
from buffering.heads import SignedHead
from buffering.reading import StoreReader
from buffering.record import Lane
from buffering.records import Removed, Times
from buffering.schema import OBJECTS, Object
from buffering.scrub import SMALL_TABLES
from buffering.sealed import is_sound
from buffering.signatures import SignatureTable

Result = TypeVar("Result")
_Form = tuple[type | tuple[type, ...], ...]

SEQ_MAX: Final = 2**62
SLICE_RECORDS: Final = 256
SLICE_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it stands in the file; after damage no column need be what it should be."""

    seq: int
    first_ns: int
    last_ns: int
    count: int
    total: int
    uid: bytes
    sha256: bytes
    chain: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Destined:
    """Records that a destination is still to get, or that are parked for it; `last` None is open."""

    destination: str
    first: int
    last: int | None
    parked: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a lane and all that is said of it, at one moment."""

    rows: Sequence[Row]
    removed: Sequence[Removed]
    signatures: Sequence[tuple[int, bytes, int, str, bytes]]  # seq, chain, signed_ns, fingerprint, signature
    destined: Sequence[Destined]


def _fits(row: tuple[Any, ...], form: _Form) -> bool:
    """Whether a row has the types of its table: STRICT holds them when writing, not against damage."""
    return all(isinstance(value, kind) for value, kind in zip(row, form, strict=True))


class StoreBeside(StoreReader, SignatureTable):
    """A connection that only reads. Used by one thread."""

    def __init__(self, path: Path) -> None:
        """Raises StoreUnusable: there is none, it is not a store, or of another format."""
        self._path = path.absolute()
        self._log = self._path.with_name(self._path.name + "-wal")
        self._at_rest = not self._log.exists()
        self.damaged: set[str] = set()
        """Tables beside the records that cannot be read to their end: what they say is left out."""
        try:
            self._db = connect(self._path, writing=False, at_rest=self._at_rest)
            with failures():
                if format_of(self._db, path) < FORMAT:
                    raise StoreUnusable(path, "older")
        except StoreFailed as failed:
            raise StoreUnusable(path, failed.reason, failed.detail) from failed

    def at_one_moment(self, work: Callable[[], Result]) -> Result:
        """Return what short reads find that see the store as it is at one moment. Raises StoreFailed."""
        while True:
            with self.snapshot():
                found = work()
            if not (self._at_rest and self._log.exists()):
                return found
            self.close()
            self._at_rest = False
            self._db = connect(self._path, writing=False)

    def check_tables(self) -> None:
        """Look for damage in the tables beside the records, also where no look-up would come by.

        Raises StoreFailed: the disk fails.
        """
        for table in (*SMALL_TABLES, "device_key"):
            for (found,) in self._spared(table, (str,), f"PRAGMA quick_check({table})"):
                if found != "ok":
                    self.damaged.add(table)
        for table in ("removed", "signature", "pending", "message"):
            lanes = ", ".join(f"'{lane.value}'" for lane in Lane)
            strange = f"SELECT count(*) FROM {table} WHERE lane NOT IN ({lanes})"  # noqa: S608
            if any(number for (number,) in self._spared(table, (int,), strange)):
                self.damaged.add(table)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def _spared(self, table: str, form: _Form, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return rows, as far as the table can be read: the records can be told of without the rest."""
        try:
            found = self._run(statement, *values)
        except StoreFailed as failed:
            if failed.reason != "damaged":
                raise
            self.damaged.add(table)
            return []
        sound = [row for row in found if _fits(row, form)]
        if len(sound) < len(found):
            self.damaged.add(table)
        return sound

    def _sound(self, form: _Form, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return rows of records. Raises StoreFailed: one is not what a record can be, or the disk fails."""
        found = self._run(statement, *values)
        for row in found:
            if not _fits(row, form):
                raise StoreFailed("damaged", "a column of another type")
        return found

    def meta(self) -> dict[str, Any]:
        """Return what is said of the whole store. Raises StoreFailed."""
        return dict(self._run("SELECT key, value FROM meta"))

    def keys(self) -> dict[str, bytes]:
        """Return the keys that have signed, by fingerprint. Raises StoreFailed."""
        return dict(
            self._spared("device_key", (str, bytes), "SELECT fingerprint, public_key FROM device_key")
        )

    def destinations(self) -> list[str]:
        """Return the destinations' names. Raises StoreFailed."""
        rows = self._spared("destination", (str,), "SELECT name FROM destination ORDER BY name")
        return [name for (name,) in rows]

    def next_numbers(self) -> dict[str, int]:
        """Return each destination's next message number. Raises StoreFailed."""
        return dict(self._spared("destination", (str, int), "SELECT name, next_number FROM destination"))

    def messages(self, destination: str) -> dict[int, tuple[int, str, int, int]]:
        """Return the records of what was cut and not acknowledged: number → epoch, lane, first, last.

        Raises StoreFailed.
        """
        found = self._spared(
            "message",
            (int, int, str, int, int),
            "SELECT number, epoch, lane, first, last FROM message WHERE destination = ?",
            destination,
        )
        return {number: (epoch, lane, first, last) for number, epoch, lane, first, last in found}

    def strangers(self, table: str) -> set[str]:
        """Return who has rows in `pending` or `message` and is no destination. Raises StoreFailed."""
        where = "WHERE destination NOT IN (SELECT name FROM destination)"
        found = self._spared(table, (str,), f"SELECT DISTINCT destination FROM {table} {where}")  # noqa: S608
        return {name for (name,) in found}

    def awaiting_nothing(self) -> list[tuple[str, str]]:
        """Return (destination, lane) for which no record to come is to be sent. Raises StoreFailed.

        Everybody has an open range of events and of readings in the newest epoch, whatever was sent.
        """
        return [
            (name, lane)
            for name, lane in self._spared(
                "pending",
                (str, str),
                "SELECT name, lane FROM destination,"
                " (SELECT 'event' AS lane UNION ALL SELECT 'reading') AS each"
                " WHERE NOT EXISTS (SELECT 1 FROM pending WHERE destination = name AND last IS NULL"
                " AND pending.lane = each.lane AND epoch = (SELECT value FROM meta WHERE key = 'epoch'))",
            )
        ]

    def objects(self) -> list[Object]:
        """Return what the file consists of. Raises StoreFailed."""
        form = (str, str, str, (str, NoneType))
        found = self._spared("sqlite_schema", form, OBJECTS)
        return [(kind, name, table, sql) for kind, name, table, sql in found]

    def lanes(self) -> list[tuple[int, Lane]]:
        """Return every epoch and lane of which something is said, oldest first. Raises StoreFailed."""
        named = {
            epoch
            for table in ("removed", "signature", "pending", "message")
            for (epoch,) in self._spared(table, (int,), f"SELECT DISTINCT epoch FROM {table}")  # noqa: S608
        }
        named.update(epoch for epoch in self.epochs() if isinstance(epoch, int))
        return [(epoch, lane) for epoch in sorted(named) for lane in Lane]

    def state(self, prefix: str) -> dict[str, bytes]:
        """Return the state keys that begin with `prefix`, but for what is damaged. Raises StoreFailed."""
        statement = "SELECT key, value, crc FROM state WHERE substr(key, 1, ?) = ?"
        form: _Form = (str, bytes, (int, NoneType))
        rows = self._spared("state", form, statement, len(prefix), prefix)
        if not all(is_sound(*row) for row in rows):
            self.damaged.add("state")
        return {key: value for key, value, crc in rows if is_sound(key, value, crc)}

    def piece(self, epoch: int, lane: Lane, first: int, *, limit: int = SLICE_RECORDS) -> Slice:
        """Return what there is of a lane from `first`, up to `limit` records or a megabyte, at least one.

        Raises StoreFailed.
        """
        return self.at_one_moment(lambda: self._piece(epoch, lane, first, limit))

    def _piece(self, epoch: int, lane: Lane, first: int, limit: int) -> Slice:
        rows = self.rows(epoch, lane, first, limit=limit)
        span = (first, rows[-1].seq if rows else SEQ_MAX)
        return Slice(
            rows,
            self._removed(epoch, lane),
            self._signatures(epoch, lane, *span),
            self._destined(epoch, lane, *span),
        )

    def times(self, epoch: int, lane: Lane, first: int, last: int, *, limit: int) -> Sequence[Times]:
        """Return the times of up to `limit` records from `first`. Raises StoreFailed."""
        found = self._sound(
            (int, int, int),
            "SELECT seq, first_ns, last_ns FROM record WHERE epoch = ? AND lane = ? AND seq BETWEEN ? AND ?"
            " ORDER BY seq LIMIT ?",
            *(epoch, lane.value, first, last, limit),
        )
        return [Times(*row) for row in found]

    def rows(self, epoch: int, lane: Lane, first: int, *, limit: int) -> list[Row]:
        """Return up to `limit` records from `first`, or a megabyte, at least one. Raises StoreFailed."""
        number, weight = 0, 0
        for _, size in self.sizes(epoch, lane, first, SEQ_MAX, limit=limit):
            if number and weight + (size or 0) > SLICE_BYTES:
                break
            number, weight = number + 1, weight + (size or 0)
        places = self.places(epoch, lane, first, limit=number)
        # By the table alone: an index gives back what was asked for, be the record itself another.
        marks = ", ".join("?" * number)
        statement = f"SELECT rowid, * FROM record NOT INDEXED WHERE rowid IN ({marks})"  # noqa: S608
        form = (int, int, str, int, int, int, int, int, bytes, bytes, bytes, bytes)
        found = self._sound(form, statement, *(rowid for _, rowid in places))
        by_place = {row[0]: row[1:] for row in found}
        if any(by_place.get(rowid, ())[:3] != (epoch, lane.value, seq) for seq, rowid in places):
            raise StoreFailed("damaged", "the index does not agree with the table")
        return [Row(seq, *by_place[rowid][3:]) for seq, rowid in places]

    def _removed(self, epoch: int, lane: Lane) -> list[Removed]:
        found = self._spared(
            "removed",
            (int, int, (int, NoneType), (bytes, NoneType), str),
            "SELECT first, last, total, chain, cause FROM removed"
            " WHERE epoch = ? AND lane = ? ORDER BY first",
            *(epoch, lane.value),
        )
        return [Removed(*row) for row in found]

    def _signatures(
        self, epoch: int, lane: Lane, first: int, last: int
    ) -> list[tuple[int, bytes, int, str, bytes]]:
        found = self._spared(
            "signature",
            (int, bytes, int, str, bytes),
            "SELECT seq, chain, signed_ns, fingerprint, signature FROM signature"
            " WHERE epoch = ? AND lane = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            *(epoch, lane.value, first, last),
        )
        return [(seq, chain, at_ns, name, signature) for seq, chain, at_ns, name, signature in found]

    def destined(self, epoch: int, lane: Lane) -> list[Destined]:
        """Return everything of a lane that somebody is still to get. Raises StoreFailed."""
        return self.at_one_moment(lambda: self._destined(epoch, lane, 1, SEQ_MAX))

    def heads_signed(self, from_ns: int, to_ns: int) -> list[SignedHead]:
        """Return each lane's newest head that was signed within [from_ns, to_ns). Raises StoreFailed."""
        newest: dict[tuple[int, str], SignedHead] = {}
        for row in self._spared(
            "signature",
            (int, str, int, bytes, int, str, bytes),
            "SELECT epoch, lane, seq, chain, signed_ns, fingerprint, signature FROM signature"
            " WHERE signed_ns >= ? AND signed_ns < ? ORDER BY epoch, lane, seq",
            *(from_ns, to_ns),
        ):
            if row[1] in set(Lane):
                newest[row[:2]] = SignedHead(row[0], Lane(row[1]), *row[2:])
        return list(newest.values())

    def _destined(self, epoch: int, lane: Lane, first: int, last: int) -> list[Destined]:
        where = "WHERE epoch = ? AND lane = ? AND first <= ? AND (last IS NULL OR last >= ?)"
        values = (epoch, lane.value, last, first)
        found = [
            row
            for table, parked in (("pending", "0"), ("message", "parked IS NOT NULL"))
            for row in self._spared(
                table,
                (str, int, (int, NoneType), int),
                f"SELECT destination, first, last, {parked} FROM {table} {where}",  # noqa: S608
                *values,
            )
        ]
        return [Destined(name, begin, end, bool(parked)) for name, begin, end, parked in found]
