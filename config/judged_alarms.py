"""The alarms that law asks for of one point, as `check` judges them: missing, late, or never raised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from config.attainable import Bound, bounds
from config.condition import Baseline, Contradiction, Expression
from config.fault import Findings
from config.model import Device, LimitKind, LimitRule, Plant, Point, Priority, Rule
from config.position import Layers
from config.sector import Role

EDGE: Final = 0.02
"""A limit within so much of its range's end is reached by nothing but a broken sensor (our own choice)."""
LATE_S: Final = 60.0
"""An alarm that law asks for should not come later (our own choice: no source gives a number)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A statutory point of a plant."""

    device: Device
    point: Point
    role: Role

    @property
    def limits(self) -> tuple[LimitRule, ...]:
        """Its limits of the kinds that are asked for."""
        return tuple(
            rule
            for rule in self.device.rules
            if rule.point.id == self.point.id and rule.kind in self.role.point.alarm
        )

    @property
    def what(self) -> dict[str, object]:
        """What it is, for sentences."""
        role = self.role.point
        return {"point": self.point.id, "what": role.name.model_dump(), "basis": role.basis()}


def judge_alarms(plant: Plant, of: Judged, source: Layers, findings: Findings) -> None:
    """Tell what the alarms of a point fall short of."""
    place = source.place("devices", of.device.id, at_key=True)
    unseen = _unseen(of.limits, of.role)
    if unseen and not any(_is_alarm_of(rule, of.point) for rule in plant.rules):
        kinds = tuple(kind.value for kind in unseen)
        if of.limits:
            findings.warn(place, "statutory-one-side", of.point.id, **of.what, kinds=kinds)
        else:
            findings.fault(place, "statutory-unwatched", **of.what, kinds=kinds)
    if of.role.point.baseline and not _has_baseline(plant, of):
        findings.fault(place, "baseline-absent", **of.what)
    for rule in of.limits:
        _judge_limit(rule, of, source, findings)


def _judge_limit(rule: LimitRule, of: Judged, source: Layers, findings: Findings) -> None:
    name = of.point.id.partition(".")[2]
    at = source.place("devices", of.device.id, "rules", name, rule.kind.value, at_key=True)
    unit = of.point.unit
    limits = list(_bounds(rule))
    if all(each.is_at_the_edge(EDGE) for each in limits):
        shown = ", ".join(f"{each.number:g} {unit}".rstrip() for each in limits) or "none"
        findings.fault(at, "statutory-never", **of.what, rule=rule.id, limit=shown)
    if rule.on_delay_s + of.point.period_s > LATE_S:
        seconds = {"delay": f"{rule.on_delay_s:g} s", "period": f"{of.point.period_s:g} s"}
        findings.warn(at, "statutory-late", rule.id, **of.what, rule=rule.id, **seconds, most=f"{LATE_S:g} s")
    if limits and all(_never_ends(each, rule.deadband) for each in limits):
        deadband = f"{rule.deadband:g} {unit}".rstrip()
        findings.warn(at, "statutory-endless", rule.id, **of.what, rule=rule.id, deadband=deadband)
    if rule.priority is Priority.LOW:
        findings.warn(at, "statutory-low", rule.id, **of.what, rule=rule.id)


def _bounds(rule: LimitRule) -> Iterator[Bound]:
    """Yield what the limit is, in every phase in which there is one."""
    limits = [limit for _, limit in rule.sets if limit is not None] if rule.sets else [rule.limit]
    for limit in limits:
        yield Bound(rule.point, ">=" if rule.kind.is_high else "<=", limit)


def _never_ends(limit: Bound, deadband: float) -> bool:
    """Whether it would be over nowhere but in the last of the range, at the other end."""
    is_high = limit.operator == ">="
    back = Bound(
        limit.point,
        "<=" if is_high else ">=",
        limit.number - deadband if is_high else limit.number + deadband,
    )
    return back.is_at_the_edge(EDGE)


def _unseen(limits: Sequence[LimitRule], role: Role) -> tuple[LimitKind, ...]:
    """Return the kinds of each side, high and low, that is to be watched and has no limit at all."""
    sides = {rule.kind.is_high for rule in limits}
    return tuple(kind for kind in role.point.alarm if kind.is_high not in sides)


def _is_alarm_of(rule: Rule, point: Point) -> bool:
    """Whether a rule of the plant can stand for a limit: it says itself where the point may be.

    What only a broken sensor shows is none.
    """
    if isinstance(rule.condition, Contradiction):
        return rule.condition.must.point == point.id
    if not isinstance(rule.condition, Expression) or all(each.id != point.id for each in rule.points):
        return False
    own = [each for each in bounds(rule.condition.of, rule.points) if each.point.id == point.id]
    return not own or not all(each.is_at_the_edge(EDGE) for each in own)


def _has_baseline(plant: Plant, of: Judged) -> bool:
    """Whether it is judged against its own baseline, or somebody has approved that it is not."""
    conditions = (*(each.condition for each in plant.rules), *(each.condition for each in plant.disabled))
    return any(isinstance(each, Baseline) and each.point == of.point.id for each in conditions)
