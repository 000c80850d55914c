"""From rules of the plant as written to those of the model."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from config import condition as of
from config.fault import Findings
from config.model import Clause, Confidence, Point, Priority, Rule
from config.points import text_of
from config.position import Layers, Origin
from config.rule_baseline import baseline
from config.rule_entry import (
    BaselineRule,
    ContradictionRule,
    CountRule,
    DelayedRule,
    DifferenceRule,
    DoseRule,
    ExpressionRule,
    FeedbackRule,
    FrozenRule,
    HeatLoadRule,
    ImbalanceRule,
    InterlockRule,
    JumpRule,
    RateRule,
    RuleEntry,
    StateRule,
)
from config.rule_heat import heat_load
from config.rule_interlock import interlock
from config.statute import PLANT_CLAUSE
from config.written_rule import Found, Points, WrittenRule

PERIODS_PER_RATE_MIN: Final = 3
"""Below it, both ends of a window would be the same readings: see agent/alarms/rules/rate.py."""


def resolve_rules(
    entries: Mapping[str, RuleEntry], source: Layers, points: Points, findings: Findings
) -> tuple[Rule, ...]:
    """Return the plant's rules; those with faults are left out, with the fault told."""
    rules = []
    for id_, entry in entries.items():
        written = WrittenRule(entry.kind, Origin(source, ("rules", id_)), points, findings)
        if (rule := resolve_rule(id_, written, entry)) is not None:
            rules.append(rule)
    return tuple(rules)


def resolve_rule(id_: str, written: WrittenRule, entry: RuleEntry) -> Rule | None:
    """Return one rule; None after telling what is wrong."""
    found = _CONDITIONS[type(entry)](written, entry)
    return None if found is None else _rule(id_, entry, found)


def _rule(id_: str, entry: RuleEntry, found: Found) -> Rule:
    on_delay_s = entry.on_delay if isinstance(entry, DelayedRule) else 0.0
    return Rule(
        id=id_,
        kind=entry.kind,
        name=text_of(entry.name),
        condition=found.condition,
        points=found.points,
        on_delay_s=entry.within if isinstance(entry, FeedbackRule) else on_delay_s,
        off_delay_s=entry.off_delay,
        priority=Priority(entry.priority),
        clause=Clause(entry.standard, entry.clause or "", Confidence.PLANT)
        if entry.standard
        else PLANT_CLAUSE,
        latched=entry.latched,
    )


def _rate(written: WrittenRule, entry: RateRule) -> Found | None:
    point = written.point(entry.point, "point", numeric=True)
    if point is None:
        return None
    threshold = written.threshold(entry, point)
    is_long = written.is_long_enough(entry.window, PERIODS_PER_RATE_MIN, point)
    if threshold is None or not is_long:
        return None
    return Found(of.Rate(point.id, threshold, entry.window, of.Direction(entry.direction)), (point,))


def _difference(written: WrittenRule, entry: DifferenceRule) -> Found | None:
    point = written.point(entry.point, "point", numeric=True)
    other = written.point(entry.other, "other", numeric=True)
    threshold = written.threshold(entry, point) if point else None
    if point is None or other is None or not _are_alike(written, point, other, "other") or threshold is None:
        return None
    return Found(of.Difference(point.id, other.id, threshold, of.Direction(entry.direction)), (point, other))


def _imbalance(written: WrittenRule, entry: ImbalanceRule) -> Found | None:
    found = [written.point(id_, "points", n, numeric=True) for n, id_ in enumerate(entry.points)]
    points = [point for point in found if point is not None]
    if not points:
        return None
    threshold = written.threshold(entry, points[0])
    alike = [
        _are_alike(written, points[0], other, "points", n) for n, other in enumerate(found) if n and other
    ]
    if threshold is None or not all(alike) or len(points) < len(found):
        return None
    return Found(of.Imbalance(tuple(point.id for point in points), threshold), tuple(points))


