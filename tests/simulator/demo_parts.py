"""Synthetic runs for the accounting: what a device served, a store, a platform's books.

A `Story` is whole at first: five readings a second apart, one alarm, delivered
to one destination. A test spoils one thing and draws up the accounting.
"""

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import zstandard

from config.model import Clause, Confidence, LimitKind, LimitRule, Plant, Priority
from simulator.bureau.ledger import Ledger
from simulator.bureau.parcel import Alarm, Parcel, Reading, Records
from simulator.demo.accounting import Accounting, Run, account
from simulator.demo.books import read_books
from simulator.demo.processes import Usage
from simulator.demo.responses import read_responses
from simulator.demo.store_reader import read_store
from tests.simulator import plants

S = 1_000_000_000
BEGIN_NS = 1_795_000_000 * S
SETTLED_NS = BEGIN_NS + 8 * S
STOP_NS = BEGIN_NS + 10 * S
EPOCH = 1
BLOCK = "12/holding-register/0+1"
POINT = "co-12.concentration"
RUN = Run(
    begin_ns=BEGIN_NS,
    answered_ns=BEGIN_NS + 2 * S,
    settled_ns=SETTLED_NS,
    stop_ns=STOP_NS,
    at_start=Usage(cpu_s=0.6),
    usage=Usage(cpu_s=1.0, rss_bytes=50_000_000),
)


def at(seconds: float) -> int:
    """Return a time so many seconds after the agent's start."""
    return BEGIN_NS + round(seconds * S)


def a_rule(*, on_delay_s: float = 0.0, off_delay_s: float = 0.0) -> LimitRule:
    """Return the limit of 24 ppm on the one point there is."""
    clause = Clause("GB 6222-2005", "", Confidence.LAW)
    point = plants.point(POINT, plants.register(0, unit_id=12, scale=0.1))
    return LimitRule(
        f"{POINT}.hi", point, LimitKind.HI, 24.0, 1.0, on_delay_s, off_delay_s, Priority.HIGH, clause
    )


def a_plant(rule: LimitRule) -> Plant:
    """Return a plant with one detector."""
    device = replace(plants.detector("co-12", "gas-line", 12), rules=(rule,))
    return plants.plant({"gas-line": plants.RTU}, device)


@dataclass
class Story:
    """What happened; every part can be spoiled before `account`."""

    folder: Path
    responses: list[dict[str, Any]] = field(default_factory=list)
    stored: list[list[Any]] = field(default_factory=list)  # scans, one record each
    events: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    parcels: list[tuple[Parcel, int]] = field(default_factory=list)
    unsent: list[tuple[str, int, int | None]] = field(default_factory=list)  # lane, first, last
    rule: LimitRule = field(default_factory=a_rule)

    def serve(self, seconds: float, value: float, outcome: str = "served") -> None:
        """Have the device answer."""
        line = {"utc_ns": at(seconds), "connection": "gas-line", "block": BLOCK, "outcome": outcome}
        self.responses.append({**line, "values": {POINT: value}})

    def store(self, seconds: float, value: float | None, quality: int = 0) -> None:
        """Have the agent accept a reading, 10 ms after it was served."""
        self.stored.append([0, at(seconds + 0.01), 0, 1, [value], [quality] if quality else None, None])

    def deliver(self, seq: int, value: float | None, seconds: float, quality: str = "good") -> None:
        """Have the platform receive the reading of one record."""
        number = len(self.parcels) + 1
        reading = Reading(seq, 0, POINT, value, quality, at(seconds + 0.01))
        records = Records(epoch=EPOCH, lane="reading", first=seq, last=seq)
        parcel = Parcel(f"m-{number}", number, "report", True, records, (reading,), (), ())
        self.parcels.append((parcel, at(seconds + 0.1)))

    def deliver_records(self, lane: str, last: int, seconds: float, alarms: Sequence[Alarm] = ()) -> None:
        """Have the platform receive all alarm or event records up to `last`."""
        number = len(self.parcels) + 1
        records = Records(epoch=EPOCH, lane=lane, first=1, last=last)
        parcel = Parcel(f"m-{number}", number, lane, True, records, (), tuple(alarms), ())
        self.parcels.append((parcel, at(seconds)))

    def account(self) -> Accounting:
        """Write everything to files, and draw up the accounting from them."""
        served, store, books = (self.folder / name for name in ("served.jsonl", "outbox.db", "bureau.db"))
        served.write_text("".join(json.dumps(line) + "\n" for line in self.responses))
        self._write_store(store)
        with closing(Ledger(books)) as ledger:
            for parcel, received_ns in self.parcels:
                ledger.record("bureau", parcel, received_ns=received_ns, outcome="stored")
        return account(
            a_plant(self.rule),
            RUN,
            read_responses(served),
            read_store(store),
            {"bureau": read_books(books, "bureau")},
            {"county": "no broker"},
        )

    def _write_store(self, path: Path) -> None:
        readings = [
            {"kind": "readings", "catalogue": "c1", "plans": [["gas-line", BLOCK, [0]]], "scans": [scan]}
            for scan in self.stored
        ]
        with closing(sqlite3.connect(path)) as db:
            for number in ("001", "002"):
                db.executescript((files("buffering") / "migrations" / f"{number}.sql").read_text())
            for lane, contents in (("event", self.events), ("alarm", self.alarms), ("reading", readings)):
                for seq, content in enumerate(contents, 1):
                    write_record(db, lane, seq, content)
            next_number = max((parcel.number or 0 for parcel, _ in self.parcels), default=0) + 1
            db.execute("INSERT INTO destination VALUES('bureau', ?)", (next_number,))
            db.executemany(
                f"INSERT INTO pending VALUES('bureau', {EPOCH}, ?, ?, ?)",
                self.unsent,
            )
            db.commit()


def write_record(db: sqlite3.Connection, lane: str, seq: int, content: Mapping[str, Any]) -> None:
    """Write one record as docs/storage-format.md says."""
    payload = zstandard.ZstdCompressor(write_checksum=True).compress(json.dumps(content).encode())
    last_ns = max((scan[1] for scan in content.get("scans", ())), default=BEGIN_NS)
    row = (EPOCH, lane, seq, last_ns, last_ns, 1, seq, uuid.uuid4().bytes)
    blobs = (hashlib.sha256(payload).digest(), bytes(32), payload)
    db.execute("INSERT INTO record VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *blobs))


CATALOGUE: dict[str, Any] = {
    "kind": "catalogue",
    "catalogue": "c1",
    "points": [{"id": POINT, "range": [0, 1000], "period_s": 1.0}],
}


def whole_story(folder: Path) -> Story:
    """Return a run in which nothing is missing: 3, 3, 30, 30, 3 ppm and the alarm at 30."""
    story = Story(folder, events=[CATALOGUE])
    story.deliver_records("event", 1, 0.3)
    for seq, value in enumerate((3.0, 3.0, 30.0, 30.0, 3.0), 1):
        story.serve(seq, value)
        story.store(seq, value)
        story.deliver(seq, value, seq)
    story.alarms.append({"kind": "alarm", "alarm": {"event": "raised"}})
    raised = Alarm(id="a-1", event="raised", rule=story.rule.id, condition="hi", utc_ns=at(3.01))
    story.deliver_records("alarm", 1, 3.05, [raised])
    return story
