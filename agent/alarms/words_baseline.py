"""What is said of baselines, in Chinese and English: asked for, recorded, missing, old."""

from agent.alarms.messages import amount
from agent.alarms.rules.kept_baseline import Asked, Recorded
from agent.alarms.words_span import span
from config.condition import Baseline
from config.model import Rule, Text

HOUR_NS = 3600 * 10**9


def none_yet(rule: Rule, asked: Asked | None) -> Text:
    """Say that there is nothing to compare with, and how there will be."""
    if asked is not None:
        return Text(
            f"{rule.name.zh}：正在重新记录基线，该报警当前失去保护",
            f"{rule.name.en}: its baseline is being recorded; it is not watched now",
        )
    return Text(
        f"{rule.name.zh}：尚无基线，该报警当前失去保护；换袋后请用 edge-agent baseline record {rule.id} 记录",
        f"{rule.name.en}: there is no baseline, so it is not watched; after a change of bags use "
        f"edge-agent baseline record {rule.id}",
    )


def begun(rule: Rule, condition: Baseline, by: str) -> Text:
    """Say that a recording has begun."""
    least, within = span(condition.record_s), span(condition.within_s)
    return Text(
        f"{rule.name.zh}：{by} 开始重新记录基线，换袋后 {within} 内运行满 {least} 即完成；原基线作废",
        f"{rule.name.en}: {by} has its baseline recorded anew; done once it has run for {least}, within "
        f"{within} of the change; the old one is void",
    )


def recorded(rule: Rule, new: Recorded, unit: str) -> Text:
    """Say what the baseline is from now on."""
    mean, low, high = amount(new.mean, unit), amount(new.low, unit), amount(new.high, unit)
    cycles = Text(f"，{new.cycles} 个整周期", f", {new.cycles} whole cycles") if new.cycles else Text("", "")
    return Text(
        f"{rule.name.zh}：基线已记录，均值 {mean}（{low} 至 {high}{cycles.zh}），{new.by}",
        f"{rule.name.en}: baseline recorded, mean {mean} ({low} to {high}{cycles.en}), by {new.by}",
    )


def failed_to_record(rule: Rule, condition: Baseline) -> Text:
    """Say that the time for it is over, and what to do."""
    least, within = span(condition.record_s), span(condition.within_s)
    return Text(
        f"{rule.name.zh}：换袋后 {within} 内有效运行不足 {least}，或没有完整的清灰周期，基线未记录；"
        "请检查测点和风机后重新记录",
        f"{rule.name.en}: no baseline: within {within} of the change it did not run for {least} with valid "
        "values, or not through a whole cycle; check point and fan, and record it again",
    )


def too_late(rule: Rule, condition: Baseline) -> Text:
    """Say that a change of bags is no reason any more, or not yet one."""
    least, within = span(condition.record_s), span(condition.within_s)
    return Text(
        f"{rule.name.zh}：换袋时间不能晚于现在，且须在换袋后 {within} 内留出 {least} 记录；请核对 --changed",
        f"{rule.name.en}: a change cannot be later than now, and {least} of the {within} after it must be "
        "left; check --changed",
    )


def with_age(said: Text, of: Recorded, unit: str, utc_ns: int) -> Text:
    """Add which baseline an alarm is about, and how old that is."""
    mean, age = amount(of.mean, unit), age_of(of, utc_ns)
    return Text(
        f"{said.zh}（基线 {mean}，{age.zh}前记录）", f"{said.en} (baseline {mean}, recorded {age.en} ago)"
    )


def age_of(of: Recorded, utc_ns: int) -> Text:
    """Return how long ago a baseline was recorded."""
    hours = max(0, utc_ns - of.to_ns) // HOUR_NS
    if hours < 48:
        return Text(f" {hours} 小时", f"{hours} h")
    return Text(f" {hours // 24} 天", f"{hours // 24} d")
