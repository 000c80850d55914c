"""What alarms of the plant's rules say to people, in Chinese and English."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from agent.alarms.messages import CONFIDENCE, amount, basis
from agent.alarms.words_span import span
from config import condition as of
from config.condition import Comparison, Relation
from config.interlock import Interlock
from config.model import Rule, Text
from drivers.reading import Value

Names = Sequence[Text]
"""What the rule's points are called, with their devices."""


def raised(rule: Rule, names: Names, value: Value) -> Text:
    """Say what is wrong, by which numbers."""
    facts = _FACTS[type(rule.condition)](rule, rule.condition, names, value)
    behind = f"{CONFIDENCE[rule.clause.confidence].zh}{basis(rule.clause)}"
    behind_en = f"{CONFIDENCE[rule.clause.confidence].en}{basis(rule.clause)}"
    return Text(f"{rule.name.zh}：{facts.zh}{behind}", f"{rule.name.en}: {facts.en}{behind_en}")


def cleared(rule: Rule, value: Value) -> Text:
    """Say that it is over."""
    now = "" if value is None else amount(value, unit_of(rule))
    return Text(
        f"{rule.name.zh}：已恢复（现为 {now}）" if now else f"{rule.name.zh}：已恢复",
        f"{rule.name.en}: over (now {now})" if now else f"{rule.name.en}: over",
    )


def not_evaluated(rule: Rule, names: Names) -> Text:
    """Say that nobody watches it now."""
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Text(
        f"{rule.name.zh}：{zh} 缺少有效数据，该报警当前失去保护",
        f"{rule.name.en}: valid values of {en} are missing; it is not watched now",
    )


def evaluated(rule: Rule) -> Text:
    """Say that it is watched again."""
    return Text(
        f"{rule.name.zh}：数据恢复，恢复监视", f"{rule.name.en}: has values again and is watched again"
    )


def counts_on(rule: Rule, down_s: int) -> Text:
    """Say that a sum goes on over a restart, and of how long nothing is known."""
    return Text(
        f"{rule.name.zh}：重启后接着累计，采用 {down_s} 秒前保存的数；其间未观测到的时间按当时状态计",
        f"{rule.name.en}: counts on over the restart from what was kept {down_s} s ago; "
        "the time since, which nobody saw, counts as it was then",
    )


def counts_anew(rule: str) -> Text:
    """Say that a sum begins anew."""
    return Text(
        f"规则 {rule}：重启前累计的数不能用（规则已改写或存储有误），从现在起重新累计",
        f"rule {rule}: what was added up before the restart cannot be used (the rule was written anew, "
        "or what was kept is damaged); it counts from now on",
    )


def unit_of(rule: Rule) -> str:
    """Return the unit of the value that an alarm shows."""
    match rule.condition:
        case of.Rate() | of.Difference() | of.Imbalance() as condition if condition.threshold.is_percent:
            return "%"
        case of.Dose():
            return "min"
        case of.Baseline():
            return "%"
        case of.HeatLoad():
            return "kW"
        case Interlock():
            return "s"
        case of.Count():
            return ""
        case _:
            return rule.points[0].unit


def limit_of(rule: Rule) -> float | None:
    """Return the number that an alarm shows as its limit, in the unit of its value."""
    match rule.condition:
        case of.Rate() | of.Difference() | of.Imbalance() | of.Baseline() | of.HeatLoad() as condition:
            return condition.threshold.limit
        case of.Jump() as jump:
            return jump.limit
        case of.Dose() as dose:
            return dose.allowed_s / 60
        case of.Count() as count:
            return float(count.times)
        case _:
            return None


def _rate(rule: Rule, rate: of.Rate, names: Names, value: Value) -> Text:
    change, limit, window = *_against_limit(rule, value), span(rate.window_s)
    return Text(
        f"{names[0].zh} {window} 内变化 {change}，达到限值 {limit}",
        f"{names[0].en} changed by {change} within {window}, the limit is {limit}",
    )


def _difference(rule: Rule, _of: of.Difference, names: Names, value: Value) -> Text:
    apart, limit = _against_limit(rule, value)
    return Text(
        f"{names[0].zh} 与 {names[1].zh} 相差 {apart}，达到限值 {limit}",
        f"{names[0].en} less {names[1].en} is {apart}, the limit is {limit}",
    )


def _imbalance(rule: Rule, _of: of.Imbalance, names: Names, value: Value) -> Text:
    apart, limit = _against_limit(rule, value)
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Text(
        f"{zh} 最大相差 {apart}，达到限值 {limit}", f"{en} lie up to {apart} apart, the limit is {limit}"
    )


def _holds(rule: Rule, _holds: of.Holds, names: Names, value: Value) -> Text:
    now = amount(value, unit_of(rule))
    if not rule.on_delay_s:
        return Text(f"{names[0].zh} 为 {now}", f"{names[0].en} is {now}")
    lasting = span(rule.on_delay_s)
    return Text(
        f"{names[0].zh} 为 {now}，已持续 {lasting}", f"{names[0].en} is {now}, and has been for {lasting}"
    )


