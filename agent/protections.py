"""What of a plant file protects: its rules, and what they rest on, each as it can be compared later.

A gate whose condition was turned round, a calendar, a range or a scale that was changed takes a
protection away as surely as a limit that was raised.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from typing import Any, Final

from agent.records import Json
from config.model import AlarmSettings, DeviceAlarm, Gate, LimitRule, Plant, Point, Rule

ALARMS: Final = "alarms"


def rules_of(plant: Plant) -> Mapping[str, Json]:
    """Return every rule by its id; `is` is what it says."""
    devices = plant.devices.values()
    return {
        **{limit.id: _of_limit(limit) for device in devices for limit in device.rules},
        **{rule.id: _of_rule(rule) for rule in plant.rules},
        **{told.id: _of_device_alarm(told) for device in devices for told in device.alarms},
        **{f"{p.id}.over-range": _about(p, {"latched": True}) for p in plant.points if p.over_range_latched},
    }


def basis_of(plant: Plant) -> Mapping[str, Json]:
    """Return what the rules rest on, by kind and id: `gate cast`, `area shop`, `point co-1.co`, `alarms`."""
    return {
        ALARMS: {"of": ALARMS, "id": "", **_nowhere({"is": _of_settings(plant.alarms)})},
        **{f"gate {id_}": {"of": "gate", "id": id_, **_of_gate(gate)} for id_, gate in plant.gates.items()},
        **{
            f"area {id_}": {"of": "area", "id": id_, **_nowhere({"is": {"knowing": written(area.knowing)}})}
            for id_, area in plant.areas.items()
        },
        **{
            f"point {point.id}": {"of": "point", "id": point.id, **_of_point(plant, point)}
            for point in _rested_on(plant)
        },
    }


def written(value: object) -> str:
    """Return a part of the model as text, without defaults: a later version may know more of them."""
    if not is_dataclass(value) or isinstance(value, type):
        return repr(value)
    said = {each.name: getattr(value, each.name) for each in fields(value) if _is_said(each, value)}
    return f"{type(value).__name__}({', '.join(f'{name}={of!r}' for name, of in said.items())})"


def _is_said(field: Field[Any], of: object) -> bool:
    value = getattr(of, field.name)
    return bool(value) if field.default is MISSING else value != field.default


def _rested_on(plant: Plant) -> Iterator[Point]:
    """Yield the points that a rule or gate reads, and those that say something of others."""
    read = {limit.point.id for device in plant.devices.values() for limit in device.rules}
    read |= {point.id for rule in plant.rules for point in rule.points}
    read |= {point.id for gate in plant.gates.values() for point in gate.points}
    read |= {told.word.id for device in plant.devices.values() for told in device.alarms}
    yield from (point for point in plant.points if point.id in read or point.marks is not None)


def _about(point: Point, is_so: Json) -> Json:
    return {"device": point.device_id, "point": point.id, "unit": point.unit, "is": is_so}


def _nowhere(rest: Json) -> Json:
    return {"device": None, "point": None, "unit": "", **rest}


def _of_limit(limit: LimitRule) -> Json:
    gated: Json = {} if limit.gate is None else {"gate": limit.gate, "sets": _sets(limit)}
    is_so: Json = {
        "limit": limit.limit,
        "deadband": limit.deadband,
        "on_delay_s": limit.on_delay_s,
        "off_delay_s": limit.off_delay_s,
        "priority": limit.priority.value,
        "latched": limit.latched,
    }
    return _about(limit.point, {**is_so, **gated})


def _sets(limit: LimitRule) -> Json:
    return {phase.value: of_phase for phase, of_phase in limit.sets}


def _of_device_alarm(told: DeviceAlarm) -> Json:
    is_so = {"raws": sorted(told.raws), "rule": told.rule, "priority": told.priority.value}
    return {"device": told.word.device_id, "point": told.word.id, "unit": "", "is": is_so}


def _of_rule(rule: Rule) -> Json:
    is_so: Json = {
        "condition": repr(rule.condition),
        "on_delay_s": rule.on_delay_s,
        "off_delay_s": rule.off_delay_s,
        "priority": rule.priority.value,
        "latched": rule.latched,
    }
    return _about(rule.points[0], is_so)


def _of_gate(gate: Gate) -> Json:
    phases = {each.phase.value: each.condition.text for each in gate.phases}
    contradicted = gate.contradicted and written(gate.contradicted.condition)
    point = gate.points[0]
    is_so: Json = {"phases": phases, "contradicted": contradicted}
    return {"device": point.device_id, "point": point.id, "unit": "", "is": is_so}


def _of_point(plant: Plant, point: Point) -> Json:
    is_so: Json = {
        "unit": point.unit,
        "range": point.range and list(point.range),
        "period_s": point.period_s,
        "source": written(point.source),
        "marks": point.marks and written(point.marks),
        "always_watched": point.always_watched,
        "over_range_latched": point.over_range_latched,
        "area": plant.devices[point.device_id].area,
    }
    return _about(point, is_so)


def _of_settings(settings: AlarmSettings) -> Json:
    within = {priority.value: asdict(each) for priority, each in settings.respond_within.items()}
    return {
        "annunciated": settings.is_annunciated,
        "shift_s": settings.shift_s,
        "engineers": list(settings.engineers),
        "chatter_off_delay_s": settings.chatter_off_delay_s,
        "respond_within": within,
    }
