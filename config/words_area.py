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
}
