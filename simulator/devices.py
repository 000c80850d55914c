"""Which process plays which device, and what its points read at this moment.

A device is computed when somebody asks, not on a clock of its own: a plant of a
thousand points that nobody polls costs nothing. A point that no process knows
swings slowly about the middle of its measuring range, so that any plant file can
be played.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from itertools import pairwise
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.model import Device, Plant, Point
from simulator.faults import Target
from simulator.own_alarms import own_alarms
from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.casting_machine import CASTING_MACHINE
from simulator.process.cooling_water import COOLING_WATER
from simulator.process.dust_collector import DUST_COLLECTOR
from simulator.process.gas_leak import GAS_LEAK
from simulator.process.tilting_furnace import TILTING_FURNACE
from simulator.selfreport import SelfReport
from simulator.served import Value
from simulator.timeline import NS_PER_S, Timeline

PROCESSES: Final[Mapping[str, Process[Any]]] = {
    "gas-leak": GAS_LEAK,
    "cooling-water": COOLING_WATER,
    "dust-collector": DUST_COLLECTOR,
    "tilting-furnace": TILTING_FURNACE,
    "casting-machine": CASTING_MACHINE,
}

TICK_NS: Final = NS_PER_S // 10
"""Asked again within a tick, a device reads the same: its blocks of one round agree."""

STEP_MAX_S: Final = 5.0
"""Of process time: the longest step that the machines are computed in."""

STEPS_MAX: Final = 100
"""A device that nobody asked for a day catches up in so many steps, longer ones if need be."""

_SWING_PERIOD_S: Final = 300.0
_SWING_SHARE: Final = 0.05  # of the measuring range


class PlayedDevice:
    """One device with the state of its process."""

    def __init__(self, device: Device, timeline: Timeline, rng: Random, zone: tzinfo = UTC) -> None:
        self.device = device
        self._self_report = SelfReport(device, zone)
        self._timeline = timeline
        self._rng = rng
        self._process = PROCESSES.get(str(device.simulate.get("process")))
        self._state: Any = self._process and self._process.start(_parameters(device.simulate), rng)
        self._phase = rng.uniform(0, 2 * math.pi)
        self._asked_ns: int | None = None
        self._values: Mapping[str, Value] = {}

    def values(self, now_ns: int) -> Mapping[str, Value]:
        """Return what every point of the device reads now, by point id, in the point's unit."""
        if self._asked_ns is not None and 0 <= now_ns - self._asked_ns < TICK_NS:
            return self._values
        since_ns = now_ns if self._asked_ns is None else self._asked_ns
        self._asked_ns = now_ns
        if self._values and "freeze" in self._inputs(now_ns):
            return self._values
        short = self._advance(since_ns, now_ns)
        inputs = self._inputs(now_ns)
        values = {point.id: self._reading(point, short, now_ns, inputs) for point in self.device.points}
        self._values = values | own_alarms(self.device, values)
        return self._values

    def _advance(self, since_ns: int, now_ns: int) -> Values:
        if self._process is None:
            return {}
        turns = self._timeline.turns(since_ns, now_ns, Target.DEVICE, self.device.id)
        values: Values = {}
        for begin_ns, end_ns in pairwise((since_ns, *turns, now_ns)):
            values = self._step(self._process, begin_ns, end_ns)
        return values

    def _step(self, process: Process[Any], begin_ns: int, end_ns: int) -> Values:
        """Go on through a span in which nothing begins or ends."""
        speed = self._timeline.scenario.duration_s / self._timeline.length_s
        span_s = max(0, end_ns - begin_ns) / NS_PER_S * speed
        steps = min(max(1, math.ceil(span_s / STEP_MAX_S)), STEPS_MAX)
        inputs = self._inputs((begin_ns + end_ns) // 2)
        values: Values = {}
        for _ in range(steps):
            self._state, values = process.step(self._state, span_s / steps, inputs, self._rng)
        return values

    def _inputs(self, now_ns: int) -> Inputs:
        events = self._timeline.active(now_ns, Target.DEVICE, self.device.id)
        return {event.do: event.parameters for event in events}

    def _reading(self, point: Point, short: Values, now_ns: int, inputs: Inputs) -> Value:
        value = short.get(point.id.partition(".")[2])
        if value is not None:
            return value
        said = self._self_report.value(point, now_ns, inputs)
        if said is not None:
            return said
        return False if point.datatype == "bool" else self._swing(point, now_ns)

    def _swing(self, point: Point, now_ns: int) -> float:
        low, high = point.range or (0.0, 100.0)
        turn = 2 * math.pi * self._timeline.process_s(now_ns) / _SWING_PERIOD_S
        return (low + high) / 2 + _SWING_SHARE * (high - low) * math.sin(turn + self._phase)


def play_devices(plant: Plant, timeline: Timeline, seed: int) -> Mapping[str, tuple[PlayedDevice, ...]]:
    """Return the played devices of each connection; the same seed gives the same plant."""
    return {
        connection_id: tuple(_play(plant.devices_on(connection_id), timeline, seed, ZoneInfo(plant.timezone)))
        for connection_id in plant.connections
    }


def _play(devices: Iterable[Device], timeline: Timeline, seed: int, zone: tzinfo) -> Iterable[PlayedDevice]:
    return (PlayedDevice(device, timeline, Random(f"{seed} {device.id}"), zone) for device in devices)


def _parameters(simulate: Mapping[str, object]) -> Parameters:
    return {name: float(value) for name, value in simulate.items() if isinstance(value, int | float)}
