"""What came by HJ 212, in the platform's books: one row per code and frame, however often it came.

A frame is known by its QN and packet number. A repeat that says something else
than the first time is marked: it must be the same bytes.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS hj212(
    destination TEXT NOT NULL, qn TEXT NOT NULL, pno INTEGER NOT NULL, code TEXT NOT NULL,
    command TEXT NOT NULL, data_time TEXT NOT NULL, flag TEXT NOT NULL, numbers TEXT NOT NULL,
    received_ns INTEGER NOT NULL, copies INTEGER NOT NULL DEFAULT 1, altered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(destination, qn, pno, code)) WITHOUT ROWID;
"""

_INSERT: Final = """
INSERT INTO hj212(destination, qn, pno, code, command, data_time, flag, numbers, received_ns)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET copies = copies + 1,
    altered = altered OR
        (data_time, flag, numbers) IS NOT (excluded.data_time, excluded.flag, excluded.numbers)
"""


@dataclass(frozen=True, slots=True)
class Value:
    """One code of one frame: its time in local seconds, its letter, its numbers by field (Rtd, Avg, …)."""

    qn: str
    pno: int
    code: str
    command: str
    data_time: str
    flag: str
    numbers: Mapping[str, float]


def insert(db: sqlite3.Connection, destination: str, values: Iterable[Value], received_ns: int) -> None:
    """Store the rows of a frame, or count them as repeated."""
    db.executemany(
        _INSERT,
        (
            (
                destination,
                value.qn,
                value.pno,
                value.code,
                value.command,
                value.data_time,
                value.flag,
                json.dumps(value.numbers, sort_keys=True),
                received_ns,
            )
            for value in values
        ),
    )
