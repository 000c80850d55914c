"""What the points of a played device read at this moment.

Most follow from the machine that the device is an instrument of. What a device says of
itself follows from the plant file. A point that no process knows swings slowly about the
middle of its measuring range, so that any plant file can be played.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from config.model import Device, Plant, Point
from simulator.faults import Target
from simulator.machines import TICK_NS, Machine
from simulator.own_alarms import own_alarms
from simulator.process import Inputs, Values
from simulator.processes import (
    LINE_PROCESS,
    PROCESSES,
    line_of,
    parameters_of,
    process_of,
)
from simulator.scenario import Event
from simulator.selfreport import SelfReport
from simulator.served import Value
from simulator.timeline import Timeline

_SWING_PERIOD_S: Final = 300.0
_SWING_SHARE: Final = 0.05  # of the measuring range


class PlayedDevice:
    """One device, and the machine that it is an instrument of, of a line's the `part`."""

    def __init__(
        self,
        device: Device,
        timeline: Timeline,
        rng: Random,
        zone: tzinfo = UTC,
        *,
        machine: Machine | None = None,
        part: str = "",
    ) -> None:
        self.device = device
        self.machine = machine or _machine_of(device, timeline, rng)
        self._part = part
        self._self_report = SelfReport(device, zone)
        self._timeline = timeline
        self._phase = rng.uniform(0, 2 * math.pi)
        self._asked_ns: int | None = None
        self._values: Mapping[str, Value] = {}

    def values(self, now_ns: int) -> Mapping[str, Value]:
        """Return what every point of the device reads now, by point id, in the point's unit."""
        if self._asked_ns is not None and 0 <= now_ns - self._asked_ns < TICK_NS:
            return self._values
        self._asked_ns = now_ns
        events = self._timeline.active(now_ns, Target.DEVICE, self.device.id)
        inputs = {event.do: event.parameters for event in events}
        if self._values and "freeze" in inputs:
            return self._values
        short: Values = {} if self.machine is None else self.machine.values(now_ns)
        off = self._off(events, now_ns)
        values = {
            point.id: _spoilt(point, self._reading(point, short, now_ns, inputs), off, inputs)
            for point in self.device.points
        }
        self._values = values | own_alarms(self.device, values)
        return self._values

    def _off(self, events: Iterable[Event], now_ns: int) -> float:
        """Return how far the device has drifted, as a share of its range."""
        hours = self._timeline.scenario.duration_s / 3600
        fraction = self._timeline.fraction(now_ns)
        return sum(
            each.parameters["rate"] / 100 * (fraction - each.at) * hours
            for each in events
            if each.do == "drift"
        )

    def _reading(self, point: Point, short: Values, now_ns: int, inputs: Inputs) -> Value:
        value = short.get(self._part + point.id.partition(".")[2])
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


def _spoilt(point: Point, value: Value, off: float, inputs: Inputs) -> Value:
    """Return what a sensor makes of a value that it measures: drifted, or driven off its scale."""
    if point.range is None or point.marks is not None or isinstance(value, bool | str):
        return value
    low, high = point.range
    if (scale := inputs.get("over-scale")) is not None:
        return low + scale["to"] / 100 * (high - low)
    return value + off * (high - low) if off else value


def play_devices(plant: Plant, timeline: Timeline, seed: int) -> Mapping[str, tuple[PlayedDevice, ...]]:
    """Return the played devices of each connection; the same seed gives the same plant."""
    lines = _lines(plant.devices.values(), timeline, seed)
    zone = ZoneInfo(plant.timezone)
    return {
        connection_id: tuple(
            _play(device, lines, timeline, seed, zone) for device in plant.devices_on(connection_id)
        )
        for connection_id in plant.connections
    }


def _play(
    device: Device, lines: Mapping[str, Machine], timeline: Timeline, seed: int, zone: tzinfo
) -> PlayedDevice:
    rng, line = Random(f"{seed} {device.id}"), line_of(device)
    if line is None:
        return PlayedDevice(device, timeline, rng, zone)
    return PlayedDevice(device, timeline, rng, zone, machine=lines[line], part=f"{process_of(device)}.")


def _lines(devices: Iterable[Device], timeline: Timeline, seed: int) -> Mapping[str, Machine]:
    """Return the machines that several devices are instruments of."""
    members: dict[str, list[Device]] = {}
    for device in devices:
        if (line := line_of(device)) is not None:
            members.setdefault(line, []).append(device)
    return {line: _line(line, of, timeline, seed) for line, of in members.items()}


def _line(name: str, members: Sequence[Device], timeline: Timeline, seed: int) -> Machine:
    numbers = {name: value for device in members for name, value in parameters_of(device).items()}
    ids = [device.id for device in members]
    return Machine(LINE_PROCESS, numbers, ids, timeline, Random(f"{seed} line {name}"))


def _machine_of(device: Device, timeline: Timeline, rng: Random) -> Machine | None:
    process = PROCESSES.get(process_of(device))
    if process is None:
        return None
    return Machine(process, parameters_of(device), (device.id,), timeline, rng)
