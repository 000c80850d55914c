"""What is said of gates and their phases, in Chinese and English."""

from collections.abc import Sequence
from typing import Final

from agent.alarms.messages import KIND
from config.model import Gate, LimitRule, Phase, Text

PHASE: Final = {
    Phase.IDLE: Text("空闲", "idle"),
    Phase.START: Text("起始", "start"),
    Phase.STEADY: Text("稳定", "steady"),
    Phase.END: Text("收尾", "end"),
}


def entered(gate: Gate, phase: Phase, resting: Sequence[str]) -> Text:
    """Another phase has begun."""
    word = PHASE[phase]
    zh = f"，此阶段不生效的限值：{'、'.join(resting)}" if resting else ""
    en = f", limits not in force in it: {', '.join(resting)}" if resting else ""
    return Text(f"{gate.name.zh}：{word.zh}{zh}", f"{gate.name.en}: {word.en}{en}")


def name(gate: Gate) -> Text:
    """Name the alarm of a gate that is not known."""
    return Text(f"{gate.name.zh}不明", f"{gate.name.en}, unknown")


def unknown(gate: Gate) -> Text:
    """Nobody knows the phase."""
    return Text(
        f"{gate.name.zh}不明，按稳定阶段的限值监视：请检查判断阶段的测点",
        f"{gate.name.en} is unknown and the steady limits hold: check the points that tell it",
    )


def known(gate: Gate) -> Text:
    """The phase is known again."""
    return Text(f"{gate.name.zh}已恢复判断", f"{gate.name.en} is known again")


def not_in_force(rule: LimitRule, device: Text) -> Text:
    """An alarm ends, because its limit holds no more in this phase."""
    kind, point = KIND[rule.kind], rule.point.name
    return Text(
        f"{device.zh} {point.zh} {kind.zh}在当前阶段不生效，报警结束",
        f"{device.en} {point.en}: its {kind.en} is not in force in this phase, the alarm is over",
    )
