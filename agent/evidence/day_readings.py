"""A day's readings, counted by device: how many there should be, how many there are, what is wrong.

What should be there follows from the periods in the catalogue that the readings
name. A server that reports changes has no such number, and none is made up.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from agent.evidence.catalogues import Catalogues, KnownPoint, unnamed
from agent.evidence.fates import Fate, Fates
from agent.evidence.readings import Period, Unpacked
from drivers.reading import Quality

ON_CHANGE: Final = "subscription"
MISSED_SLOTS: Final = 3
"""So many periods without a reading are a hole; fewer are a slot that was late or skipped."""

GRACE_NS: Final = 60 * 10**9
"""Staging and commit of what was just read take far less, also on a slow disk."""

_BAD: Final = int(Quality.COMM_FAULT)
_WORDS: Final[dict[int, str]] = {quality.value: quality.word for quality in Quality}


@dataclass(frozen=True, slots=True)
class Hole:
    """A time in which points of a device had no value.

    `reason` is a quality's word; None: nothing was recorded.
    """

    device: str
    from_ns: int
    to_ns: int
    reason: str | None
    points: tuple[str, ...]


@dataclass(slots=True)
class DeviceDay:
    """What one device's readings of the day came to."""

    expected: int = 0
    on_change: set[str] = field(default_factory=set)
    recorded: int = 0  # of points with a period
    recorded_on_change: int = 0
    planned: int = 0  # that were not to be expected, because it was at a planned stop
    recorded_at_rest: int = 0  # and came all the same
    without_value: int = 0
    without_value_on_change: int = 0
    confirmed: Counter[str] = field(default_factory=Counter)
    kept_back: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)  # of points that are not for a destination

    @property
    def missing(self) -> int:
        """How many values that were to be expected did not come."""
        return max(0, self.expected - self.recorded + self.without_value)


@dataclass(slots=True)
class _Source:
    """What one plan's points were last seen with."""

    points: tuple[KnownPoint, ...]
    counts: Counter[str]
    is_on_change: bool
    patience_ns: float  # so long without a reading is a hole, for the most frequent point
    seen_ns: int
    bad: dict[str, tuple[int, str]] = field(default_factory=dict)  # by point: since when, why


def _is_refused(fates: Fates, record: Unpacked, point: str, utc_ns: int) -> bool:
    """Whether a reading is kept back, or was and was given up: neither is confirmed."""
    name = (record.epoch, record.seq, point, utc_ns)
    return fates.is_kept_back(*name) or fates.is_given_up(*name)


class AtRest(Protocol):
    """When a device owes no readings (day_stops.py)."""

    def covers(self, device: str, utc_ns: int) -> bool:
        """Whether a device was at rest then."""

    def seconds(self, device: str, from_ns: int, to_ns: int) -> float:
        """Return how long a device was at rest in a time, in seconds."""


