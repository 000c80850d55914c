"""What one destination received, read from the platform's bureau.db."""

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.bureau.completeness import Stretch, open_stretch, stretch
from simulator.demo.store_reader import RecordIdentity

Identity = tuple[int, int, int]  # epoch, seq, index


@dataclass(frozen=True, slots=True)
class ReceivedReading:
    """One reading as it first came."""

    point: str
    value: bool | float | None
    quality: str
    utc_ns: int
    copies: int


@dataclass(frozen=True, slots=True)
class ReceivedAlarm:
    """One step of an alarm, at its first arrival."""

    alarm_id: str
    event: str
    rule: str
    utc_ns: int
    received_ns: int


@dataclass(frozen=True, slots=True)
class Books:
    """All that one destination has. `covered` holds the records its messages speak of.

    `discarded` holds the numbers of messages that were acknowledged and thrown away.
    `outages` are the spans (UTC ns, the end None if open) in which it could not be reached.
    """

    readings: Mapping[Identity, ReceivedReading]
    alarms: Sequence[ReceivedAlarm]
    events: int
    covered: frozenset[RecordIdentity]
    numbers: frozenset[int]
    messages: int
    repeats: int
    outages: Sequence[tuple[int, int | None]]
    attempts: Mapping[str, int]
    discarded: frozenset[int] = frozenset()


def read_books(path: Path, destination: str) -> Books:
    """Read one destination's part; raises sqlite3.Error."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        messages = db.execute(
            "SELECT number, epoch, lane, first, last, copies, part_number, part_of FROM message"
            " WHERE destination = ?",
            (destination,),
        ).fetchall()
        return Books(
            readings=_readings(db, destination),
            alarms=_alarms(db, destination),
            events=_count(db, "SELECT count(*) FROM event WHERE destination = ?", destination),
            covered=frozenset(
                (lane, epoch, seq)
                for _, epoch, lane, first, last, *_ in messages
                if lane is not None
                for seq in range(first, last + 1)
            ),
            numbers=frozenset(_whole(messages)),
            messages=len(messages),
            repeats=sum(copies - 1 for *_, copies, _, _ in messages),
            outages=tuple(_outages(db, destination)),
            attempts=_attempts(db, destination),
            discarded=_discarded(db, destination),
        )


def _whole(messages: Sequence[Sequence[Any]]) -> Iterator[int]:
    """Yield the numbers of which no share is missing."""
    shares: dict[int, list[Stretch]] = defaultdict(list)
    for number, *_, part, of in messages:
        if number is not None:
            shares[number].append(stretch(part, of))
    yield from (number for number, found in shares.items() if open_stretch(found) is None)


def _readings(db: sqlite3.Connection, destination: str) -> Mapping[Identity, ReceivedReading]:
    query = "SELECT epoch, seq, idx, point, value, quality, utc_ns, copies FROM reading WHERE destination = ?"
    return {
        (epoch, seq, index): ReceivedReading(*rest)
        for epoch, seq, index, *rest in db.execute(query, (destination,))
    }


def _alarms(db: sqlite3.Connection, destination: str) -> Sequence[ReceivedAlarm]:
    query = (
        "SELECT alarm_id, event, coalesce(rule, ''), utc_ns, received_ns FROM alarm "
        "WHERE destination = ? ORDER BY received_ns"
    )
    return tuple(ReceivedAlarm(*row) for row in db.execute(query, (destination,)))


def _attempts(db: sqlite3.Connection, destination: str) -> Mapping[str, int]:
    query = "SELECT outcome, count(*) FROM attempt WHERE destination = ? GROUP BY 1"
    return dict(db.execute(query, (destination,)))


def _discarded(db: sqlite3.Connection, destination: str) -> frozenset[int]:
    query = (
        "SELECT number FROM discarded WHERE destination = ? AND outcome = 'discarded' AND number IS NOT NULL"
    )
    return frozenset(number for (number,) in db.execute(query, (destination,)))


def _outages(db: sqlite3.Connection, destination: str) -> Iterator[tuple[int, int | None]]:
    query = "SELECT changed_ns, door FROM door WHERE destination = ? ORDER BY changed_ns"
    since: int | None = None
    for changed_ns, door in db.execute(query, (destination,)):
        if door == "open" and since is not None:
            yield since, changed_ns
            since = None
        elif door != "open" and since is None:
            since = changed_ns
    if since is not None:
        yield since, None


def _count(db: sqlite3.Connection, query: str, destination: str) -> int:
    (count,) = db.execute(query, (destination,)).fetchone()
    return int(count)
