"""What the platform has: bureau.db, one row per message and per reading, however often they came.

Idempotent by id: a repeat raises `copies` and adds no row. An alarm that came
before the gateway's disk had it comes again under the same id with its number
and records, which are then filled in.

A message is stored in one transaction before it is answered. The file outlives
a killed process (WAL), not a power cut: this is a simulated platform.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from simulator.bureau import hj212_books
from simulator.bureau.parcel import Parcel

_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS message(
    destination TEXT NOT NULL, id TEXT NOT NULL, number INTEGER, kind TEXT NOT NULL,
    durable INTEGER NOT NULL, epoch INTEGER, lane TEXT, first INTEGER, last INTEGER,
    part_number INTEGER, part_of INTEGER, part_items INTEGER,
    received_ns INTEGER NOT NULL, copies INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY(destination, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reading(
    destination TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, idx INTEGER NOT NULL,
    point TEXT NOT NULL, value, quality TEXT NOT NULL, utc_ns INTEGER NOT NULL,
    received_ns INTEGER NOT NULL, copies INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY(destination, epoch, seq, idx)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarm(
    destination TEXT NOT NULL, message_id TEXT NOT NULL, alarm_id TEXT NOT NULL, event TEXT NOT NULL,
    rule TEXT, point TEXT, condition TEXT NOT NULL, value, utc_ns INTEGER NOT NULL,
    received_ns INTEGER NOT NULL, durable INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS alarm_of_message ON alarm(destination, message_id);
CREATE TABLE IF NOT EXISTS event(
    destination TEXT NOT NULL, message_id TEXT NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL,
    received_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS attempt(
    destination TEXT NOT NULL, received_ns INTEGER NOT NULL, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS discarded(
    destination TEXT NOT NULL, id TEXT NOT NULL, number INTEGER, received_ns INTEGER NOT NULL,
    outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS door(destination TEXT NOT NULL, changed_ns INTEGER NOT NULL, door TEXT NOT NULL);
"""

_MESSAGE: Final = """
INSERT INTO message(
    destination, id, number, kind, durable, epoch, lane, first, last,
    part_number, part_of, part_items, received_ns)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
    copies = copies + 1,
    durable = max(durable, excluded.durable),
    number = coalesce(number, excluded.number),
    epoch = coalesce(epoch, excluded.epoch), lane = coalesce(lane, excluded.lane),
    first = coalesce(first, excluded.first), last = coalesce(last, excluded.last)
RETURNING copies
"""
_READING: Final = """
INSERT INTO reading(destination, epoch, seq, idx, point, value, quality, utc_ns, received_ns)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET copies = copies + 1
"""
_ALARM: Final = "INSERT INTO alarm VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ALARM_DURABLE: Final = "UPDATE alarm SET durable = 1 WHERE destination = ? AND message_id = ?"


