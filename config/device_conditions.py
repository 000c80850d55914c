"""From a profile's rules, the device's entries laid over them, to rules of the model: `dust-1.tube-clogged`.

A rule of a point that the device's connection does not yield is left out with the point, which
has been told. What the plant changes no longer carries the profile's clause.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from config.base import Identifier, Part
from config.conditions import ConditionEntry
from config.device import DeviceEntry
from config.fault import Findings
from config.library import Profile
from config.model import Clause, Confidence, Device, Disabled, Rule, Text
from config.plant_rules import resolve_rule
from config.position import Layers, Origin, merge
from config.rule_entry import RuleEntry
from config.statute import PLANT_CLAUSE
from config.validation import choice_fields, validate
from config.written import DeviceContext
from config.written_rule import Points, WrittenRule

SECTION: Final = "conditions"
OF_DEVICE: Final = "device"
"""In a profile's expressions, where a point's id needs two parts, the first one."""


class _Conditions(Part):
    """The rules of one device, profile and plant file merged."""

    conditions: dict[Identifier, RuleEntry]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The rules of one device; those that the plant has disabled apart."""

    rules: tuple[Rule, ...] = ()
    disabled: tuple[Disabled, ...] = ()


def resolve_conditions(resolved: Iterable[tuple[DeviceContext, Device]], findings: Findings) -> Conditions:
    """Return the rules of all devices; those with faults are left out, with the fault told."""
    rules: list[Rule] = []
    disabled: list[Disabled] = []
    for context, device in resolved:
        if found := _of(context):
            of_device = _resolved(context, device, found, findings)
            rules += of_device.rules
            disabled += of_device.disabled
    return Conditions(tuple(rules), tuple(disabled))


def laid_over(entry: DeviceEntry, profile: Profile | None) -> dict[str, object]:
    """Return what is written of each rule, the device's entry over the profile's."""
    below = {} if profile is None else profile.entry.conditions
    found: dict[str, object] = {id_: each.written for id_, each in below.items()}
    for id_, each in entry.conditions.items():
        found[id_] = merge(found.get(id_, {}), each.written)
    return found


def _of(context: DeviceContext) -> dict[str, object]:
    """Return the rules of a device as written, but for those that nobody knows, which are told."""
    below = context.profile.entry.conditions if context.profile else {}
    found = laid_over(context.entry, context.profile)
    for id_, entry in context.entry.conditions.items():
        if id_ not in below and "kind" not in entry.written:
            del found[id_]
            suffix, fields = choice_fields(id_, below)
            place = context.origin.place(SECTION, id_, at_key=True)
            context.findings.fault(place, "condition-unknown" + suffix, name=id_, **fields)
    return found


def _resolved(
    context: DeviceContext, device: Device, found: dict[str, object], findings: Findings
) -> Conditions:
    layers = _layers(context, {SECTION: found})
    entries = validate(_Conditions, layers, findings)
    points = _points(context, device)
    rules: list[Rule] = []
    disabled: list[Disabled] = []
    for id_, entry in entries.conditions.items() if entries else ():
        written = WrittenRule(entry.kind, Origin(layers, (SECTION, id_)), points, findings)
        rule = resolve_rule(f"{device.id}.{id_}", written, entry)
        if rule is None:
            continue
        name = Text(f"{device.name.zh} {rule.name.zh}", f"{device.name.en} {rule.name.en}")
        own = context.entry.conditions.get(id_, ConditionEntry())
        if own.disabled is not None:
            said = own.disabled
            approval = (said.reason, said.approved_by, said.until)
            disabled.append(Disabled(rule.id, device.id, rule.condition, name, *approval))
        else:
            rules.append(replace(rule, name=name, clause=_clause(context, id_, rule, own)))
    return Conditions(tuple(rules), tuple(disabled))


def _clause(context: DeviceContext, id_: str, rule: Rule, own: ConditionEntry) -> Clause:
    below = context.profile.entry.conditions.get(id_) if context.profile else None
    if below is None or "standard" in own.written:
        return rule.clause
    if own.written:
        return PLANT_CLAUSE
    return replace(rule.clause, confidence=Confidence(below.confidence))


def _layers(context: DeviceContext, data: object) -> Layers:
    origins = [context.origin] if context.profile is None else [context.profile.origin, context.origin]
    return Layers(
        [
            (document, (*prefix, *origin.loc))
            for origin in origins
            for document, prefix in origin.layers.layers
        ],
        data,
    )


def _points(context: DeviceContext, device: Device) -> Points:
    """Return the device's points by their names, alone and as `device.<name>`."""
    by_name = {point.id.partition(".")[2]: point for point in device.points}
    left_out = [written.name for written in context.points if written.name not in by_name]
    incomplete: Collection[str] = (*left_out, OF_DEVICE) if left_out else ()
    both = {**by_name, **{f"{OF_DEVICE}.{name}": point for name, point in by_name.items()}}
    return Points(both, lambda point: context.gas(point.id.partition(".")[2]), incomplete)