def _contradiction(rule: Rule, condition: of.Contradiction, names: Names, value: Value) -> Text:
    must, when = _compared(rule, condition.must, 0), _compared(rule, condition.when, 1)
    now = amount(value, unit_of(rule))
    return Text(
        f"{names[1].zh} {when.zh}，而 {names[0].zh} 为 {now}，应当{must.zh}",
        f"{names[1].en} {when.en}, but {names[0].en} is {now}: it should be one that {must.en}",
    )


def _feedback(rule: Rule, _of: of.Feedback, names: Names, value: Value) -> Text:
    within, now = span(rule.on_delay_s), amount(value, unit_of(rule))
    return Text(
        f"{names[0].zh} 为 {now}，{within} 内未跟随 {names[1].zh}",
        f"{names[0].en} is {now} and has not followed {names[1].en} within {within}",
    )


def _frozen(rule: Rule, frozen: of.Frozen, names: Names, value: Value) -> Text:
    now, window = amount(value, unit_of(rule)), span(frozen.window_s)
    return Text(
        f"{names[0].zh} 停在 {now}，{window} 没有变化，测量可能失灵",
        f"{names[0].en} has stayed at {now} for {window}; it may not be measuring",
    )


def _jump(rule: Rule, _of: of.Jump, names: Names, value: Value) -> Text:
    step, limit = _against_limit(rule, value)
    return Text(
        f"{names[0].zh} 一次跳变 {step}，达到 {limit}，测量可能失灵",
        f"{names[0].en} jumped by {step}, which is {limit} or more; it may not be measuring",
    )


def _dose(rule: Rule, dose: of.Dose, names: Names, value: Value) -> Text:
    total, allowed = amount(value, "min"), span(dose.allowed_s)
    limit = amount(dose.limit, rule.points[0].unit)
    return Text(
        f"{names[0].zh} 不低于 {limit} 累计 {total}，达到允许时间 {allowed}，请人员撤离",
        f"{names[0].en} was at {limit} or more for {total} in all, {allowed} are allowed; leave the place",
    )


def _count(_rule: Rule, count: of.Count, names: Names, value: Value) -> Text:
    times, window = amount(value, ""), span(count.window_s)
    return Text(
        f"{names[0].zh} {window} 内 {times} 次，达到 {count.times} 次",
        f"{names[0].en}: {times} times within {window}, the limit is {count.times}",
    )


def _baseline(rule: Rule, condition: of.Baseline, names: Names, value: Value) -> Text:
    away, limit = _against_limit(rule, value)
    share = (
        Text("基线", "its baseline") if condition.permitted is None else Text("许用值", "what is permitted")
    )
    return Text(
        f"{names[0].zh} 偏离基线 {away}（占{share.zh}），达到限值 {limit}",
        f"{names[0].en} is {away} of {share.en} away from its baseline, the limit is {limit}",
    )


def _heat_load(rule: Rule, condition: of.HeatLoad, names: Names, value: Value) -> Text:
    load, limit = _against_limit(rule, value)
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    if condition.direction is of.Direction.UP:
        return Text(
            f"热负荷 {load}，超过 {limit}（{zh}）", f"the heat load is {load}, the limit is {limit} ({en})"
        )
    return Text(
        f"热负荷 {load}，低于 {limit}（{zh}）", f"the heat load is {load}, it should be above {limit} ({en})"
    )


def _interlock(rule: Rule, _of: Interlock, _names: Names, _value: Value) -> Text:
    return Text(f"{rule.name.zh} 未按时完成", f"{rule.name.en} did not act in time")


def _expression(_rule: Rule, expression: of.Expression, _names: Names, _value: Value) -> Text:
    return Text(f"条件成立：{expression.text}", f"it is so that {expression.text}")


def _against_limit(rule: Rule, value: Value) -> tuple[str, str]:
    unit = unit_of(rule)
    return amount(value, unit), amount(limit_of(rule), unit)


def _compared(rule: Rule, what: Comparison, place: int) -> Text:
    at = amount(what.at, rule.points[place].unit)
    return {
        Relation.EQUALS: Text(f"等于 {at}", f"equals {at}"),
        Relation.ABOVE: Text(f"不低于 {at}", f"is at or above {at}"),
        Relation.BELOW: Text(f"不高于 {at}", f"is at or below {at}"),
    }[what.relation]


_FACTS: Final[Mapping[type[Any], Callable[[Rule, Any, Names, Value], Text]]] = {
    of.Rate: _rate,
    of.Difference: _difference,
    of.Imbalance: _imbalance,
    of.Holds: _holds,
    of.Contradiction: _contradiction,
    of.Feedback: _feedback,
    of.Frozen: _frozen,
    of.Jump: _jump,
    of.Dose: _dose,
    of.Count: _count,
    of.Baseline: _baseline,
    of.HeatLoad: _heat_load,
    Interlock: _interlock,
    of.Expression: _expression,
}
