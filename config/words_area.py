"""Sentences about areas, their production states and gates. See messages.py."""

from collections.abc import Mapping
from typing import Final

AREA_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "area-point-unknown": (
        "没有测点“{point}”；请写成“设备.测点”，且该测点须在本文件中",
        "there is no point '{point}'; write device.point, of a device in this file",
    ),
    "area-point-unknown-near": (
        "没有测点“{point}”；是不是要写“{nearest}”？",
        "there is no point '{point}'; did you mean '{nearest}'?",
    ),
    "area-state-sources": (
        "生产状态的来源须写一个，且只能写一个：tag、calendar 或 declared: true；请改正",
        "a state comes from exactly one of tag, calendar and declared: true; write that one",
    ),
    "stop-undeniable": (
        (
            "{area} 的计划停产只凭日历或申报，期间这些法定规则不报警，而现场数据无法否定停产：{rules}；"
            "请用 state: {{tag: …}} 由测点判断，或为该区域写 gates"
        ),
        (
            "a planned stop of {area} is merely said by a calendar or a person, and nothing could deny it "
            "while these rules that law wants rest: {rules}; let a point tell it (state: {{tag: …}}), or "
            "write a gate for what it makes"
        ),
    ),
    "area-state-without-tag": (
        "values 和 above 说明测点的值是什么状态，须与 tag 一起写；请补上 tag 或删去",
        "values and above say what the value of a tag means; add tag, or take them out",
    ),
    "area-state-values": (
        "values 和 above 只能写一个；状态字用 values，速度等数值用 above",
        "values or above, not both; use values for a status word, above for a number such as a speed",
    ),
    "area-values-missing": (
        "测点 {point} 不是 0/1 状态量，无法直接看出生产状态；请写 values: {{0: idle, 1: running}} 或 above",
        "{point} is no state (0 or 1) by itself; write values: {{0: idle, 1: running}}, or above",
    ),
    "calendar-empty": (
        "日历里没有任何时段；请写 running: Mon-Fri 08:00-20:00",
        "the calendar has no window at all; write e.g. running: Mon-Fri 08:00-20:00",
    ),
    "calendar-window": (
        "“{value}”不是时段；请写成 Mon-Fri 08:00-20:00、Sat,Sun 08:00-12:00 或 daily 20:00-06:00",
        "'{value}' is no window; write Mon-Fri 08:00-20:00, Sat,Sun 08:00-12:00 or daily 20:00-06:00",
    ),
    "calendar-overlap": (
        "时段“{value}”与“{other}”在 {at} 起重叠，无法判断状态；请改正其中一个",
        "the window '{value}' overlaps '{other}' from {at} on, so the state is not clear; change one of them",
    ),
    "always-watched-denied": (
        "测点 {point} 在计划停产时也必须监视（气体、积尘温度、煤气柜、应急水），不能写 false；请删去",
        (
            "{point} is watched through a planned stop as well (gas, stored dust, gas holder, emergency "
            "water) and cannot say false; take that out"
        ),
    ),
    "gate-contradicted-late": (
        "阶段与现场矛盾须在 {most} 内报警；请把 contradicted_for 写短，或删去用默认值",
        "what contradicts a gate is an alarm within {most}; shorten contradicted_for, or leave it out",
    ),
    "gate-sources": (
        "阶段须由 tag 和 values（测点及其取值），或由 when（各阶段的条件）给出，二选一；请改正",
        "a phase comes from tag with values, or from when with conditions; write one of the two",
    ),
    "gate-values-without-steady": (
        "values 里没有哪个值是 steady；请写明稳定阶段的值",
        "no value means steady; say which one does",
    ),
    "gate-when-empty": (
        "when 里没有 idle、start、end 中任何一个的条件；请至少写一个",
        "when has no condition for idle, start or end; write one of them at least",
    ),
    "gate-tag-unit": (
        "阶段测点 {point} 带单位“{unit}”，应是无单位的阶段码；请改选测点，或用 when 写条件",
        "{point}, which is to tell the phase, is in '{unit}'; choose a code without a unit, or use when",
    ),
    "gate-and-sets": (
        "gate 和 sets 须一起写；例如 {{gate: cast, sets: {{idle: none, steady: 90 mm}}}}",
        "gate and sets go together; e.g. {{gate: cast, sets: {{idle: none, steady: 90 mm}}}}",
    ),
    "gate-limit-and-sets": (
        "写了 sets 就不写 limit：稳定阶段的限值写在 sets.steady；请删去 limit",
        "limit has no place beside sets, whose steady is the limit; take limit out",
    ),
    "gate-steady-missing": (
        "sets 必须有 steady 的限值，不能缺，也不能为 none：阶段不明时按它监视；请补上",
        "sets needs a limit for steady, and no none: it holds while the phase is not known; add it",
    ),
    "gate-unknown": (
        "没有名为“{gate}”的阶段；请在 gates 下定义，已有：{known}",
        "there is no gate '{gate}'; define it under gates, which has: {known}",
    ),
    "gate-unknown-near": (
        "没有名为“{gate}”的阶段；是不是要写“{nearest}”？已有：{known}",
        "there is no gate '{gate}'; did you mean '{nearest}'? There are: {known}",
    ),
    "gate-on-always-watched": (
        "{rule} 任何时候都必须监视（气体、积尘温度、煤气柜、应急水），不能随阶段变化；请改写 limit",
        "{rule} is watched at all times (gas, stored dust, gas holder, emergency water); write limit instead",
    ),
    "gate-none-in-force": (
        "{rule} 是法定报警，{phase} 阶段不能为 none，只有 idle 可以；请写限值",
        "{rule} is required by law and cannot be none in {phase}, only while idle; write a limit",
    ),
}