def _state(written: WrittenRule, entry: StateRule) -> Found | None:
    point = written.point(entry.point, "point")
    at = written.value(entry.equals, point, "equals") if point else None
    if point is None or at is None:
        return None
    return Found(of.Holds(of.Comparison(point.id, of.Relation.EQUALS, at)), (point,))


def _contradiction(written: WrittenRule, entry: ContradictionRule) -> Found | None:
    when, must = written.comparison(entry.when, "when"), written.comparison(entry.must, "must")
    if when is None or must is None:
        return None
    return Found(of.Contradiction(when[0], must[0]), (must[1], when[1]))


def _feedback(written: WrittenRule, entry: FeedbackRule) -> Found | None:
    command = written.comparison(entry.command, "command")
    feedback = written.comparison(entry.feedback, "feedback")
    if command is None or feedback is None:
        return None
    if not written.is_long_enough(entry.within, 1, command[1], feedback[1]):
        return None
    return Found(of.Feedback(command[0], feedback[0]), (feedback[1], command[1]))


def _frozen(written: WrittenRule, entry: FrozenRule) -> Found | None:
    point = written.point(entry.point, "point")
    during = written.comparison(entry.during, "during") if entry.during else None
    deadband = written.deadband(entry.deadband, point) if point else None
    is_long = point is not None and written.is_long_enough(entry.window, 2, point)
    if point is None or deadband is None or not is_long or (entry.during is not None and during is None):
        return None
    condition = of.Frozen(point.id, entry.window, deadband, during[0] if during else None)
    return Found(condition, (point, during[1]) if during else (point,))


def _jump(written: WrittenRule, entry: JumpRule) -> Found | None:
    point = written.point(entry.point, "point", numeric=True)
    limit = written.step(entry.limit, point, "limit") if point else None
    return None if point is None or limit is None else Found(of.Jump(point.id, limit), (point,))


def _dose(written: WrittenRule, entry: DoseRule) -> Found | None:
    point = written.point(entry.point, "point", numeric=True)
    limit = written.value(entry.limit, point, "limit") if point else None
    if point is None or limit is None:
        return None
    return Found(of.Dose(point.id, limit, entry.allowed, entry.rest), (point,))


def _count(written: WrittenRule, entry: CountRule) -> Found | None:
    point = written.point(entry.point, "point")
    if point is None:
        return None
    if entry.equals is None and point.datatype == "bool":
        written.findings.fault(written.origin.place("point"), "count-of-state", point=point.id)
        return None
    becomes = written.value(entry.equals, point, "equals") if entry.equals else None
    if entry.equals is not None and becomes is None:
        return None
    return Found(of.Count(point.id, becomes, entry.times, entry.window), (point,))


def _expression(written: WrittenRule, entry: ExpressionRule) -> Found | None:
    found = written.expression(entry.when, "when")
    if found is None:
        return None
    logical, points = found
    return Found(of.Expression(tuple(point.id for point in points), logical, entry.when.strip()), points)


def _are_alike(written: WrittenRule, point: Point, other: Point, *where: str | int) -> bool:
    place = written.origin.place(*where)
    if other.id == point.id:
        written.findings.fault(place, "rule-points-same", point=point.id)
    elif other.unit != point.unit:
        fields = {"unit": point.unit, "other": other.id, "other_unit": other.unit}
        written.findings.fault(place, "rule-units-differ", point=point.id, **fields)
    else:
        return True
    return False


_CONDITIONS: Final[Mapping[type[Any], Callable[[WrittenRule, Any], Found | None]]] = {
    RateRule: _rate,
    DifferenceRule: _difference,
    ImbalanceRule: _imbalance,
    StateRule: _state,
    ContradictionRule: _contradiction,
    FeedbackRule: _feedback,
    FrozenRule: _frozen,
    JumpRule: _jump,
    DoseRule: _dose,
    CountRule: _count,
    BaselineRule: baseline,
    HeatLoadRule: heat_load,
    InterlockRule: interlock,
    ExpressionRule: _expression,
}
