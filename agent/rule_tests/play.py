"""Plays one case to the engine: every point at its own period, every deadline at its moment.

No time passes: the moments of the case are handed to the engine, as the clock's are in
the daemon. What a device yields with one period is read together, as one scan.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.alarms.acting import ActRefused
from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import Act, Happening
from config.case import MISSING, Case, Course, Doing, Turn, Word
from config.case import Act as Done
from config.model import Plant, Point
from drivers.ranges import judge
from drivers.reading import Quality, Scan, ScanPlan, Value

NS_PER_S: Final = 10**9

_WORDS: Final = {
    Happening.RAISED: Word.RAISED,
    Happening.CLEARED: Word.CLEARED,
    Happening.NOT_EVALUATED: Word.LOST,
    Happening.EVALUATED: Word.FOUND,
    Happening.RESET: Word.RESET,
}
_PERSON: Final = Act(by="test-rules")


@dataclass(frozen=True, slots=True)
class Happened:
    """What a rule said, and when, in seconds since the case began."""

    rule: str
    word: Word
    at_s: float


def play(plant: Plant, case: Case) -> Sequence[Happened]:
    """Return what all rules said, in order of time."""
    return _Shift(plant, case).through()


def rules_of(plant: Plant) -> Sequence[str]:
    """Return the name of every rule that the engine can speak of."""
    return tuple(alarm.subject.rule for alarm in Engine(plant).alarms)


@dataclass(slots=True)
class _Read:
    """The points of one device that are read together, each with the turn that it is in."""

    device: str
    period_s: float
    courses: Sequence[Course]
    turns: list[int]

    def readings(self, at_s: float) -> Iterator[tuple[Point, Value, Quality]]:
        for place, course in enumerate(self.courses):
            turn = self._turn(place, course, at_s)
            if turn is not None and turn.quality != MISSING:
                yield course.point, *_reading(course.point, turn, at_s)

    def _turn(self, place: int, course: Course, at_s: float) -> Turn | None:
        turn = self.turns[place]
        while turn < len(course.turns) and course.turns[turn].at_s <= at_s:
            turn += 1
        self.turns[place] = turn
        return course.turns[turn - 1] if turn else None


class _Shift:
    """The engine, and where the case stands."""

    def __init__(self, plant: Plant, case: Case) -> None:
        self._engine = Engine(plant)
        self._case = case
        self._begin_ns = round(case.begins.timestamp()) * NS_PER_S
        self._plans: dict[tuple[Point, ...], ScanPlan] = {}
        self._connections = {id_: device.connection_id for id_, device in plant.devices.items()}
        self._heard: list[Happened] = []

    def through(self) -> Sequence[Happened]:
        self._hear(self._engine.start({}, utc_ns=self._begin_ns, mono_ns=0), 0)
        end_ns = round(self._case.lasts_s * NS_PER_S)
        acts = list(self._case.acts)
        for at_ns, read in _slots(self._case, end_ns):
            while acts and acts[0].at_s * NS_PER_S < at_ns:  # a person acts on what was read at that moment
                self._do(acts.pop(0))
            self._wait(at_ns)
            self._read(read, at_ns)
        for act in acts:
            self._do(act)
        self._wait(end_ns)
        return self._heard

    def _do(self, done: Done) -> None:
        at_ns = round(done.at_s * NS_PER_S)
        self._wait(at_ns)
        alarm = self._engine.alarm(done.rule)
        assert alarm is not None, done  # config refused what is no rule
        act = alarm.acknowledge if done.doing is Doing.ACKNOWLEDGE else alarm.reset
        try:
            act(_PERSON, self._begin_ns + at_ns, at_ns)
        except ActRefused:
            self._heard.append(Happened(done.rule, Word.REFUSED, done.at_s))
        self._hear(self._engine.acted(), at_ns)

    def _wait(self, until_ns: int) -> None:
        while (due_ns := self._engine.next_deadline_ns()) is not None and due_ns <= until_ns:
            outcome = self._engine.tick(utc_ns=self._begin_ns + due_ns, mono_ns=due_ns)
            self._hear(outcome, due_ns)

    def _read(self, read: _Read, at_ns: int) -> None:
        found = tuple(read.readings(at_ns / NS_PER_S))
        if not found:
            return
        points, values, qualities = (tuple(part) for part in zip(*found, strict=True))
        plan = self._plans.get(points)
        if plan is None:
            plan = ScanPlan(self._connections[read.device], read.device, points, read.period_s)
            self._plans[points] = plan
        scan = Scan(plan, self._begin_ns + at_ns, at_ns, True, values, qualities)
        self._hear(self._engine.evaluate(scan), at_ns)

    def _hear(self, outcome: Outcome | None, at_ns: int) -> None:
        for event in () if outcome is None else outcome.events:
            if event.happening in _WORDS:
                self._heard.append(Happened(event.rule, _WORDS[event.happening], at_ns / NS_PER_S))


def _slots(case: Case, end_ns: int) -> Iterator[tuple[int, _Read]]:
    """Yield what is read when, in order of time."""
    heap = [(0, number, read) for number, read in enumerate(_reads(case))]
    while heap:
        at_ns, number, read = heap[0]
        if at_ns > end_ns:
            return
        yield at_ns, read
        heapq.heapreplace(heap, (at_ns + round(read.period_s * NS_PER_S), number, read))


def _reads(case: Case) -> Sequence[_Read]:
    groups: dict[tuple[str, float], list[Course]] = {}
    for course in case.courses:
        period_s = max(course.point.period_s, case.every_s)
        groups.setdefault((course.point.device_id, period_s), []).append(course)
    return [
        _Read(device, period_s, courses, [0] * len(courses)) for (device, period_s), courses in groups.items()
    ]


def _reading(point: Point, turn: Turn, at_s: float) -> tuple[Value, Quality]:
    quality = _QUALITIES[turn.quality]
    value = turn.reading(at_s)
    if value is None or quality in (Quality.OVER_RANGE, Quality.UNDER_RANGE):
        return value, quality
    told, as_read = judge(point, _typed(point, value))
    return told, quality if as_read.is_good else as_read


def _typed(point: Point, value: float) -> float | bool:
    if point.datatype == "bool":
        return value >= 0.5  # of a ramp or a swing: the state that is nearer
    return round(value) if point.datatype == "int" else value


_QUALITIES: Final[Mapping[str, Quality]] = {quality.word: quality for quality in Quality}
