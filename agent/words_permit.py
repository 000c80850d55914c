"""What start permits say, in Chinese and English."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from config.model import Text
from config.validation import nearest

SHELVED: Final = Text("已就地消音", "shelved")
TAKEN_OUT: Final = Text("已退出运行", "out of service")


def checked(name: Text, findings: int) -> Text:
    """Say what came of it; that nothing is released is said each time."""
    if not findings:
        return Text(
            f"{name.zh}：全部就绪（仅为证据，不代替现场确认和放行）",
            f"{name.en}: all is fit (evidence only: nothing is released by this)",
        )
    return Text(
        f"{name.zh}：{findings} 项未就绪，不应开始", f"{name.en}: {findings} not fit; it should not be begun"
    )


def unknown(name: str, there: Sequence[str]) -> Text:
    """There is no such permit."""
    near, names = nearest(name, there), ", ".join(there) or "–"
    hint = Text(f"，是不是 {near}？", f"; did you mean {near}?") if near else Text("；", ";")
    return Text(
        f"没有开始条件“{name}”{hint.zh}已有：{names}",
        f"there is no permit '{name}'{hint.en} there are: {names}",
    )


def no_value(point: Text, quality: str) -> Text:
    """A point has no value."""
    return Text(f"{point.zh} 无有效数据（{quality}）", f"{point.en} has no valid value ({quality})")


def stale(point: Text, age_s: int) -> Text:
    """A point's value is old."""
    return Text(f"{point.zh} 已 {age_s} s 未更新", f"{point.en} has not been renewed for {age_s} s")


def uncertain(point: Text, quality: str) -> Text:
    """A point's value is not to be trusted."""
    return Text(f"{point.zh} 数据不可信（{quality}）", f"{point.en} is not to be trusted ({quality})")


def calibration_overdue(device: Text, due: date) -> Text:
    """A device's calibration has run out."""
    return Text(f"{device.zh} 检定已于 {due} 到期", f"{device.en}: calibration was due on {due}")


def standing(rule: Text) -> Text:
    """An alarm stands."""
    return Text(f"{rule.zh} 正在报警", f"{rule.en}: its alarm stands")


def not_evaluated(rule: Text) -> Text:
    """A rule is not watched."""
    return Text(f"{rule.zh} 失去保护", f"{rule.en} is not watched")


def suppressed(rule: Text, how: Text, by: str) -> Text:
    """A rule is suppressed by somebody."""
    return Text(f"{rule.zh} 目前{how.zh}（{by}）", f"{rule.en} is {how.en} (by {by})")


def rests(rule: Text) -> Text:
    """A rule is not in force in a planned stop."""
    return Text(f"{rule.zh} 因计划停产被抑制", f"{rule.en} is suppressed by a planned stop")


def in_test(rule: Text) -> Text:
    """A rule's alarms are tests at the moment."""
    return Text(f"{rule.zh} 正在通气试验", f"{rule.en} is being tested with gas")


def not_known(statement: str) -> Text:
    """Nobody can say whether a statement is true."""
    return Text(f"无法判断是否满足：{statement}", f"nobody can say whether it is so that {statement}")


def not_true(statement: str) -> Text:
    """A statement is not true."""
    return Text(f"不满足：{statement}", f"it is not so that {statement}")
