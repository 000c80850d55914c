"""A normal day of each sector: casts, cleaning, a little carbon monoxide about, and not one alarm.

It begins with new bags in the dust collectors, so that their baselines are recorded first.

Method: the simulated devices' values go straight to the rules, every five seconds of a
whole day, at two seeds. That the way over the wire changes nothing is test_rehearse.py's.
"""

from pathlib import Path
from typing import Final

import pytest

from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import Act
from config.load import load_plant
from config.model import Device
from drivers.reading import Scan, ScanPlan, Value
from simulator.devices import PlayedDevice, play_devices
from simulator.scenario_file import load_scenario
from simulator.timeline import Timeline
from tests.agent.parts import HandClock

ROOT: Final = Path(__file__).parents[2]
PLANTS: Final = ROOT / "config" / "plants"
NORMAL_DAY: Final = ROOT / "simulator" / "scenarios" / "normal-day.yaml"
STEP_S: Final = 5.0


class Day:
    """A plant, its rules, and what these have said."""

    def __init__(self, plant_file: Path, seed: int) -> None:
        plant = load_plant(plant_file)
        self.clock = HandClock()
        self.scenario = load_scenario(NORMAL_DAY, plant)
        timeline = Timeline(self.scenario, self.clock.now_ns(), self.scenario.duration_s, self.clock)
        played = (each for group in play_devices(plant, timeline, seed).values() for each in group)
        self._devices = [(each, _plan(each.device)) for each in played]
        self._engine = Engine(plant)
        self.said: list[str] = []
        self._hear(
            self._engine.start({}, utc_ns=self.clock.now_ns(), mono_ns=self.clock.monotonic_ns()),
        )
        for watch in self._engine.baselines:
            watch.record(Act("王工"), None, self.clock.now_ns(), self.clock.monotonic_ns())
        self.baselines = [watch.rule.id for watch in self._engine.baselines]

    def live_through(self) -> None:
        for _ in range(round(self.scenario.duration_s / STEP_S)):
            for device, plan in self._devices:
                self._hear(self._engine.evaluate(self._scan(device, plan)))
            self.clock.move(STEP_S)
            now_ns, mono_ns = self.clock.now_ns(), self.clock.monotonic_ns()
            self._hear(self._engine.tick(utc_ns=now_ns, mono_ns=mono_ns))

    def _scan(self, device: PlayedDevice, plan: ScanPlan) -> Scan:
        now_ns = self.clock.now_ns()
        values = device.values(now_ns)
        taken: tuple[Value, ...] = tuple(values[point.id] for point in plan.points)
        return Scan(plan, now_ns, self.clock.monotonic_ns(), True, taken)

    def _hear(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            self.said += [f"{e.rule} {e.happening} {e.value}" for e in outcome.events]


def _plan(device: Device) -> ScanPlan:
    return ScanPlan(device.connection_id, device.id, device.points, 1.0)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("plant", ["aluminium", "steel", "dust"])
def test_a_normal_day_has_no_alarm_at_all(plant: str, seed: int) -> None:
    day = Day(PLANTS / f"{plant}.yaml", seed)
    day.live_through()
    recorded = [f"{rule} {word} None" for word in ("not-evaluated", "evaluated") for rule in day.baselines]
    assert sorted(day.said) == sorted(recorded)