class Ledger:
    """The platform's books, written by one process; read by anyone while it writes."""

    def __init__(self, path: Path) -> None:
        """Open the books at `path`, or begin new ones; raises sqlite3.Error."""
        self._db = sqlite3.connect(path)
        self._db.executescript(_SCHEMA + hj212_books.SCHEMA)

    def close(self) -> None:
        """Close the file; what was recorded stays."""
        self._db.close()

    def record(self, destination: str, parcel: Parcel, *, received_ns: int, outcome: str) -> bool:
        """Store a message and how it was treated, in one transaction; return whether it is a repeat."""
        with self._db:
            repeat = self._record_message(destination, parcel, received_ns)
            self._record_readings(destination, parcel, received_ns)
            if repeat:
                self._confirm_alarms(destination, parcel)
            else:
                self._record_alarms(destination, parcel, received_ns)
                self._record_events(destination, parcel, received_ns)
            self._note(destination, received_ns, outcome)
        return repeat

    def record_frame(
        self, destination: str, values: Iterable[hj212_books.Value], *, received_ns: int, outcome: str
    ) -> None:
        """Store a frame of HJ 212 and how it was treated, in one transaction."""
        with self._db:
            hj212_books.insert(self._db, destination, values, received_ns)
            self._note(destination, received_ns, outcome)

    def note(self, destination: str, *, received_ns: int, outcome: str) -> None:
        """Write down an attempt of which nothing was stored."""
        with self._db:
            self._note(destination, received_ns, outcome)

    def discard(self, destination: str, parcel: Parcel, *, received_ns: int, outcome: str) -> None:
        """Write down that a message came of which nothing else is kept."""
        with self._db:
            row = (destination, parcel.id, parcel.number, received_ns, outcome)
            self._db.execute("INSERT INTO discarded VALUES(?, ?, ?, ?, ?)", row)
            self._note(destination, received_ns, outcome)

    def note_door(self, destination: str, *, changed_ns: int, door: str) -> None:
        """Write down that a destination can be reached from now on, or no longer."""
        with self._db:
            self._db.execute("INSERT INTO door VALUES(?, ?, ?)", (destination, changed_ns, door))

    def totals(self) -> dict[str, dict[str, int]]:
        """Return, per destination, what has come so far: messages, repeats, readings, alarms, events."""
        counts: dict[str, dict[str, int]] = {}
        for what, query in _TOTALS.items():
            for destination, count in self._db.execute(query):
                counts.setdefault(destination, dict.fromkeys(_TOTALS, 0))[what] = count
        return counts

    def attempts(self) -> dict[str, dict[str, int]]:
        """Return how often each outcome happened, per destination."""
        counts: dict[str, dict[str, int]] = {}
        query = "SELECT destination, outcome, count(*) FROM attempt GROUP BY 1, 2"
        for destination, outcome, count in self._db.execute(query):
            counts.setdefault(destination, {})[outcome] = count
        return counts

    def _record_message(self, destination: str, parcel: Parcel, received_ns: int) -> bool:
        span = parcel.records
        records = (span.epoch, span.lane, span.first, span.last) if span else (None,) * 4
        share = parcel.part
        part = (share.number, share.of, share.items) if share else (None,) * 3
        head = (destination, parcel.id, parcel.number, parcel.kind, parcel.durable)
        row = (*head, *records, *part, received_ns)
        (copies,) = self._db.execute(_MESSAGE, row).fetchone()
        return bool(copies > 1)

    def _record_readings(self, destination: str, parcel: Parcel, received_ns: int) -> None:
        if parcel.records is None:
            return
        epoch = parcel.records.epoch
        self._db.executemany(
            _READING,
            (
                (destination, epoch, r.seq, r.index, r.point, r.value, r.quality, r.utc_ns, received_ns)
                for r in parcel.readings
            ),
        )

    def _record_alarms(self, destination: str, parcel: Parcel, received_ns: int) -> None:
        head = (destination, parcel.id)
        tail = (received_ns, parcel.durable)
        self._db.executemany(
            _ALARM,
            (
                (*head, a.id, a.event, a.rule, a.point, a.condition, a.value, a.utc_ns, *tail)
                for a in parcel.alarms
            ),
        )

    def _confirm_alarms(self, destination: str, parcel: Parcel) -> None:
        if parcel.durable:
            self._db.execute(_ALARM_DURABLE, (destination, parcel.id))

    def _record_events(self, destination: str, parcel: Parcel, received_ns: int) -> None:
        self._db.executemany(
            "INSERT INTO event VALUES(?, ?, ?, ?, ?)",
            (
                (
                    destination,
                    parcel.id,
                    str(event.get("kind")),
                    json.dumps(event, ensure_ascii=False),
                    received_ns,
                )
                for event in parcel.events
            ),
        )

    def _note(self, destination: str, received_ns: int, outcome: str) -> None:
        self._db.execute("INSERT INTO attempt VALUES(?, ?, ?)", (destination, received_ns, outcome))


_TOTALS: Final = {
    "messages": (
        "SELECT destination, count(*) FROM message GROUP BY 1"
        " UNION ALL SELECT destination, count(DISTINCT qn || pno) FROM hj212 GROUP BY 1"
    ),
    "repeats": "SELECT destination, sum(copies - 1) FROM message GROUP BY 1",
    "readings": (
        "SELECT destination, count(*) FROM reading GROUP BY 1"
        " UNION ALL SELECT destination, count(*) FROM hj212 GROUP BY 1"
    ),
    "alarms": "SELECT destination, count(*) FROM alarm GROUP BY 1",
    "events": "SELECT destination, count(*) FROM event GROUP BY 1",
}
