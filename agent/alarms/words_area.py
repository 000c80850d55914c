"""What is said of areas, their production states and planned stops, in Chinese and English."""

from collections.abc import Sequence
from typing import Final

from agent.alarms.event import Act
from agent.alarms.words import BY_TIME
from config.model import Area, Text
from config.production import ProductionState

STATE: Final = {
    ProductionState.RUNNING: Text("生产", "running"),
    ProductionState.IDLE: Text("待机", "idle"),
    ProductionState.PLANNED_STOP: Text("计划停产", "planned stop"),
    ProductionState.UNKNOWN: Text("状态不明", "unknown"),
}


def changed(area: Area, state: ProductionState) -> Text:
    """The point or the calendar says another state."""
    word = STATE[state]
    return Text(f"{area.name.zh}：{word.zh}", f"{area.name.en}: {word.en}")


def lost(area: Area, point: str) -> Text:
    """The point that tells the state has no valid value."""
    return Text(
        f"{area.name.zh}：生产状态不明，测点 {point} 无有效数据或取值没有对应状态，按生产监视",
        f"{area.name.en}: its state is unknown, {point} has no valid value or one that means no state; "
        "watched as if it ran",
    )


def declared(area: Area, state: ProductionState, act: Act) -> Text:
    """A person said what the area does."""
    word = STATE[state]
    return Text(
        f"{area.name.zh}：{word.zh}（{act.by} 申报，至 {act.until}）：{act.reason}",
        f"{area.name.en}: {word.en}, declared by {act.by} until {act.until}: {act.reason}",
    )


def declaration_ended(area: Area, state: ProductionState, act: Act) -> Text:
    """What a person had declared holds no more."""
    word = STATE[state]
    if act.by == BY_TIME:
        return Text(
            f"{area.name.zh}：申报到期，现为{word.zh}",
            f"{area.name.en}: its declaration is over, {word.en}",
        )
    return Text(
        f"{area.name.zh}：{act.by} 结束申报，现为{word.zh}",
        f"{area.name.en}: {act.by} ended what was declared, {word.en}",
    )


def runs_after_all(area: Area, point: str) -> Text:
    """The plant runs in spite of what was declared."""
    return Text(
        f"{area.name.zh}：测点 {point} 表明正在生产，申报失效，恢复监视",
        f"{area.name.en}: {point} says that it runs, so what was declared is over and all is watched",
    )


def process_runs(area: Area, process: Text) -> Text:
    """A process runs, so there is no planned stop."""
    return Text(
        f"{area.name.zh}：{process.zh} 表明正在生产，计划停产不成立，恢复监视",
        f"{area.name.en}: {process.en} says that it runs, so this is no planned stop and all is watched",
    )


def process_denies(area: Area, process: Text) -> Text:
    """Nobody declares a stop while a process runs."""
    return Text(
        f"{area.name.zh} 正在生产（{process.zh}），不能申报停产或待机",
        f"{area.name.en} runs, as {process.en} says; it cannot be declared otherwise",
    )


def removed(area: str) -> Text:
    """The plant file has no such area any more, or no state of it."""
    return Text(
        f"区域 {area} 的生产状态已从配置文件中移除，按生产监视",
        f"the state of area {area} was removed from the plant file; watched as if it ran",
    )


def stop_begun(area: Area, rules: int) -> Text:
    """Process rules rest."""
    return Text(
        f"{area.name.zh} 计划停产：{rules} 条工艺规则按设计抑制；气体、积尘温度、煤气柜和应急水照常监视",
        f"{area.name.en} is at a planned stop: {rules} process rules are suppressed by design; gas, stored "
        "dust, gas holder and emergency water are watched as ever",
    )


def stop_over(area: Area, rules: int) -> Text:
    """Process rules are in force again."""
    return Text(
        f"{area.name.zh} 计划停产结束：{rules} 条工艺规则恢复",
        f"the planned stop of {area.name.en} is over: {rules} process rules are in force again",
    )


def silent_as_expected(area: Area, devices: Sequence[Text]) -> Text:
    """Devices that are switched off in a planned stop."""
    zh, en = "、".join(each.zh for each in devices), ", ".join(each.en for each in devices)
    return Text(
        f"{area.name.zh} 计划停产期间设备无应答，属预期：{zh}",
        f"{area.name.en}: devices do not answer during the planned stop, as expected: {en}",
    )


def no_state(area: Area) -> Text:
    """There is nothing to be declared."""
    return Text(
        f"{area.name.zh} 没有生产状态；请在配置文件的 areas 下写 state: {{declared: true}}",
        f"{area.name.en} has no production state; write state: {{declared: true}} for it in the plant file",
    )


def runs(area: Area, point: str) -> Text:
    """Nobody declares a stop of what runs."""
    return Text(
        f"{area.name.zh} 正在生产（测点 {point}），不能申报停产或待机",
        f"{area.name.en} runs, as {point} says; it cannot be declared otherwise",
    )


def no_end(area: Area, days: float) -> Text:
    """Nothing is declared for ever, and nothing backwards."""
    return Text(
        f"{area.name.zh}：请给出结束时间，晚于现在，最长 {days:g} 天；不能追溯申报",
        f"{area.name.en}: say until when; later than now and {days:g} days at most, never backwards",
    )


def not_declared(area: Area) -> Text:
    """There is nothing to end."""
    return Text(f"{area.name.zh} 没有申报", f"nothing is declared for {area.name.en}")
