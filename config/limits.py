"""From limits as written, the device's laid over its profile's, to the rules of the model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from config.fault import Objection
from config.model import Clause, Confidence, Deviation, LimitKind, LimitRule, Point, Priority
from config.points import DeviceContext
from config.position import Origin
from config.profile import GasEntry
from config.quantity import Quantity
from config.rule import DeviationEntry, LimitBase, LimitEntry, Limits, ProfileLimitEntry
from config.statute import PLANT_CLAUSE, laxer, with_clause
from config.unit import Gas, compatible, convert, convert_difference
from config.validation import choice_fields

# Where neither profile nor plant says more; our own choice, recommended only.
DEFAULT_ON_DELAY_S: Final = 0.0  # nobody may wait for an alarm unless somebody decided so
DEFAULT_OFF_DELAY_S: Final = 10.0
DEFAULT_DEADBAND_SHARE: Final = 0.01  # of the measuring range

_PRIORITY: Final = {
    LimitKind.HIHI: Priority.CRITICAL,
    LimitKind.HI: Priority.HIGH,
    LimitKind.LO: Priority.HIGH,
    LimitKind.LOLO: Priority.CRITICAL,
}
_ASCENDING: Final = (LimitKind.LOLO, LimitKind.LO, LimitKind.HI, LimitKind.HIHI)


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """A limit as written in one place."""

    entry: LimitBase
    origin: Origin


def resolve_limits(device: DeviceContext, points: tuple[Point, ...]) -> tuple[LimitRule, ...]:
    """Return the device's rules; those with faults are left out, with the fault told."""
    known = {point.id.partition(".")[2]: point for point in points}
    rules: list[LimitRule] = []
    for name, kinds in _written_limits(device).items():
        if point := known.get(name):
            of_point = [_rule(device, point, kind, layers) for kind, layers in kinds.items()]
            sound = [rule for rule in of_point if rule is not None]
            _check_order(device, sound, kinds)
            rules += sound
        elif not device.has_point(name) and (device.profile or not device.entry.profile):
            _tell_unknown_point(device, name, kinds)
    return tuple(rules)


def _written_limits(device: DeviceContext) -> dict[str, dict[LimitKind, list[_Layer]]]:
    """Return point → kind → the places that write this limit, the profile's first."""
    found: dict[str, dict[LimitKind, list[_Layer]]] = {}
    for rules, origin in _rule_sets(device):
        for name, limits in rules.items():
            for kind, entry in limits.given().items():
                layer = _Layer(entry, origin.at(name, kind.value))
                found.setdefault(name, {}).setdefault(kind, []).append(layer)
    return found


def _rule_sets(
    device: DeviceContext,
) -> Iterator[tuple[Mapping[str, Limits[LimitEntry]] | Mapping[str, Limits[ProfileLimitEntry]], Origin]]:
    if device.profile is not None:
        yield device.profile.entry.rules, device.profile.origin.at("rules")
        if (standard := _standard(device)) is not None:
            rules = device.profile.entry.standards[standard].rules
            yield rules, device.profile.origin.at("standards", standard, "rules")
    yield device.entry.rules, device.origin.at("rules")


def _standard(device: DeviceContext) -> str | None:
    """Return the set of limits that the device follows: the one it names, else the profile's first."""
    standards = tuple(device.profile.entry.standards) if device.profile else ()
    wanted = device.entry.standard
    if wanted is None or wanted in standards:
        return wanted or next(iter(standards), None)
    if standards:
        suffix, fields = choice_fields(wanted, standards)
        place = device.origin.place("standard")
        device.findings.fault(place, "standard-unknown" + suffix, standard=wanted, **fields)
    return None


