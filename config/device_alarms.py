"""Alarms that devices raise themselves: from `alarm: hi` at a bit or a state to the model.

A detector's own first alarm and our limit on its reading have one cause. They are
joined where the kind is the same and it is clear which point is meant; else the
device's stands by itself.
"""

from collections.abc import Iterator
from typing import Final

from config.limits import PRIORITY
from config.model import DeviceAlarm, LimitKind, LimitRule, Point, Priority, Text
from config.states import targets
from config.written import DeviceContext
from config.written_point import WrittenPoint

OWN: Final = "own"
_IMPLIES: Final = {LimitKind.HIHI: LimitKind.HI, LimitKind.LOLO: LimitKind.LO}
"""A status word says only the worst: its hihi is beyond hi as well."""


def resolve_device_alarms(
    device: DeviceContext, points: tuple[Point, ...], rules: tuple[LimitRule, ...]
) -> tuple[DeviceAlarm, ...]:
    """Return what a device's bits and states say of alarms; what is wrong with them is told."""
    known = {point.id: point for point in points}
    found: list[DeviceAlarm] = []
    for written in device.points:
        word = known.get(f"{device.id}.{written.name}")
        if word is not None:
            found += _of_bit(device, written, word, rules)
            found += _of_states(device, written, word, rules)
    return tuple(found)


def _of_bit(
    device: DeviceContext, written: WrittenPoint, word: Point, rules: tuple[LimitRule, ...]
) -> Iterator[DeviceAlarm]:
    name = written.entry.alarm
    if name is None:
        return
    if word.datatype != "bool" or written.entry.heartbeat is not None or written.entry.readback is not None:
        device.findings.fault(written.says.place("alarm", at_key=True), "alarm-of-no-bit")
        return
    yield _alarm(device, written, word, name, frozenset({1}), word.name, rules)


def _of_states(
    device: DeviceContext, written: WrittenPoint, word: Point, rules: tuple[LimitRule, ...]
) -> Iterator[DeviceAlarm]:
    states = written.entry.states or {}
    raws: dict[str, set[int]] = {}
    for raw, state in states.items():
        if state.alarm is not None:
            raws.setdefault(state.alarm, set()).add(raw)
    for worse, kind in _IMPLIES.items():
        if kind.value in raws and worse.value in raws:
            raws[kind.value] |= raws[worse.value]
    for kind_name, values in raws.items():
        first = next(state for state in states.values() if state.alarm == kind_name)
        name = Text(first.name.zh, first.name.en)
        yield _alarm(device, written, word, kind_name, frozenset(values), name, rules)


def _alarm(
    device: DeviceContext,
    written: WrittenPoint,
    word: Point,
    kind_name: str,
    raws: frozenset[int],
    name: Text,
    rules: tuple[LimitRule, ...],
) -> DeviceAlarm:
    kind = None if kind_name == OWN else LimitKind(kind_name)
    of = {f"{device.id}.{point.name}" for point in targets(device, written)}
    same = [rule for rule in rules if rule.kind is kind and rule.point.id in of]
    if len(same) > 1 and written.says.layers is device.origin.layers:
        named = tuple(rule.point.id.partition(".")[2] for rule in same)
        place = written.says.place(at_key=True)
        device.findings.warn(place, "alarm-of-several", kind=kind_name, points=named)
    return DeviceAlarm(
        id=f"{word.id}.device-{kind_name if kind else 'alarm'}",
        word=word,
        raws=raws,
        name=name,
        kind=kind,
        rule=same[0].id if len(same) == 1 else None,
        priority=PRIORITY[kind] if kind else Priority.HIGH,
        of=tuple(sorted(of)),
    )
