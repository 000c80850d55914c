"""Sentences about what devices say of themselves: states, settings, channels. See messages.py."""

from collections.abc import Mapping
from typing import Final

SELFREPORT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # States and marks
    "marks-of-nothing": (
        "该测点没有 states 或 heartbeat，marks 没有作用；请补上，或删除 marks",
        "the point has neither states nor heartbeat, so marks means nothing; add them, or delete marks",
    ),
    "marks-two-ways": (
        "一个测点只能有其中一种：{keys}；请分成几个测点（可以读同一个寄存器的不同位）",
        "a point has only one of {keys}; write several points (of different bits of one register, say)",
    ),
    "marks-unknown": (
        "本设备没有测点“{name}”；可选：{known}",
        "the device has no point '{name}'; choose of: {known}",
    ),
    "marks-unknown-near": (
        "本设备没有测点“{name}”；是不是要写“{nearest}”？可选：{known}",
        "the device has no point '{name}'; did you mean '{nearest}'? Choose of: {known}",
    ),
    "alarm-of-no-bit": (
        "alarm 写在一位（true/false）的测点上；状态字请写在 states 或 flags 的各项里",
        "alarm belongs to a point of one bit; of a status word, write it at a state or a flag",
    ),
    "latched-without-range": (
        "没有量程就谈不上超量程；请写 range，或删除 over_range",
        "without a measuring range nothing is over it; write range, or delete over_range",
    ),
    "states-of-no-number": (
        "状态要由整数或一位表示，不能是 {datatype}；请更正 type，或删除 states",
        "states are whole numbers or one bit, not a {datatype}; correct the type, or delete states",
    ),
    "state-impossible": (
        "该测点不可能是 {value}（最大 {most}）；请核对状态值或 bits",
        "the point can never be {value} (at most {most}); check the state or bits",
    ),
    "heartbeat-read-too-slowly": (
        "每 {period} s 读一次，看不出 {within} s 内是否变化；请把 period 减到一半以下，或放宽 within",
        (
            "read every {period} s, a change within {within} s cannot be seen; read it twice as often, "
            "or allow more"
        ),
    ),
    # Settings read back
    "readback-of-nothing": (
        "{role} 要写明属于哪个测点；请写 of",
        "a {role} belongs to a point; write of",
    ),
    "readback-of-several-units": (
        "这些测点的单位不同（{units}），一个单位寄存器不能同时属于它们；请在 of 中只写其中一种",
        (
            "these points differ in their units ({units}), one unit register cannot belong to all; name "
            "some in of"
        ),
    ),
    "unit-register-without-units": (
        '要写明原始值各代表什么单位；请写 units，例如 {{1: ppm, 4: "%LEL"}}',
        'say which raw number is which unit; write units, e.g. {{1: ppm, 4: "%LEL"}}',
    ),
    "unit-never": (
        "units 中没有测点的单位 {unit}，永远不会相符；请补上，或更正测点的单位",
        (
            "units lacks the point's own unit {unit}, so it could never agree; add it, or correct the "
            "point's unit"
        ),
    ),
    "units-of-no-unit": (
        "units 只用于 role: unit，不用于 {role}；请删除",
        "units belongs to role: unit, not to {role}; delete it",
    ),
    "zone-of-no-clock": (
        "zone 只用于 role: clock，不用于 {role}；请删除",
        "zone belongs to role: clock, not to {role}; delete it",
    ),
    "constant-without-value": (
        "常数寄存器要写明应为何值；请写 expect，见设备通信说明",
        "a constant needs its value; write expect, as the device's manual says",
    ),
    "decimals-of-no-integer": (
        "测点“{point}”不是整数，没有小数位可言；请从 of 中去掉",
        "the point '{point}' is no integer and has no decimals to set; take it out of of",
    ),
    "decimals-against-scale": (
        (
            "scale {scale} 不是 1、0.1、0.01……，或各测点不同，不能与小数位核对；请更正 scale，或去掉后由"
            "小数位决定"
        ),
        (
            "the scale {scale} is none of 1, 0.1, 0.01 …, or differs between the points, so no decimals "
            "agree with it; correct it, or leave it out and let the decimals decide"
        ),
    ),
    # Channels and flags
    "repeat-in-place": (
        "step 和 bit_step 都是 0，各通道会读同一个地方；请写相邻通道的地址差",
        "step and bit_step are both 0, so all channels would be read at one place; write the distance",
    ),
    "bit-beyond": (
        "第 {channel} 通道会落到第 {bit} 位，而寄存器只有 0 到 15；请更正 bit、bit_step 或 count",
        "channel {channel} would be bit {bit}, but a register has 0 to 15; correct bit, bit_step or count",
    ),
    "channels-wrong": (
        "通道号从 1 到 {most}；请写个数（12）、编号（[1, 2, 5]）或名称（{{1: {{name: …}}}}）",
        (
            "channels count from 1 to {most}; write how many (12), which ([1, 2, 5]) or names ({{1: "
            "{{name: …}}}})"
        ),
    ),
    "channels-of-none": (
        "该设备的测点没有通道（repeat）；请删除 channels",
        "none of the device's points has channels (repeat); delete channels",
    ),
    "channel-beyond": (
        "没有第 {channel} 通道，一共 {count} 个；请更正",
        "there is no channel {channel}, only {count}; correct it",
    ),
    "flags-and-more": (
        "写了 flags 的寄存器本身不是测点，不能有 {key}；请移到某一位上，或另写一个测点",
        (
            "a register with flags is no point itself and cannot have {key}; write it at a bit, or as "
            "another point"
        ),
    ),
    "point-twice": (
        "测点“{point}”出现两次；请给其中一个改名",
        "the point '{point}' stands twice; rename one",
    ),
    "change-of-no-point": (
        "设备没有测点“{name}”可改，这里也没写它的来源；现有：{known}；新的测点要写 modbus 或 opcua",
        (
            "the device has no point '{name}' that could be changed, and no source is given here; it "
            "has: {known}; a new point needs modbus or opcua"
        ),
    ),
    "change-of-no-point-near": (
        "设备没有测点“{name}”；是不是要写“{nearest}”？现有：{known}；新的测点要写 modbus 或 opcua",
        (
            "the device has no point '{name}'; did you mean '{nearest}'? It has: {known}; a new point "
            "needs modbus or opcua"
        ),
    ),
}