def _rule(device: DeviceContext, point: Point, kind: LimitKind, layers: list[_Layer]) -> LimitRule | None:
    profile_layers = [layer for layer in layers if isinstance(layer.entry, ProfileLimitEntry)]
    own = next((layer for layer in layers if isinstance(layer.entry, LimitEntry)), None)
    base = _build(device, point, kind, profile_layers) if profile_layers else None
    if own is None:
        return base and _check_period(device, base)
    rule = _build(device, point, kind, layers)
    if rule is None:
        return None
    rule = with_clause(rule, base, _plant_clause(own.entry))
    _check_statute(device, rule, base, own.origin)
    return rule


def _build(device: DeviceContext, point: Point, kind: LimitKind, layers: list[_Layer]) -> LimitRule | None:
    amount, where = _last(layers, "limit")
    if not isinstance(amount, Quantity):
        if not any(layer.origin.has("limit") for layer in layers):
            device.findings.fault(layers[-1].origin.place(at_key=True), "limit-missing", kind=kind.value)
        return None
    limit = _converted(device, point, amount, where.at("limit"))
    deadband = _deadband(device, point, kind, limit, layers)
    if limit is None or not _check_range(device, point, limit, where):
        return None
    on_delay, _ = _last(layers, "on_delay")
    off_delay, _ = _last(layers, "off_delay")
    priority, _ = _last(layers, "priority")
    return LimitRule(
        id=f"{point.id}.{kind.value}",
        point=point,
        kind=kind,
        limit=limit,
        deadband=deadband,
        on_delay_s=on_delay if isinstance(on_delay, float) else DEFAULT_ON_DELAY_S,
        off_delay_s=off_delay if isinstance(off_delay, float) else DEFAULT_OFF_DELAY_S,
        priority=Priority(priority) if isinstance(priority, str) else _PRIORITY[kind],
        clause=_profile_clause(layers),
        deviation=_deviation(layers),
    )


def _last(layers: list[_Layer], key: str) -> tuple[object, Origin]:
    """Return what the last layer says of a key, and that layer's origin."""
    for layer in reversed(layers):
        if (value := getattr(layer.entry, key)) is not None:
            return value, layer.origin
    return None, layers[-1].origin


def _converted(
    device: DeviceContext, point: Point, amount: Quantity, where: Origin, *, difference: bool = False
) -> float | None:
    if not amount.unit:
        if point.unit:
            device.findings.fault(where.place(), "unit-missing", value=amount.number, into=point.unit)
            return None
        return amount.number
    try:
        into = convert_difference if difference else convert
        return into(amount.number, amount.unit, point.unit, _gas(device, point))
    except Objection as objection:
        fields = {**objection.fields, "compatible": compatible(point.unit)}
        device.findings.fault(where.place(), objection.code, **fields)
        return None


def _gas(device: DeviceContext, point: Point) -> Gas | None:
    name = point.id.partition(".")[2]
    entry: GasEntry | None = next((w.entry.gas for w in device.written_points() if w.name == name), None)
    if entry is None:
        return None
    reference = entry.reference_temperature
    return Gas(entry.substance, convert(reference.number, reference.unit or "°C", "°C"))


def _deadband(
    device: DeviceContext, point: Point, kind: LimitKind, limit: float | None, layers: list[_Layer]
) -> float:
    amount, where = _last(layers, "deadband")
    width = point.range[1] - point.range[0] if point.range else 0.0
    if not isinstance(amount, Quantity):
        return 0.0 if point.datatype == "bool" else float(f"{width * DEFAULT_DEADBAND_SHARE:.12g}")
    deadband = _converted(device, point, amount, where.at("deadband"), difference=True)
    if deadband is None:
        return 0.0
    room = _room(point, kind, limit)
    if deadband < 0:
        device.findings.fault(where.place("deadband"), "deadband-negative", value=str(amount))
    elif room is not None and deadband >= room:
        device.findings.fault(
            where.place("deadband"), "deadband-too-wide", value=str(amount), room=room, unit=point.unit
        )
    return deadband


def _room(point: Point, kind: LimitKind, limit: float | None) -> float | None:
    """Return how far a value can come back inside the measuring range; None if nobody knows."""
    if point.range is None or limit is None:
        return None
    return limit - point.range[0] if kind.is_high else point.range[1] - limit


