"""What devices say of themselves by status words: each state that begins or ends is an event."""

from collections.abc import Iterator, Mapping
from typing import Final

from agent import self_words
from agent.occurrence import Occurrence, occurrence
from agent.taken_up import taken_up
from config.model import Device, Plant, Point, State
from drivers.reading import Value

STATE_PREFIX: Final = "device-state/"


class DeviceStates:
    """Follows every status word of a plant through the scans."""

    def __init__(self, plant: Plant) -> None:
        self._devices: dict[str, Device] = {
            point.id: device
            for device in plant.devices.values()
            for point in device.points
            if point.marks is not None and point.marks.states
        }
        self._last: dict[str, int] = {}

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Take up the states that stood when the last run ended."""
        for point_id in self._devices:
            if (raw := taken_up(stored, STATE_PREFIX + point_id, int)) is not None:
                self._last[point_id] = raw

    def follows(self, point: Point) -> bool:
        """Return whether this point is a status word."""
        return point.id in self._devices

    def see(self, point: Point, value: Value) -> Iterator[Occurrence]:
        """Yield what follows from one reading of a status word."""
        if not isinstance(value, int | float):
            return
        raw = int(value)
        before = self._last.get(point.id)
        if raw == before:
            return
        self._last[point.id] = raw
        state, old = state_of(point, raw), None if before is None else state_of(point, before)
        if state == old or (before is None and _is_usual(point, state)):
            return
        device = self._devices[point.id]
        fields: dict[str, object] = {
            "value": raw,
            "quality": state.quality if state else "good",
            "text": self_words.state(device.name, point.name, state, old),
        }
        yield occurrence("device-state", point, fields, {STATE_PREFIX + point.id: b"%d" % raw})


def _is_usual(point: Point, state: State | None) -> bool:
    """Return whether a state is no news at the first sight of a device: the good one of several."""
    return state is None or (state.quality == "good" and point.marks is not None and point.marks.is_complete)


def state_of(point: Point, raw: int) -> State | None:
    """Return what a raw value means: None where a bit has nothing to tell."""
    marks = point.marks
    assert marks is not None, point.id
    if raw in marks.states or not marks.is_complete:
        return marks.states.get(raw)
    return State(self_words.unknown_state(raw), "suspect")
