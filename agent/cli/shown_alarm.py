"""Alarms as the command line shows them: one sentence for what stands, one for each duty."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from agent.alarms import words_rate
from agent.alarms.states import State
from agent.cli.shown_area import known, phases
from agent.records import Json
from config.model import Text

PRIORITY: Final = {
    "critical": Text("紧急", "critical"),
    "high": Text("高", "high"),
    "medium": Text("中", "medium"),
    "low": Text("低", "low"),
}
STATE: Final = {
    State.UNACKNOWLEDGED: Text("报警，未确认", "stands, not acknowledged"),
    State.ACKNOWLEDGED: Text("报警，已确认", "stands, acknowledged"),
    State.UNACKNOWLEDGED_OFF_DELAY: Text("正在恢复，未确认", "coming back, not acknowledged"),
    State.ACKNOWLEDGED_OFF_DELAY: Text("正在恢复，已确认", "coming back, acknowledged"),
    State.UNACKNOWLEDGED_LATCHED: Text("已恢复并锁存，未确认", "back and latched, not acknowledged"),
    State.ACKNOWLEDGED_LATCHED: Text("已恢复并锁存，待复位", "back and latched, to be reset"),
    State.RETURNED: Text("已恢复，未确认", "over, not acknowledged"),
    State.RETURNED_ON_DELAY: Text("已恢复，未确认", "over, not acknowledged"),
}
SHELVED: Final = Text("就地消音", "shelved")


def lines(found: Json) -> Iterator[Text]:
    """Yield what `/api/v1/alarms` tells."""
    zone = ZoneInfo(found["timezone"])
    if (flood := found["flood"]) is not None:
        yield words_rate.flooding(flood["first"], flood["alarms"])
    yield from known(found["planned_stops"], zone)
    not_in_force = [gate for gate in found["gates"] if gate["not_in_force"]]
    yield from phases(not_in_force)
    if not (found["alarms"] or found["out_of_use"] or found["planned_stops"] or not_in_force):
        yield Text("没有报警，也没有被抑制的规则", "no alarm stands, and no rule is suppressed")
    for told in found["alarms"]:
        yield from _of_alarm(told, zone)
    for each in found["out_of_use"]:
        yield _out_of_use(each, zone)


def _of_alarm(told: Any, zone: ZoneInfo) -> Iterator[Text]:
    priority = PRIORITY[told["priority"]]
    if (alarm := told["alarm"]) is not None:
        state, since = STATE[State(told["state"])], _time(alarm["utc_ns"], zone)
        yield _line(told, priority, state, since, Text(**alarm["text"]))
    if (lost := told["lost"]) is not None:
        state = Text("失去保护", "not watched")
        yield _line(told, priority, state, _time(lost["utc_ns"], zone), Text(**lost["text"]))
    if told["open"]:
        count, rule = len(told["open"]), told["rule"]
        yield Text(f"  {rule}：{count} 次报警待处置", f"{count} of its alarms wait to be handled")
    if (since_ns := told["chattering_ns"]) is not None:
        since = _time(since_ns, zone)
        yield Text(f"  {told['rule']}：频繁抖动，{since} 起", f"it has been chattering since {since}")
    if (act := told["shelved"]) is not None:
        yield _shelved(told, act, zone)


def _out_of_use(each: Any, zone: ZoneInfo) -> Text:
    text = each["text"]
    if each["since_ns"] is None:
        return Text(f"[保护失效] {text['zh']}", f"[out of use] {text['en']}")
    since = _time(each["since_ns"], zone)
    return Text(f"[保护失效] {text['zh']}（{since} 起）", f"[out of use] {text['en']} (since {since})")


def _line(told: Any, priority: Text, state: Text, since: str, text: Text) -> Text:
    return Text(
        f"[{priority.zh}] {told['rule']}（{state.zh}，{since} 起）：{text.zh}",
        f"[{priority.en}] {told['rule']} ({state.en}, since {since}): {text.en}",
    )


def _shelved(told: Any, act: Any, zone: ZoneInfo) -> Text:
    until, why = _time(act["until_ns"], zone), act.get("reason", "")
    return Text(
        f"[{SHELVED.zh}] {told['rule']}：至 {until}，{act['by']}：{why}",
        f"[{SHELVED.en}] {told['rule']}: until {until} by {act['by']}: {why}",
    )


def _time(utc_ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(utc_ns // 10**9, zone).strftime("%Y-%m-%d %H:%M:%S")
