"""What is said of gas-response tests, in Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import Final

from agent.alarms.event import Act
from agent.alarms.messages import amount
from agent.alarms.response import Response
from config.model import Text

IN_TEST: Final = Text("【通气试验】", "[gas test] ")
"""Before whatever an alarm says while its point is under test."""


def begun(name: Text, act: Act) -> Text:
    """The test runs."""
    return Text(
        f"{name.zh} 开始通气试验（{act.by}，{act.reason}），至 {act.until}；其间该测点的报警按试验上报",
        f"{name.en}: test with gas begun by {act.by} ({act.reason}), until {act.until}; its alarms are tests",
    )


def result(
    name: Text,
    unit: str,
    act: Act,
    found: Response,
    delays: Mapping[str, float],
    missed: Sequence[str],
) -> Text:
    """What came of it."""
    head = Text(
        f"{name.zh} 通气试验（{act.by}，{act.reason}）", f"{name.en}, test with gas ({act.by}, {act.reason})"
    )
    if found.first_ns is None or found.t90_ns is None:
        return Text(
            f"{head.zh}：读数没有反应，探头未通过；请检查进气口和传感器",
            f"{head.en}: the reading did not answer, the sensor has failed; look at its inlet and its cell",
        )
    t90_s, most = found.t90_ns / 1e9, amount(found.reached, unit)
    zh = "、".join(f"{rule} {delay_s:.1f} s" for rule, delay_s in delays.items()) or "无"
    en = ", ".join(f"{rule} {delay_s:.1f} s" for rule, delay_s in delays.items()) or "none"
    lacking_zh = f"；已达限值却未报警：{'、'.join(missed)}" if missed else ""
    lacking_en = f"; passed and not raised: {', '.join(missed)}" if missed else ""
    return Text(
        f"{head.zh}：最高 {most}，T90 {t90_s:.1f} s，报警延时：{zh}{lacking_zh}",
        f"{head.en}: up to {most}, T90 {t90_s:.1f} s, delays to the alarms: {en}{lacking_en}",
    )


def cut_short(point: str) -> Text:
    """The agent was restarted in the middle."""
    return Text(
        f"{point} 的通气试验因网关重启而中止，没有结果；此后的报警是真实报警",
        f"the test with gas of {point} was cut short by a restart and has no result; "
        "alarms from now on are real",
    )


def over(name: Text) -> Text:
    """Its alarms are real again."""
    return Text(
        f"{name.zh} 通气试验结束，报警恢复正常", f"{name.en}: the test is over, its alarms are real again"
    )


def ended(name: Text) -> Text:
    """An alarm of the test ends with it."""
    return Text(f"{name.zh} 随试验结束", f"{name.en} ends with the test")


def not_quiet(name: Text) -> Text:
    """There is something that a test would hide."""
    return Text(
        f"{name.zh} 正在报警、消音、退出运行或锁存，不能试验；请先处理",
        f"{name.en} stands, is latched, shelved or out of service, so it cannot be tested; settle that first",
    )


def in_test(name: Text) -> Text:
    """Not while it is under test."""
    return Text(
        f"{name.zh} 正在通气试验，请待其结束", f"{name.en} is under test with gas; let that end first"
    )


def no_test(point: str) -> Text:
    """There is nothing to end."""
    return Text(f"测点 {point} 没有在试验", f"no test of {point} is under way")


def no_rules(point: str) -> Text:
    """Nothing judges it."""
    return Text(f"测点 {point} 没有报警规则，无从试验", f"{point} has no rules, so there is nothing to test")


def no_gas(point: str) -> Text:
    """It measures no gas."""
    return Text(
        f"测点 {point} 不测气体浓度，不能通气试验；要停用其规则请用 alarm take-out",
        f"{point} measures no gas and cannot be tested with any; to take a rule out use alarm take-out",
    )


def too_long(minutes: int) -> Text:
    """A test must not take a protection away for long."""
    return Text(f"试验最长 {minutes} 分钟", f"a test may last {minutes} min at most")
