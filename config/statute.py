"""Is a plant's limit laxer than the clause that binds it?

Judged are the limit itself, how long it must last before an alarm is raised, how
far the value must come back, and how often the point is read. What the plant
changes no longer carries the clause's authority: an alarm never quotes a standard
for a number that is not in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from config.model import Clause, Confidence, LimitRule

PLANT_CLAUSE = Clause("", "", Confidence.PLANT)

CONVERTED: Final = 0.001
"""What a conversion may differ by: GB 6222 gives 30 mg/m³ for 24 ppm, and those are 24.006 ppm at 20 °C."""

Aspect = Literal["limit", "on_delay", "deadband", "period"]


@dataclass(frozen=True, slots=True)
class Laxer:
    """One respect in which a rule is laxer than its clause; both values in the rule's own units."""

    aspect: Aspect
    statutory: float
    chosen: float


def laxer(rule: LimitRule, statutory: LimitRule) -> Iterator[Laxer]:
    """Yield every respect in which `rule` is laxer than the `statutory` one for the same point and kind."""
    if statutory.clause.confidence is Confidence.LAW:
        yield from weaker(rule, statutory)


def weaker(rule: LimitRule, statutory: LimitRule) -> Iterator[Laxer]:
    """Yield the same against a rule that need be no law."""
    past = rule.limit - statutory.limit if rule.kind.is_high else statutory.limit - rule.limit
    if past > CONVERTED * abs(statutory.limit):
        yield Laxer("limit", statutory.limit, rule.limit)
    if rule.on_delay_s > statutory.on_delay_s:
        yield Laxer("on_delay", statutory.on_delay_s, rule.on_delay_s)
    if rule.deadband > statutory.deadband:
        # What is not over cannot be raised again: the wider it is, the more of a second leak goes untold.
        yield Laxer("deadband", statutory.deadband, rule.deadband)
    if rule.point.period_s > statutory.point.period_s:
        yield Laxer("period", statutory.point.period_s, rule.point.period_s)


def with_clause(rule: LimitRule, profile: LimitRule | None, written: Clause | None) -> LimitRule:
    """Return `rule` with what stands behind its limit.

    `written` is the clause that the plant itself gives; the profile's holds only
    as long as the limit is the profile's.
    """
    if written is not None:
        return replace(rule, clause=written)
    unchanged = profile is not None and profile.limit == rule.limit
    return replace(rule, clause=profile.clause if profile and unchanged else PLANT_CLAUSE)
