"""A played plant whose instruments' values go straight to the rules: no wire, no waiting.

A whole day takes seconds. What periods, wires and decoding do to it is for tests over the wire.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import Act
from config.model import Device, Plant
from drivers.ranges import judge
from drivers.reading import Quality, Scan, ScanPlan, Value
from simulator.devices import PlayedDevice, play_devices
from simulator.scenario import Scenario
from simulator.timeline import NS_PER_S, Timeline
from tests.agent.parts import HandClock


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule said, in seconds since the scenario began."""

    at_s: float
    rule: str
    happening: str
    value: Value


class PlayedPlant:
    """A plant, a scenario, the rules, and what these have said; every device is read every `step_s`."""

    def __init__(self, plant: Plant, scenario: Scenario, *, seed: int = 1, step_s: float = 1.0) -> None:
        self.clock = HandClock()
        self.said: list[Said] = []
        self.told: Counter[str] = Counter()  # of areas and gates, by kind and state
        self.proved: list[Mapping[str, Any]] = []  # the judged events of interlocks
        self._begin_ns, self._step_s, self._length_s = self.clock.now_ns(), step_s, scenario.duration_s
        timeline = Timeline(scenario, self._begin_ns, self._length_s, self.clock)
        played = (each for group in play_devices(plant, timeline, seed).values() for each in group)
        self._devices = [(each, _plan(each.device)) for each in played]
        self.engine = Engine(plant)
        now_ns, mono_ns = self.clock.now_ns(), self.clock.monotonic_ns()
        self._hear(self.engine.start({}, utc_ns=now_ns, mono_ns=mono_ns))
        for watch in self.engine.baselines:  # as a person does after a change of bags
            watch.record(Act("王工"), None, now_ns, mono_ns)
        self.baselines = [watch.rule.id for watch in self.engine.baselines]

    def live_through(self) -> Sequence[Said]:
        """Play to the end, and return what was said."""
        for _ in self.scans():
            pass
        return self.said

    def scans(self) -> Iterator[Scan]:
        """Play to the end; yields what was read."""
        for _ in range(round(self._length_s / self._step_s)):
            for device, plan in self._devices:
                scan = self._scan(device, plan)
                self._hear(self.engine.evaluate(scan))
                yield scan
            self._wait(self._step_s)

    def _wait(self, seconds: float) -> None:
        end_ns = self.clock.monotonic_ns() + round(seconds * NS_PER_S)
        while (due_ns := self.engine.next_deadline_ns()) is not None and due_ns <= end_ns:
            self._tick(max(due_ns, self.clock.monotonic_ns()))
        self._tick(end_ns)

    def _tick(self, mono_ns: int) -> None:
        self.clock.move((mono_ns - self.clock.monotonic_ns()) / NS_PER_S)
        self._hear(self.engine.tick(utc_ns=self.clock.now_ns(), mono_ns=self.clock.monotonic_ns()))

    def _scan(self, device: PlayedDevice, plan: ScanPlan) -> Scan:
        now_ns = self.clock.now_ns()
        values = device.values(now_ns)
        pairs: list[tuple[Value, Quality]] = []
        for point in plan.points:
            value: Value = values[point.id]
            pairs.append(
                (value, Quality.GOOD) if value is None or isinstance(value, str) else judge(point, value)
            )
        taken, qualities = (tuple(part) for part in zip(*pairs, strict=True))
        return Scan(plan, now_ns, self.clock.monotonic_ns(), True, taken, qualities)

    def _hear(self, outcome: Outcome | None) -> None:
        at_s = (self.clock.now_ns() - self._begin_ns) / NS_PER_S
        for event in () if outcome is None else outcome.events:
            self.said.append(Said(at_s, event.rule, event.happening.value, event.value))
        for note in () if outcome is None else outcome.notes:
            if note.content.get("interlock") == "judged":
                self.proved.append(note.content)
        for told in () if outcome is None else outcome.told:
            self.told[f"{told.kind} {told.fields['state']}"] += 1


def _plan(device: Device) -> ScanPlan:
    return ScanPlan(device.connection_id, device.id, device.points, 1.0)
