"""Served against accepted: each value a device sent is looked for in the store, and the other way round.

Joined on connection, block and point, within half a period, and only where the
value is the same. Where the device gives times of its own (OPC UA), these are
compared; otherwise when it sent the answer and when the answer arrived.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulator.demo.responses import Response, ServedReading
from simulator.demo.store_reader import StoredReading
from simulator.served import Outcome

_SAME: Final = 1e-6  # relative; a float32 carries seven digits

Key = tuple[str, str, str]  # connection, block, point


@dataclass(frozen=True, slots=True)
class Joined:
    """The outcome: what was found, what was served in vain, what was stored without being served."""

    accepted: int
    missing: Sequence[ServedReading]
    unfounded: Sequence[StoredReading]


def join(
    served: Iterable[ServedReading], stored: Iterable[StoredReading], responses: Iterable[Response]
) -> Joined:
    """Match each stored reading with one served reading at most, the nearest in time.

    It is the stored one that looks: of a setting that is read every six hours, what
    was served just before a kill must not pass for what was stored after the restart.
    A stored value counts as unfounded when no response on its block, not even a
    spoiled or late one, came within half a period.
    """
    shelves = _shelves(served)
    accepted, left = 0, []
    for reading in sorted(stored, key=_stored_at):
        if reading.value is None:
            continue
        shelf = shelves.get((reading.connection, reading.block, reading.point.id))
        if shelf is not None and shelf.take(reading):
            accepted += 1
        else:
            left.append(reading)
    spoiled = _spoiled(responses)
    unfounded = [reading for reading in left if not _excused(reading, spoiled)]
    missing = sorted((r for shelf in shelves.values() for r in shelf.left()), key=_served_at)
    return Joined(accepted, missing, unfounded)


class _Shelf:
    """The served values of one point on one block, in order of time; each can be taken once."""

    def __init__(self, readings: Sequence[ServedReading]) -> None:
        self._readings = sorted(readings, key=_served_at)
        self._times = [_served_at(reading) for reading in self._readings]
        self._taken = [False] * len(self._readings)

    def take(self, stored: StoredReading) -> bool:
        """Take the nearest fitting reading; return whether there was one."""
        at = _stored_at(stored)
        reach = _half_period_ns(stored)
        near = range(bisect_left(self._times, at - reach), bisect_left(self._times, at + reach + 1))
        fitting = [n for n in near if not self._taken[n] and _same(self._readings[n].value, stored)]
        if not fitting:
            return False
        self._taken[min(fitting, key=lambda n: abs(self._times[n] - at))] = True
        return True

    def left(self) -> Iterable[ServedReading]:
        """Return what nobody took, but for samples told twice: by their own time, these are there."""
        each = list(zip(self._readings, self._taken, strict=True))
        there = {(r.source_ns, r.value) for r, taken in each if taken and r.source_ns is not None}
        return (r for r, taken in each if not taken and (r.source_ns, r.value) not in there)


def _shelves(served: Iterable[ServedReading]) -> Mapping[Key, _Shelf]:
    grouped: dict[Key, list[ServedReading]] = defaultdict(list)
    for reading in served:
        grouped[reading.connection, reading.block, reading.point].append(reading)
    return {key: _Shelf(readings) for key, readings in grouped.items()}


def _same(served: float, stored: StoredReading) -> bool:
    """Whether the stored value is the served one, or the range's end that it was held at."""
    low, high = stored.point.range or (-math.inf, math.inf)
    held = {"over-range": min(served, high), "under-range": max(served, low)}.get(stored.quality, served)
    return stored.value is not None and math.isclose(held, stored.value, rel_tol=_SAME, abs_tol=1e-9)


def _spoiled(responses: Iterable[Response]) -> Mapping[tuple[str, str], Sequence[int]]:
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for response in responses:
        if response.outcome in (Outcome.SPOILED, Outcome.LATE):
            times[response.connection, response.block].append(response.utc_ns)
    return {block: sorted(at) for block, at in times.items()}


def _excused(reading: StoredReading, spoiled: Mapping[tuple[str, str], Sequence[int]]) -> bool:
    times = spoiled.get((reading.connection, reading.block), ())
    reach = _half_period_ns(reading)
    after = bisect_left(times, reading.utc_ns - reach)
    return after < len(times) and times[after] <= reading.utc_ns + reach


def _half_period_ns(reading: StoredReading) -> int:
    return round(reading.point.period_s * 1e9 / 2)


def _served_at(reading: ServedReading) -> int:
    return reading.utc_ns if reading.source_ns is None else reading.source_ns


def _stored_at(reading: StoredReading) -> int:
    return reading.utc_ns if reading.source_ns is None else reading.source_ns
