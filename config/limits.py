"""From limits as written, the device's laid over its profile's, to the rules of the model."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

from config.fault import Place
from config.gated_limit import gated
from config.model import Clause, Confidence, Deviation, LimitKind, LimitRule, Phase, Point, Priority
from config.position import Origin
from config.rule import DeviationEntry, LimitBase, LimitEntry, Limits, ProfileLimitEntry
from config.standards import is_open, statutory_rules
from config.statute import PLANT_CLAUSE, Laxer, laxer, weaker, with_clause
from config.validation import choice_fields
from config.written import DeviceContext
from config.written_limit import Layer, WrittenLimit

# Where neither profile nor plant says more; our own choice, recommended only.
DEFAULT_ON_DELAY_S: Final = 0.0  # nobody may wait for an alarm unless somebody decided so
DEFAULT_OFF_DELAY_S: Final = 10.0

PRIORITY: Final = {
    LimitKind.HIHI: Priority.CRITICAL,
    LimitKind.HI: Priority.HIGH,
    LimitKind.LO: Priority.HIGH,
    LimitKind.LOLO: Priority.CRITICAL,
}
_ASCENDING: Final = (LimitKind.LOLO, LimitKind.LO, LimitKind.HI, LimitKind.HIHI)

_Kinds = dict[LimitKind, tuple[Layer, ...]]


def resolve_limits(device: DeviceContext, points: tuple[Point, ...]) -> tuple[LimitRule, ...]:
    """Return the device's rules; those with faults are left out, with the fault told."""
    known = {point.id.partition(".")[2]: point for point in points}
    rules: list[LimitRule] = []
    for name, kinds in _written(device).items():
        point = known.get(name)
        if point is not None and point.datatype == "string":
            _tell_text(device, point, kinds)
        elif point is not None:
            of_point = [WrittenLimit(device, point, kind, layers) for kind, layers in kinds.items()]
            sound = [(rule, limit) for limit in of_point if (rule := _rule(limit)) is not None]
            _check_order(sound)
            rules += [rule for rule, _ in sound]
        elif not device.has_point(name) and (device.profile or not device.entry.profile):
            _tell_unknown_point(device, name, kinds)
    return tuple(rules)


def _written(device: DeviceContext) -> dict[str, _Kinds]:
    """Return point → kind → the layers that write this limit, the profile's first."""
    found: dict[str, _Kinds] = {}
    for rules, origin in _rule_sets(device):
        # Rules for all channels first, so that those for one channel are laid over them.
        meant = {name: device.named(name) or (name,) for name in rules}
        for name in sorted(rules, key=lambda name: meant[name] == (name,)):
            for point in meant[name]:
                kinds = found.setdefault(point, {})
                for kind, entry in rules[name].given().items():
                    layer = Layer(entry, origin.at(name, kind.value))
                    kinds[kind] = (*kinds.get(kind, ()), layer)
    return found


def _rule_sets(
    device: DeviceContext,
) -> Iterator[tuple[Mapping[str, Limits[LimitEntry]] | Mapping[str, Limits[ProfileLimitEntry]], Origin]]:
    if device.profile is not None:
        yield device.profile.entry.rules, device.profile.origin.at("rules")
    yield from statutory_rules(device)
    yield device.entry.rules, device.origin.at("rules")


def _rule(written: WrittenLimit) -> LimitRule | None:
    below = tuple(layer for layer in written.layers if isinstance(layer.entry, ProfileLimitEntry))
    profile = _build(replace(written, layers=below)) if below else None
    own = next((layer for layer in written.layers if isinstance(layer.entry, LimitEntry)), None)
    rule = _build(written) if own else profile
    if rule is not None and own is not None:
        rule = gated(with_clause(rule, profile, _plant_clause(own.entry)), written)
    if rule is not None and profile is not None and not is_open(written.device):
        _check_statute(written.device, rule, profile, own.origin if own else written.device.origin)
    return rule


def _build(written: WrittenLimit) -> LimitRule | None:
    limit = written.limit()
    deadband = written.deadband(limit)
    if limit is None:
        return None
    on_delay, _ = written.last("on_delay")
    off_delay, _ = written.last("off_delay")
    priority, _ = written.last("priority")
    latched, _ = written.last("latched")
    return LimitRule(
        id=f"{written.point.id}.{written.kind.value}",
        point=written.point,
        kind=written.kind,
        limit=limit,
        deadband=deadband,
        on_delay_s=on_delay if isinstance(on_delay, float) else DEFAULT_ON_DELAY_S,
        off_delay_s=off_delay if isinstance(off_delay, float) else DEFAULT_OFF_DELAY_S,
        priority=Priority(priority) if isinstance(priority, str) else PRIORITY[written.kind],
        clause=_profile_clause(written.layers),
        deviation=_deviation(written.layers[-1].entry),
        latched=latched is True,
    )


def _profile_clause(layers: tuple[Layer, ...]) -> Clause:
    entries = [layer.entry for layer in layers if isinstance(layer.entry, ProfileLimitEntry)]
    if not entries:
        return PLANT_CLAUSE
    entry = entries[-1]
    return Clause(entry.standard or "", entry.clause or "", Confidence(entry.confidence))


def _plant_clause(entry: LimitBase) -> Clause | None:
    if entry.standard is None:
        return None
    return Clause(entry.standard, entry.clause or "", Confidence.PLANT)