class DayCount:
    """Takes a day's records one after the other; memory grows with points and holes, not with readings."""

    def __init__(
        self, catalogues: Catalogues, period: Period, fates: Sequence[Fates], at_rest: AtRest
    ) -> None:
        self._at_rest = at_rest
        self._catalogues = catalogues
        self._period = period
        self._fates = fates
        self._sources: dict[tuple[str, str, tuple[int, ...]], _Source] = {}
        self._begun: list[tuple[str, int]] = []  # catalogue, since when
        self._holes: dict[tuple[str, int, int, str | None], list[str]] = {}
        self.devices: dict[str, DeviceDay] = {}
        self.damaged = 0

    @property
    def newest(self) -> str | None:
        """The catalogue that the day's last readings name."""
        return self._begun[-1][0] if self._begun else None

    def take(self, record: Unpacked) -> None:
        """Count one record. Raises one of UNREADABLE."""
        if record.content is None:
            self.damaged += 1
            return
        key = str(record.content["catalogue"])
        plans = record.content["plans"]
        fates = [(each, each.of(record.epoch, record.seq)) for each in self._fates]
        for plan, utc_ns, _, _, values, qualities, _ in record.content["scans"]:
            if self._period.from_ns <= utc_ns < self._period.to_ns:
                self._begin(key, utc_ns)
                source = self._source(key, *plans[plan])
                if len(values) != len(source.points):
                    raise ValueError(plans[plan])
                self._scan(source, utc_ns, qualities)
                self._confirm(source, utc_ns, record, fates)

    def end(self, fallback: str | None, *, is_over: bool) -> Sequence[Hole]:
        """Return the holes, and count what was to be expected.

        `fallback` is the catalogue of a day without records. While the day goes on, the
        last readings may not be committed yet.
        """
        if not self._begun and fallback is not None:
            self._begun.append((fallback, self._period.from_ns))
        self._close(self._period.to_ns, grace_ns=0 if is_over else GRACE_NS)
        self._expect()
        holes = [Hole(*key[:3], key[3], tuple(points)) for key, points in self._holes.items()]
        return sorted(holes, key=lambda hole: (hole.from_ns, hole.device))

    def _source(self, key: str, connection: str, block: str, numbers: Sequence[int]) -> _Source:
        name = (connection, block, tuple(numbers))
        if name not in self._sources:
            known = self._catalogues.points(key)
            points = tuple(known[n] if n < len(known) else unnamed(key, n) for n in numbers)
            periods = [point.period_s for point in points if point.period_s]
            self._sources[name] = _Source(
                points=points,
                counts=Counter(point.device for point in points),
                is_on_change=block == ON_CHANGE,
                patience_ns=min(periods, default=math.inf) * MISSED_SLOTS * 1e9,
                seen_ns=self._begun[-1][1],
            )
            if block == ON_CHANGE:
                for point in points:
                    self._device(point.device).on_change.add(point.id)
        return self._sources[name]

    def _begin(self, key: str, utc_ns: int) -> None:
        """Another catalogue: what the one before asked for is asked for no more."""
        if not self._begun:
            self._begun.append((key, self._period.from_ns))
        elif self._begun[-1][0] != key:
            self._close(utc_ns)
            self._begun.append((key, utc_ns))

    def _close(self, at_ns: int, *, grace_ns: int = 0) -> None:
        for source in self._sources.values():
            if at_ns - source.seen_ns > grace_ns:
                self._hole(source, source.seen_ns, at_ns)
            for point, (since_ns, why) in source.bad.items():
                self._note(point, source, since_ns, at_ns, why)
        self._sources.clear()

    def _scan(self, source: _Source, utc_ns: int, qualities: Sequence[int] | None) -> None:
        self._hole(source, source.seen_ns, utc_ns)
        source.seen_ns = utc_ns
        for device, count in source.counts.items():
            if source.is_on_change:
                self._device(device).recorded_on_change += count
            elif self._at_rest.covers(device, utc_ns):
                self._device(device).recorded_at_rest += count
            else:
                self._device(device).recorded += count
        if qualities is not None or source.bad:
            for place, point in enumerate(source.points):
                self._judge(source, point, utc_ns, qualities[place] if qualities else 0)

    def _judge(self, source: _Source, point: KnownPoint, utc_ns: int, quality: int) -> None:
        before = source.bad.get(point.id)
        why = _WORDS.get(quality, str(quality)) if quality >= _BAD else None
        if why is not None and source.is_on_change:
            self._device(point.device).without_value_on_change += 1
        elif why is not None and not self._at_rest.covers(point.device, utc_ns):
            self._device(point.device).without_value += 1
        if before is not None and before[1] != why:
            self._note(point.id, source, before[0], utc_ns, before[1])
            del source.bad[point.id]
        if why is not None and point.id not in source.bad:
            source.bad[point.id] = (utc_ns, why)

    def _confirm(
        self, source: _Source, utc_ns: int, record: Unpacked, fates: Sequence[tuple[Fates, Fate]]
    ) -> None:
        for each in (each for each, fate in fates if fate is Fate.CONFIRMED):
            for device, count in source.counts.items():
                self._device(device).confirmed[each.destination] += count
            taking = each.taking(record.epoch, record.seq)
            is_chosen = taking is not None and taking.points is not None
            for point in source.points if each.keeps_back or is_chosen else ():
                if taking is not None and not taking.takes_point(point.id):
                    self._device(point.device).confirmed[each.destination] -= 1
                    self._device(point.device).left_out[each.destination] += 1
                elif _is_refused(each, record, point.id, utc_ns):
                    self._device(point.device).confirmed[each.destination] -= 1
                    self._device(point.device).kept_back[each.destination] += 1

    def _hole(self, source: _Source, from_ns: int, to_ns: int) -> None:
        """Note a time without any reading, where some were due."""
        if source.is_on_change or to_ns - from_ns <= source.patience_ns:
            return
        for point in source.points:
            if point.period_s and to_ns - from_ns > MISSED_SLOTS * point.period_s * 1e9:
                self._note(point.id, source, from_ns, to_ns, None)

    def _note(self, point: str, source: _Source, from_ns: int, to_ns: int, why: str | None) -> None:
        [device] = {each.device for each in source.points if each.id == point}
        self._holes.setdefault((device, from_ns, to_ns, why), []).append(point)

    def _device(self, name: str) -> DeviceDay:
        return self.devices.setdefault(name, DeviceDay())

    def _expect(self) -> None:
        for key, from_ns, to_ns in self._in_force():
            for point in self._catalogues.points(key):
                device = self._device(point.device)
                if point.period_s and point.id not in device.on_change:
                    rest_s = self._at_rest.seconds(point.device, from_ns, to_ns)
                    planned = round(rest_s / point.period_s)
                    device.planned += planned
                    device.expected += round((to_ns - from_ns) / 1e9 / point.period_s) - planned

    def _in_force(self) -> Iterator[tuple[str, int, int]]:
        to_ns = self._period.to_ns
        for key, from_ns in reversed(self._begun):
            yield key, from_ns, to_ns
            to_ns = from_ns