def _check_range(device: DeviceContext, point: Point, limit: float, where: Origin) -> bool:
    low, high = (0.0, 1.0) if point.datatype == "bool" else point.range or (limit, limit)
    if low <= limit <= high:
        return True
    device.findings.fault(
        where.place("limit"), "limit-outside-range", limit=limit, low=low, high=high, unit=point.unit
    )
    return False


def _check_order(
    device: DeviceContext, rules: list[LimitRule], kinds: Mapping[LimitKind, list[_Layer]]
) -> None:
    by_kind = {rule.kind: rule for rule in rules}
    present = [by_kind[kind] for kind in _ASCENDING if kind in by_kind]
    for lower, upper in pairwise(present):
        if lower.limit >= upper.limit:
            # Told where the plant wrote it; a profile that contradicts itself is told in the profile.
            ends = [(rule, _last(kinds[rule.kind], "limit")[1]) for rule in (upper, lower)]
            own = [end for end in ends if end[1].layers is device.origin.layers]
            device.findings.fault(
                (own or ends)[0][1].place("limit"),
                "limits-out-of-order",
                lower=lower.kind.value,
                lower_limit=lower.limit,
                upper=upper.kind.value,
                upper_limit=upper.limit,
                unit=lower.point.unit,
            )


def _check_period(device: DeviceContext, rule: LimitRule) -> LimitRule:
    """Judge a limit that the plant left as it was: it may still read the point too seldom."""
    _check_statute(device, rule, rule, device.origin)
    return rule


def _check_statute(device: DeviceContext, rule: LimitRule, base: LimitRule | None, where: Origin) -> None:
    if base is None:
        return
    statutory = replace(base, point=replace(base.point, period_s=_profile_period_s(device, base.point)))
    for found in laxer(rule, statutory):
        unit = rule.point.unit if found.aspect == "limit" else "s"
        place = device.origin.place("period") if found.aspect == "period" else where.place(found.aspect)
        fields = {
            "rule": rule.id,
            "standard": base.clause.standard,
            "statutory": f"{found.statutory:g} {unit}".rstrip(),
            "chosen": f"{found.chosen:g} {unit}".rstrip(),
        }
        if rule.deviation is None:
            device.findings.fault(place, f"laxer-{found.aspect}", **fields)
        else:
            approval = {"approved_by": rule.deviation.approved_by, "until": rule.deviation.until}
            device.findings.warn(place, "deviation-in-force", **fields, **approval)


def _profile_period_s(device: DeviceContext, point: Point) -> float:
    assert device.profile is not None
    entry = device.profile.entry.points.get(point.id.partition(".")[2])
    return (entry.period if entry else None) or device.profile.entry.period


def _profile_clause(layers: list[_Layer]) -> Clause:
    entries = [layer.entry for layer in layers if isinstance(layer.entry, ProfileLimitEntry)]
    if not entries:
        return PLANT_CLAUSE
    entry = entries[-1]
    return Clause(entry.standard or "", entry.clause or "", Confidence(entry.confidence))


def _plant_clause(entry: LimitBase) -> Clause | None:
    if entry.standard is None:
        return None
    return Clause(entry.standard, entry.clause or "", Confidence.PLANT)


def _deviation(layers: list[_Layer]) -> Deviation | None:
    entry = getattr(layers[-1].entry, "deviation", None)
    if not isinstance(entry, DeviationEntry):
        return None
    return Deviation(entry.reason, entry.approved_by, entry.date, entry.until)


def _tell_unknown_point(device: DeviceContext, name: str, kinds: Mapping[LimitKind, list[_Layer]]) -> None:
    suffix, fields = choice_fields(name, [written.name for written in device.written_points()])
    layer = next(iter(kinds.values()))[0]
    place = Origin(layer.origin.layers, layer.origin.loc[:-1]).place(at_key=True)
    device.findings.fault(place, "rule-point-unknown" + suffix, point=name, **fields)
