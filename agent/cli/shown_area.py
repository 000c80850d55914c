"""Areas as the command line shows them, and what their checklist found."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.alarms.words_area import STATE
from agent.alarms.words_gate import PHASE
from agent.records import Json
from config.model import Phase, Text
from config.production import ProductionState


def lines(found: Json) -> Iterator[Text]:
    """Yield what `/api/v1/areas` tells."""
    zone = ZoneInfo(found["timezone"])
    if not found["areas"]:
        yield Text("配置文件没有区域", "the plant file has no areas")
    for area in found["areas"]:
        yield from _whole(area, zone)


def known(areas: list[Any], zone: ZoneInfo) -> Iterator[Text]:
    """Yield the areas that have a state, each with the rules that rest in it."""
    for area in areas:
        if area["state"] is not None:
            yield from _whole(area, zone)


def _whole(area: Any, zone: ZoneInfo) -> Iterator[Text]:
    yield _area(area, zone)
    if area["resting"]:
        yield _resting(area)


def _resting(area: Any) -> Text:
    """Say which rules rest."""
    rules, count = ", ".join(area["resting"]), len(area["resting"])
    return Text(f"  {count} 条规则按设计抑制：{rules}", f"{count} rules are suppressed by design")


def phases(gates: list[Any]) -> Iterator[Text]:
    """Yield the phase of each gate, with the limits that are not in force in it."""
    unknown = Text("不明，按稳定阶段监视", "unknown, the steady limits hold")
    for gate in gates:
        phase = unknown if gate["phase"] is None else PHASE[Phase(gate["phase"])]
        zh, en = f"{gate['name']['zh']}：{phase.zh}", f"{gate['name']['en']}: {phase.en}"
        if rules := ", ".join(gate["not_in_force"]):
            zh, en = f"{zh}，此阶段不生效：{rules}", f"{en}, not in force in it: {len(gate['not_in_force'])}"
        yield Text(zh, en)


def checked(found: Json) -> Iterator[Text]:
    """Yield what `/api/v1/areas/check` tells."""
    yield from (Text(f"! {each['text']['zh']}", each["text"]["en"]) for each in found["found"])
    yield Text(**found["text"])


def _area(area: Any, zone: ZoneInfo) -> Text:
    name, id_ = Text(**area["name"]), area["id"]
    if area["state"] is None:
        return Text(f"{name.zh}（{id_}）：没有生产状态", f"{name.en}: no production state")
    state = STATE[ProductionState(area["state"])]
    since = Text("", "") if area["since_ns"] is None else _since(area["since_ns"], zone)
    by = Text("", "")
    if (act := area["declared"]) is not None:
        until = _time(act["until_ns"], zone)
        by = Text(
            f"，{act['by']} 申报至 {until}：{act.get('reason', '')}",
            f", declared by {act['by']} until {until}: {act.get('reason', '')}",
        )
    return Text(f"{name.zh}（{id_}）：{state.zh}{since.zh}{by.zh}", f"{name.en}: {state.en}{since.en}{by.en}")


def _since(utc_ns: int, zone: ZoneInfo) -> Text:
    shown = _time(utc_ns, zone)
    return Text(f"，{shown} 起", f", since {shown}")


def _time(utc_ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(utc_ns // 10**9, zone).strftime("%Y-%m-%d %H:%M")
