"""What a destination of HJ 212 is entitled to, and what of it has come.

A second implementation of that uplink, from its definition alone: every accepted
reading of a point that has a code goes, with the second of its time, its value
to twelve digits and the letter of its quality. HJ 212 has no numbers of records,
so both sides are counted as bags: the same value, second and code as often.
"""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from simulator.demo.books import Books, read_books
from simulator.demo.entitlement import Delivery
from simulator.demo.store_reader import RecordIdentity, Store, StoredReading

LETTER: Final = {
    "good": "N",
    "over-range": "T",
    "under-range": "T",
    "maintenance": "M",
    "calibration": "C",
    "simulation": "M",
    "manual": "S",
    "stopped": "F",
    "comm-fault": "B",
    "stale": "B",
}
"""By quality; whatever is not listed is D."""

Said = tuple[str, str, str, str | None]
"""Code, second in local time, letter, value to twelve digits or None."""


@dataclass(frozen=True, slots=True)
class Station:
    """The books of one destination: what was said, as often as it stands there, and the rest."""

    said: Counter[Said]
    altered: int  # repeats that said something else
    books: Books


def read_station(path: Path, destination: str) -> Station:
    """Read one destination's part; raises sqlite3.Error."""
    books = read_books(path, destination)
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        rows = db.execute(
            "SELECT code, data_time, flag, numbers, altered FROM hj212 WHERE destination = ?", (destination,)
        ).fetchall()
    said = Counter((code, time, flag, _value(json.loads(numbers))) for code, time, flag, numbers, _ in rows)
    return Station(said, sum(altered for *_, altered in rows), books)


def balance_station(
    destination: str,
    store: Store,
    station: Station,
    codes: Mapping[str, str],
    *,
    timezone: str,
    settled_ns: int,
    silent: frozenset[RecordIdentity] = frozenset(),
) -> Delivery:
    """Compare what was accepted with what came; see `entitlement.balance`, and `entitlement.silent`."""
    unsent = store.unsent.get(destination)
    left = {r for r in unsent.records if store.last_ns[r] > settled_ns} | silent if unsent else set()
    zone = ZoneInfo(timezone)
    entitled = list(_entitled(store, codes, zone))
    to_find = Counter(station.said)
    absent = [reading for reading, said in entitled if not _taken(to_find, said)]
    taken = [r for r in absent if ("reading", r.epoch, r.seq) in store.taken]
    missing = [r for r in absent if ("reading", r.epoch, r.seq) not in left | store.taken]
    return Delivery(
        entitled_readings=len(entitled),
        entitled_records=len(entitled),
        received_readings=station.said.total(),
        left_readings=len(absent) - len(missing) - len(taken),
        left_records=len(left),
        missing_readings=missing,
        missing_records=[r for r in sorted(unsent.records - left) if r[0] == "reading"] if unsent else [],
        contradicted=[("altered", station.altered)] if station.altered else [],
        never_accepted=sorted(to_find.elements(), key=str),
        missing_numbers=(),
        taken_readings=len(taken),
    )


def _entitled(store: Store, codes: Mapping[str, str], zone: ZoneInfo) -> Iterator[tuple[StoredReading, Said]]:
    for reading in store.readings:
        code = codes.get(reading.point.id)
        if code is not None:
            time = datetime.fromtimestamp(reading.utc_ns // 10**9, zone).strftime("%Y%m%d%H%M%S")
            value = {} if reading.value is None else {"Rtd": float(reading.value)}
            yield reading, (code, time, LETTER.get(reading.quality, "D"), _value(value))


def _taken(to_find: Counter[Said], said: Said) -> bool:
    if not to_find[said]:
        return False
    to_find[said] -= 1
    return True


def _value(numbers: Mapping[str, float]) -> str | None:
    return f"{numbers['Rtd']:.12g}" if "Rtd" in numbers else None