def _deviation(entry: LimitBase) -> Deviation | None:
    deviation = getattr(entry, "deviation", None)
    if not isinstance(deviation, DeviationEntry):
        return None
    return Deviation(deviation.reason, deviation.approved_by, deviation.date, deviation.until)


def _check_order(rules: list[tuple[LimitRule, WrittenLimit]]) -> None:
    by_kind = {rule.kind: (rule, written) for rule, written in rules}
    for phase in sorted({phase for rule, _ in rules for phase, _ in rule.sets} or {Phase.STEADY}):
        present = [
            (limit, *by_kind[kind])
            for kind in _ASCENDING
            if kind in by_kind and (limit := by_kind[kind][0].limit_in(phase)) is not None
        ]
        for (lower, lower_rule, lower_written), (upper, upper_rule, upper_written) in pairwise(present):
            if lower < upper:
                continue
            device = lower_written.device
            # Told where the plant wrote it; a profile that contradicts itself is told in the profile.
            origins = [written.limit_origin(phase) for written in (upper_written, lower_written)]
            own = [origin for origin in origins if origin.layers is device.origin.layers]
            device.findings.fault(
                (own or origins)[0].place(),
                "limits-out-of-order",
                lower=lower_rule.kind.value,
                lower_limit=lower,
                upper=upper_rule.kind.value,
                upper_limit=upper,
                unit=lower_rule.point.unit,
            )


def _check_statute(device: DeviceContext, rule: LimitRule, profile: LimitRule, where: Origin) -> None:
    """Tell in what the rule is laxer than the law; with an approval it is a warning."""
    statutory = replace(profile, point=replace(profile.point, period_s=_profile_period_s(device, profile)))
    steady = where.at("sets", Phase.STEADY.value) if rule.sets else where.at("limit")
    for found in laxer(rule, statutory):
        at = steady.place() if found.aspect == "limit" else where.place(found.aspect)
        _tell_laxer(
            found, rule, profile, device, _period_place(device, rule) if found.aspect == "period" else at
        )
    _advise_weaker(device, rule, statutory, where)
    for phase, limit in rule.sets:
        if limit is not None and phase is not Phase.STEADY:
            for found in laxer(replace(rule, limit=limit), statutory):
                if found.aspect == "limit":
                    _tell_laxer(found, rule, profile, device, where.place("sets", phase.value))


def _advise_weaker(device: DeviceContext, rule: LimitRule, of_profile: LimitRule, where: Origin) -> None:
    """Warn of a statutory point watched less well than its profile recommends; no law has the number."""
    role = device.statutes.role_of(rule.point.serves)
    if role is None or of_profile.clause.confidence is not Confidence.RECOMMENDED:
        return
    for found in weaker(rule, of_profile):
        if found.aspect in ("limit", "on_delay"):
            recommended, chosen = _shown(found, rule)
            device.findings.warn(
                where.place(found.aspect),
                "weaker-than-recommended",
                rule=rule.id,
                key=found.aspect,
                chosen=chosen,
                recommended=recommended,
                point=rule.point.id,
                what=role.point.name.model_dump(),
                basis=role.point.basis(),
            )


def _tell_laxer(
    found: Laxer, rule: LimitRule, profile: LimitRule, device: DeviceContext, place: Place
) -> None:
    statutory, chosen = _shown(found, rule)
    fields = {
        "rule": rule.id,
        "standard": profile.clause.standard,
        "statutory": statutory,
        "chosen": chosen,
    }
    if rule.deviation is None:
        device.findings.fault(place, f"laxer-{found.aspect}", **fields)
    else:
        approval = {"approved_by": rule.deviation.approved_by, "until": rule.deviation.until}
        device.findings.warn(place, "deviation-in-force", **fields, **approval)


def _shown(found: Laxer, rule: LimitRule) -> tuple[str, str]:
    unit = rule.point.unit if found.aspect in ("limit", "deadband") else "s"
    return f"{found.statutory:g} {unit}".rstrip(), f"{found.chosen:g} {unit}".rstrip()


def _period_place(device: DeviceContext, rule: LimitRule) -> Place:
    """Return where the period is written that holds: the device's, else the point's."""
    of_point = device.origin.at("points", rule.point.id.partition(".")[2])
    is_of_point = device.entry.period is None and of_point.has("period")
    return (of_point if is_of_point else device.origin).place("period")


def _profile_period_s(device: DeviceContext, rule: LimitRule) -> float:
    if device.profile is None:  # no standard says how often a point is read: that is a profile's word
        return rule.point.period_s
    name = rule.point.id.partition(".")[2]
    bases = [written.base for written in device.points if written.name == name]
    entry = device.profile.entry.points.get(bases[0] if bases else name)
    return (entry.period if entry else None) or device.profile.entry.period


def _tell_text(device: DeviceContext, point: Point, kinds: _Kinds) -> None:
    for layers in kinds.values():
        place = layers[-1].origin.place(at_key=True)
        device.findings.fault(place, "limit-of-text", point=point.id)


def _tell_unknown_point(device: DeviceContext, name: str, kinds: _Kinds) -> None:
    suffix, fields = choice_fields(name, dict.fromkeys(written.base for written in device.points))
    if kinds:
        written = next(iter(kinds.values()))[0].origin
        place = Origin(written.layers, written.loc[:-1]).place(at_key=True)
    else:  # its limits were at fault themselves
        place = device.origin.place("rules", name, at_key=True)
    device.findings.fault(place, "rule-point-unknown" + suffix, point=name, **fields)
