"""What is said of what people do to alarms, in Chinese and English."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from agent.alarms.event import Act
from agent.alarms.overdue import ACKNOWLEDGE
from agent.alarms.states import State
from agent.alarms.subject import Subject
from config.model import Text

BY_TIME: Final = "–"
"""In place of a name: the time that was given is over."""
BY_RESTART: Final = "restart"
"""In place of a name: the agent was restarted meanwhile."""


def acknowledged(subject: Subject, act: Act) -> Text:
    """Somebody has seen it."""
    return _done(subject, act, "报警已确认", "acknowledged")


def handled(subject: Subject, act: Act) -> Text:
    """Somebody has done something about it."""
    return Text(
        f"{subject.name.zh} 报警已处置（{act.by}），原因：{act.cause}，措施：{act.measure}",
        f"{subject.name.en}: handled by {act.by}, cause: {act.cause}, done: {act.measure}",
    )


def reset(subject: Subject, act: Act) -> Text:
    """A latched alarm was let go of."""
    return _done(subject, act, "报警已复位", "reset")


def shelved(subject: Subject, act: Act) -> Text:
    """The local annunciation is silent."""
    return _until(
        subject, act, "就地声光暂时消音，监测与上报照常", "kept silent here; watched and reported as ever"
    )


def unshelved(subject: Subject, act: Act) -> Text:
    """The local annunciation speaks again."""
    return _done(subject, act, "就地声光恢复", "speaks here again")


def taken_out(subject: Subject, act: Act) -> Text:
    """The rule is not in force."""
    return _until(
        subject, act, "报警退出运行，该保护不起作用", "taken out of service: this protection is not in force"
    )


def put_back(subject: Subject, act: Act) -> Text:
    """The rule is in force again."""
    return _done(subject, act, "报警恢复运行", "back in service")


def escalated(subject: Subject, what: str) -> Text:
    """Nobody did in time what is owed."""
    if what == ACKNOWLEDGE:
        return Text(
            f"{subject.name.zh} 报警超时未确认，请立即查看",
            f"{subject.name.en}: nobody has acknowledged it in time; look at it now",
        )
    return Text(
        f"{subject.name.zh} 报警超时未处置，请填写原因和措施",
        f"{subject.name.en}: nobody has said in time what was done; tell cause and measure",
    )


def failed(subject: Subject, reason: str) -> Text:
    """Judging it failed by our own fault."""
    return Text(
        f"{subject.name.zh} 报警计算出错（{reason}），当前失去保护，请联系厂家",
        f"{subject.name.en}: could not be computed ({reason}); it is not watched now, call the maker",
    )


def works(subject: Subject) -> Text:
    """It is judged again."""
    return Text(f"{subject.name.zh} 恢复监视", f"{subject.name.en}: watched again")


def nothing_to_acknowledge(subject: Subject) -> Text:
    """No alarm, or an acknowledged one."""
    return Text(
        f"{subject.name.zh} 没有待确认的报警", f"{subject.name.en}: there is no alarm to be acknowledged"
    )


def nothing_to_handle(subject: Subject) -> Text:
    """No alarm that waits for it."""
    return Text(f"{subject.name.zh} 没有待处置的报警", f"{subject.name.en}: there is no alarm to be handled")


def nothing_to_reset(subject: Subject, state: State) -> Text:
    """It is not latched, not yet back, or not yet acknowledged."""
    if state is State.UNACKNOWLEDGED_LATCHED:
        return Text(
            f"{subject.name.zh} 报警尚未确认，请先确认再复位",
            f"{subject.name.en}: it is not acknowledged yet; acknowledge it, then reset it",
        )
    if state.is_raised:
        return Text(
            f"{subject.name.zh} 仍处于报警状态，数值恢复后才能复位",
            f"{subject.name.en}: the alarm stands; it can be reset once the value is back",
        )
    return Text(f"{subject.name.zh} 没有待复位的报警", f"{subject.name.en}: there is no alarm to be reset")


def shelved_already(subject: Subject) -> Text:
    """No renewal before its end."""
    return Text(
        f"{subject.name.zh} 已消音；到期后才能再次消音",
        f"{subject.name.en} is shelved already; let that end first",
    )


def shelved_too_long(subject: Subject, most_s: float) -> Text:
    """Longer than a shift."""
    hours = most_s / 3600
    return Text(
        f"{subject.name.zh} 最长消音 {hours:g} 小时（一个班次）",
        f"{subject.name.en} can be shelved for {hours:g} h at most, which is one shift",
    )


def not_shelved(subject: Subject) -> Text:
    """There is nothing to end."""
    return Text(f"{subject.name.zh} 没有消音", f"{subject.name.en} is not shelved")


def is_out(subject: Subject, act: Mapping[str, Any], zone: ZoneInfo) -> Text:
    """The rule is out of service; `act` as it is kept."""
    until = datetime.fromtimestamp(act["until_ns"] // 10**9, zone).strftime("%Y-%m-%d %H:%M")
    by, why = act["by"], act.get("reason", "")
    return Text(
        f"{subject.name.zh} 退出运行至 {until}，{by}：{why}",
        f"{subject.name.en} is out of service until {until}, by {by}: {why}",
    )


def out_of_service_already(subject: Subject) -> Text:
    """No renewal before its end."""
    return Text(f"{subject.name.zh} 已退出运行", f"{subject.name.en} is out of service already")


def out_for_too_long(subject: Subject, most_days: float) -> Text:
    """Longer than anybody can answer for."""
    return Text(
        f"{subject.name.zh} 最长退出运行 {most_days:g} 天；仍需退出的，届时由责任人重新办理",
        f"{subject.name.en} can be out of service for {most_days:g} days at most;"
        " if it must stay out, somebody takes it out anew then",
    )


def not_out_of_service(subject: Subject) -> Text:
    """There is nothing to end."""
    return Text(f"{subject.name.zh} 没有退出运行", f"{subject.name.en} is not out of service")


def no_end(subject: Subject) -> Text:
    """Nothing is suppressed for ever."""
    return Text(
        f"{subject.name.zh}：请给出结束时间，且晚于现在",
        f"{subject.name.en}: say until when; it must be later than now",
    )


def _done(subject: Subject, act: Act, zh: str, en: str) -> Text:
    if act.by == BY_TIME:
        return Text(f"{subject.name.zh} 到期，{zh}", f"{subject.name.en}: its time is over, {en}")
    why = (f"：{act.reason}", f": {act.reason}") if act.reason else ("", "")
    return Text(
        f"{subject.name.zh} {zh}（{act.by}）{why[0]}", f"{subject.name.en}: {en}, by {act.by}{why[1]}"
    )


def _until(subject: Subject, act: Act, zh: str, en: str) -> Text:
    done = _done(subject, act, zh, en)
    return Text(f"{done.zh}，至 {act.until}", f"{done.en}, until {act.until}")
