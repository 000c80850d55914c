"""The rehearsal's sentences for people: code → Chinese, English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # While it runs.
    "starting": ("正在启动模拟现场和网关", "starting the plant and the agent"),
    "at": (
        "现场时间 {at} / 全程 {length}，{speed:.1f} 倍速",
        "plant time {at} of {length}, at {speed:.1f} times",
    ),
    "lowered": (
        "采集周期被跳过，速度降为 {speed:.1f} 倍",
        "slots were skipped: speed lowered to {speed:.1f} times",
    ),
    # The time line.
    "title": ("预演时间线", "Rehearsal: time line"),
    "plant": ("工厂", "plant"),
    "scenario": ("情景", "scenario"),
    "began": ("现场时间起点", "plant time began"),
    "ran": (
        "全程 {length}，用时 {took}，平均 {speed:.1f} 倍速",
        "{length} of plant time in {took}, {speed:.1f} times as fast",
    ),
    "was-lowered": (
        "{overruns} 个采集周期被跳过，速度最低降为 {lowest:.1f} 倍",
        "{overruns} slots were skipped; the speed was lowered to {lowest:.1f} times",
    ),
    "time": ("现场时间", "time"),
    "what": ("发生了什么", "what happened"),
    "delay": ("距起因", "after its cause"),
    "value": ("数值", "value"),
    "limit": ("限值", "limit"),
    "begins": ("▼ 情景：{name}，{what}", "▼ event: {name}, {what}"),
    "ends": ("▲ 结束：{name}，{what}", "▲ end: {name}, {what}"),
    "raised": ("● 报警", "● alarm"),
    "cleared": ("○ 解除", "○ cleared"),
    "interlock": ("◆ 联锁", "◆ interlock"),
    "in time": ("及时", "in time"),
    "late": ("超时", "late"),
    "never": ("未动作", "never"),
    "cannot tell": ("无法判断", "cannot tell"),
    "lost": ("● {count} 条限值失去监视：", "● {count} limits not watched:"),
    "found": ("○ {count} 条限值恢复监视：", "○ {count} limits watched again:"),
    "after-end": ("故障结束后 {delay}", "{delay} after the end"),
    "no-cause": ("没有起因", "no cause"),
    "standing": ("{count} 个报警到结束时未解除", "{count} alarms stood to the end"),
    "none": ("全程没有报警。", "No alarm at all."),
    "some": ("共 {count} 个报警。", "{count} alarms."),
    "times": (
        "时间均为现场时间，自情景开始计；采集、规则、工艺和时间戳按倍速进行，通信超时不变。",
        "All times are the plant's. Schedule, rules, physics and stamps ran faster; time-outs did not.",
    ),
    "simulated": (
        "现场是模拟的：延时取决于模拟的工艺，不是验收依据；上报通道全部停用。",
        "The plant was simulated: this is no acceptance test. All uplinks were off.",
    ),
    "written": ("网页", "page"),
    "kept": ("日志和存储保留在 {folder}", "log and store are kept in {folder}"),
    # What can keep it from being played.
    "speed": ("--speed 应为 1 到 {most:g}", "--speed must be 1 to {most:g}"),
    "no-folder": ("{path} 所在的目录不存在", "there is no folder for {path}"),
    "unknown-scenario": (
        "没有情景“{name}”：既不是文件，也不在自带的之中：{known}",
        "no scenario '{name}': neither a file nor one that we bring: {known}",
    ),
    "leads-away": (
        "拒绝预演：{names} 不在本机",
        "refused: {names} would reach beyond this machine",
    ),
    "interrupted": ("已中断，全部结束", "interrupted; everything has been ended"),
    "cannot": ("无法进行：{fault}", "cannot go on: {fault}"),
}


def both(code: str, /, **fields: object) -> tuple[str, str]:
    """Return a sentence in Chinese and in English."""
    zh, en = SENTENCES[code]
    return zh.format(**fields), en.format(**fields)


def sentence(code: str, /, **fields: object) -> str:
    """Return a sentence in both languages."""
    return " / ".join(both(code, **fields))
