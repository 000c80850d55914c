"""What the platform's own books say of a drain: how fast back-fill came, and how late live readings were."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.disk import quantile

NS_PER_S: Final = 10**9
NEXT_NS: Final = 12 * NS_PER_S // 10  # a period and a commit: after a short drain, the next live readings
SETTLED_NS: Final = 15 * NS_PER_S // 10  # from then on live readings count as undisturbed

_CONTACT: Final = "SELECT min(received_ns) FROM message"
_LAST: Final = "SELECT max(received_ns) FROM message WHERE kind = 'continues'"
_BACKFILL: Final = """
SELECT received_ns, count(*), min(utc_ns), max(utc_ns) FROM reading
WHERE received_ns IN (SELECT received_ns FROM message WHERE kind = 'continues')
GROUP BY received_ns ORDER BY received_ns
"""
_LIVE: Final = """
SELECT received_ns, received_ns - utc_ns FROM reading
WHERE received_ns IN (SELECT received_ns FROM message WHERE kind = 'report')
"""


@dataclass(frozen=True, slots=True)
class Drain:
    """One drain, from the first word after the outage on.

    Rates are in readings a second, delays in seconds at the 99th percentile.
    """

    readings: int
    fill_rate: float
    drain_rate: float
    delay_during_s: float
    delay_after_s: float


class NothingDrained(Exception):
    """The books hold too little back-fill or too few live readings to say anything."""


def last_backfill_ns(books: Path) -> int | None:
    """Return when the newest back-fill came; None if none has."""
    with closing(_opened(books)) as db:
        (found,) = db.execute(_LAST).fetchone()
    return None if found is None else int(found)


def read_drain(books: Path) -> Drain:
    """Read the books of a platform that was away for a while. Raises NothingDrained."""
    with closing(_opened(books)) as db:
        (begin_ns,) = db.execute(_CONTACT).fetchone()
        backfill, live = db.execute(_BACKFILL).fetchall(), db.execute(_LIVE).fetchall()
    if not backfill:
        raise NothingDrained("no back-fill came")
    end_ns = backfill[-1][0]
    during = [late for received, late in live if begin_ns <= received <= end_ns + NEXT_NS]
    after = [late for received, late in live if received > end_ns + SETTLED_NS]
    if not during or not after:
        raise NothingDrained(f"{len(during)} live readings during the drain, {len(after)} after")
    readings = sum(row[1] for row in backfill)
    filled_ns = max(row[3] for row in backfill) - min(row[2] for row in backfill)
    return Drain(
        readings=readings,
        fill_rate=readings / filled_ns * NS_PER_S,
        drain_rate=readings / (end_ns - begin_ns) * NS_PER_S,
        delay_during_s=quantile(during, 0.99) / NS_PER_S,
        delay_after_s=quantile(after, 0.99) / NS_PER_S,
    )


def _opened(books: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{books}?mode=ro", uri=True, timeout=30)
