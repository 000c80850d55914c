"""Which readings a destination gets. Alarms and events always go.

A policy is applied when sending, never when storing: a message still covers the
records it was cut from, so that even a filtered destination can tell that
everything up to there was considered.

What goes is a function of the store alone, never of how it was cut into messages,
of what arrived, or of a clock: record after record, in the order of their numbers.
Within an epoch each reading is in the window floor(utc / N). What is remembered
of a window is forgotten with the first record that is GRACE or more past its end
(or before its beginning, where the clock was set back). So what goes of a record
depends only on the records up to `reach_ns` before it, and can be told again
after a restart, for a repeat, and for back-fill beside live (docs/decisions/0029).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final, Protocol

from agent.records import Reading, Snapshot
from config import settings
from config.policy import chosen
from drivers.reading import Quality, Value

GRACE_NS: Final = 5 * 10**9
"""Readings of one moment come in several records: a time-out and its retry lie between them at most."""

Item = tuple[int, Reading]
"""A reading with the number of its record."""

Goes = Callable[[str], bool]
"""Whether a point, by its id, is among those that are sent."""


class Memory(Protocol):
    """What a policy remembers of the records before."""

    def take(self, seq: int, readings: Iterable[Reading], last_ns: int) -> Sequence[Item]:
        """Take the next record, whose latest scan was at `last_ns`; return what goes, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """`begin` makes an empty memory; records further back than `reach_ns` make no difference."""

    reach_ns: int
    begin: Callable[[], Memory]


def build_policy(wanted: settings.Policy) -> Policy:
    """Return the policy of an uplink."""
    goes = cache(partial(chosen, wanted.patterns))
    window_ns = round(wanted.window_s * 1e9)
    # Two records that are so far apart in time have no window in common that is remembered after both.
    reach_ns = window_ns + 2 * GRACE_NS
    if wanted.kind == "change":
        return Policy(reach_ns, lambda: Change(goes, window_ns, wanted.deadbands))
    if wanted.kind == "snapshot":
        return Policy(reach_ns, lambda: Snapshots(goes, window_ns))
    return Policy(0, lambda: All(goes))


class All:
    """Every reading goes."""

    def __init__(self, goes: Goes) -> None:
        self._goes = goes

    def take(self, seq: int, readings: Iterable[Reading], last_ns: int) -> Sequence[Item]:
        """Return the record's readings, as they are."""
        return [(seq, reading) for reading in readings if self._goes(reading.point.id)]


class Change:
    """A reading goes that is the first in its window, or differs from the last one that went in it."""

    def __init__(self, goes: Goes, window_ns: int, deadbands: Mapping[str, float]) -> None:
        self._goes = goes
        self._window_ns = window_ns
        self._deadbands = deadbands
        self._went: dict[int, dict[str, Reading]] = {}

    def take(self, seq: int, readings: Iterable[Reading], last_ns: int) -> Sequence[Item]:
        """Return the record's readings that go."""
        asked_for = (reading for reading in readings if self._goes(reading.point.id))
        items = [(seq, reading) for reading in asked_for if self._is_news(reading)]
        for number in _past(self._went, self._window_ns, last_ns):
            del self._went[number]
        return items

    def _is_news(self, reading: Reading) -> bool:
        went = self._went.setdefault(reading.utc_ns // self._window_ns, {})
        point = reading.point.id
        before = went.get(point)
        is_news = (
            before is None
            or before.quality != reading.quality
            or _differ(before.value, reading.value, self._deadbands.get(point, 0.0))
        )
        if is_news:
            went[point] = reading
        return is_news


class Snapshots:
    """Of each window the last reading of a point goes, with what the good ones were."""

    def __init__(self, goes: Goes, window_ns: int) -> None:
        self._goes = goes
        self._window_ns = window_ns
        self._open: dict[int, dict[str, _Window]] = {}

    def take(self, seq: int, readings: Iterable[Reading], last_ns: int) -> Sequence[Item]:
        """Return what the windows were that this record closes."""
        for reading in readings:
            if self._goes(reading.point.id):
                window = self._open.setdefault(reading.utc_ns // self._window_ns, {})
                window.setdefault(reading.point.id, _Window()).add(seq, reading)
        items = [
            item for number in _past(self._open, self._window_ns, last_ns) for item in self._close(number)
        ]
        return sorted(items, key=lambda item: (item[0], item[1].index))

    def _close(self, number: int) -> Iterator[Item]:
        begin_ns = number * self._window_ns
        for window in self._open.pop(number).values():
            yield window.as_item(begin_ns, begin_ns + self._window_ns)


class _Window:
    """One point's readings in one window."""

    __slots__ = ("_count", "_high", "_last", "_low", "_sum")

    def __init__(self) -> None:
        self._last: Item | None = None
        self._low: float | None = None
        self._high: float | None = None
        self._sum = 0.0
        self._count = 0

    def add(self, seq: int, reading: Reading) -> None:
        """Take the next reading; a state counts as 1 while it is true, a text only as one more."""
        self._last = (seq, reading)
        if reading.quality is not Quality.GOOD or reading.value is None:
            return
        self._count += 1
        if isinstance(reading.value, str):
            return
        value = float(reading.value)
        self._low = value if self._low is None else min(self._low, value)
        self._high = value if self._high is None else max(self._high, value)
        self._sum += value

    def as_item(self, begin_ns: int, end_ns: int) -> Item:
        """Return the last reading, with all that the window held."""
        assert self._last is not None
        seq, last = self._last
        mean = None if self._low is None else self._sum / self._count
        told = Snapshot(begin_ns, end_ns, self._low, self._high, mean, self._count)
        return seq, replace(last, snapshot=told)


def _differ(before: Value, value: Value, deadband: float) -> bool:
    if isinstance(before, (str, bool, type(None))) or isinstance(value, (str, bool, type(None))):
        return before != value
    return abs(value - before) > deadband


def _past(windows: Mapping[int, object], window_ns: int, last_ns: int) -> list[int]:
    """Return the windows, by number, that the time of a record has left by GRACE."""
    first, last = (last_ns - GRACE_NS) // window_ns, (last_ns + GRACE_NS) // window_ns
    return [number for number in sorted(windows) if not first <= number <= last]
