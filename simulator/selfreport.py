"""What a simulated device says of itself: its state, its heartbeat, and how it is set.

All is well and as the plant file says, unless a fault makes it otherwise: `inhibit`,
`calibrate`, `stop-heartbeat`, `change-setting`. What the file does not say a plant may
give under `simulate: {settings: {point: value}}`.
"""

from datetime import UTC, datetime, tzinfo
from typing import Final

from config.model import Device, LimitKind, Marks, Point, Readback, Role
from simulator.process import Inputs
from simulator.served import Value
from simulator.timeline import NS_PER_S

BEATS: Final = 3  # changes within the time that a living device may take
DECIMALS: Final = 1
TEXT: Final = "SIM"
NEVER: Final = "2026-01-01 00:00:00"  # of a date that no file says

_STATES: Final = {"inhibit": "maintenance", "calibrate": "calibration"}
_LIMITS: Final = {Role(kind.value): kind for kind in LimitKind}
_SET_BY_HAND: Final = frozenset({*_LIMITS, Role.CALIBRATION, Role.SERVICE, Role.SETTING})


def can_say(device: Device, do: str) -> bool:
    """Whether a device has a point by which it could say what a fault makes of it."""
    marks = [point.marks for point in device.points if point.marks is not None]
    if do in _STATES:
        return any(state.quality == _STATES[do] for each in marks for state in each.states.values())
    if do == "stop-heartbeat":
        return any(each.heartbeat_s is not None for each in marks)
    if do == "change-setting":
        return any(each.readback is not None and each.readback.role in _SET_BY_HAND for each in marks)
    return True


class SelfReport:
    """Plays the points of one device that are about the device."""

    def __init__(self, device: Device, zone: tzinfo) -> None:
        self._device = device
        self._zone = zone
        settings = device.simulate.get("settings")
        self._settings: dict[str, Value] = dict(settings) if isinstance(settings, dict) else {}
        self._beats: dict[str, int] = {}

    def value(self, point: Point, now_ns: int, inputs: Inputs) -> Value | None:
        """Return what such a point reads now; None for one that measures."""
        if point.marks is None:
            return TEXT if point.datatype == "string" else None
        if point.marks.states:
            return self._state(point, point.marks, inputs)
        if point.marks.heartbeat_s is not None:
            return self._beat(point, point.marks.heartbeat_s, now_ns, inputs)
        assert point.marks.readback is not None, point.id
        return self._setting(point, point.marks, point.marks.readback, now_ns, inputs)

    def _state(self, point: Point, marks: Marks, inputs: Inputs) -> Value:
        wanted = [_STATES[do] for do in inputs if do in _STATES]
        for quality in (*wanted, *(["good"] if marks.is_complete else [])):
            raw = next((raw for raw, state in marks.states.items() if state.quality == quality), None)
            if raw is not None:
                return bool(raw) if point.datatype == "bool" else raw
        return next(iter(marks.states)) if marks.is_complete else False

    def _beat(self, point: Point, within_s: float, now_ns: int, inputs: Inputs) -> Value:
        if "stop-heartbeat" not in inputs or point.id not in self._beats:
            self._beats[point.id] = int(now_ns * BEATS / (within_s * NS_PER_S))
        beat = self._beats[point.id]
        return bool(beat % 2) if point.datatype == "bool" else beat % 2**15

    def _setting(self, point: Point, marks: Marks, readback: Readback, now_ns: int, inputs: Inputs) -> Value:
        role = readback.role
        if role is Role.CLOCK:
            return self._clock(point, readback, now_ns)
        value = self._as_set(point, marks, readback)
        change = inputs.get("change-setting")
        if change is not None and role in _SET_BY_HAND and not isinstance(value, str):
            value = value + change["by"]
        return value

    def _as_set(self, point: Point, marks: Marks, readback: Readback) -> Value:
        given = self._settings.get(point.id.partition(".")[2])
        if given is not None:
            return given
        if readback.role is Role.UNIT and readback.units:
            return next(raw for raw, unit in readback.units.items() if unit == readback.expect)
        if readback.expect is not None:
            return readback.expect
        limit = self._limit(marks, readback)
        if limit is not None:
            return limit
        if point.datatype == "string":
            is_date = "datetime" in str(getattr(point.source, "type", ""))
            return NEVER if is_date else TEXT
        return DECIMALS if readback.role is Role.DECIMALS else 1

    def _limit(self, marks: Marks, readback: Readback) -> float | None:
        kind = _LIMITS.get(readback.role)
        limits = (
            rule.limit for rule in self._device.rules if rule.kind is kind and rule.point.id in marks.of
        )
        return next(limits, None)

    def _clock(self, point: Point, readback: Readback, now_ns: int) -> Value:
        zone = UTC if readback.is_utc else self._zone
        now = datetime.fromtimestamp(now_ns // NS_PER_S, zone).replace(tzinfo=None)
        if point.datatype == "string":
            return now.isoformat(" ")
        return round(now.replace(tzinfo=UTC).timestamp())
