"""What a simulated device says of its own alarms: its bits and states follow the limits of the plant file."""

from collections.abc import Iterator, Mapping
from typing import Final

from config.model import Device, DeviceAlarm, LimitKind, LimitRule
from simulator.served import Value

_MILDEST_FIRST: Final = (LimitKind.HI, LimitKind.LO, LimitKind.HIHI, LimitKind.LOLO)


def own_alarms(device: Device, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what the words read that say alarm; those of a device that is inhibited say that instead."""
    rules = {rule.id: rule for rule in device.rules}
    said: dict[str, Value] = {}
    for told, rule in _joined(device, rules):
        value = values.get(rule.point.id)
        if isinstance(value, int | float) and _is_beyond(rule, value) and _is_free(told, values):
            said[told.word.id] = True if told.word.datatype == "bool" else _raw(told, device)
    return said


def _joined(device: Device, rules: Mapping[str, LimitRule]) -> Iterator[tuple[DeviceAlarm, LimitRule]]:
    """Yield the alarms whose cause is known, the mildest first: the worst has the last word."""
    for kind in _MILDEST_FIRST:
        for told in device.alarms:
            if told.kind is kind and told.rule is not None:
                yield told, rules[told.rule]


def _is_beyond(rule: LimitRule, value: float) -> bool:
    return value >= rule.limit if rule.kind.is_high else value <= rule.limit


def _is_free(told: DeviceAlarm, values: Mapping[str, Value]) -> bool:
    marks, raw = told.word.marks, values.get(told.word.id)
    state = marks.states.get(int(raw)) if marks is not None and isinstance(raw, int | float) else None
    return state is None or state.quality == "good"


def _raw(told: DeviceAlarm, device: Device) -> int:
    worse = {
        raw for other in device.alarms if other.word is told.word for raw in other.raws if other is not told
    }
    return min(told.raws - worse or told.raws)
