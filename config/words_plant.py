"""Sentences about connections, devices and points. See messages.py."""

from collections.abc import Mapping
from typing import Final

PLANT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # Plant, connections, devices
    "timezone-unknown": (
        "不认识时区“{value}”；国内请写 Asia/Shanghai",
        "the time zone '{value}' is not known; in China write Asia/Shanghai",
    ),
    "no-connections": (
        "没有配置任何连接；请在 connections 下至少写一个",
        "there is no connection; write at least one under connections",
    ),
    "no-devices": (
        "没有配置任何设备；请在 devices 下至少写一台",
        "there is no device; write at least one under devices",
    ),
    "connection-protocols": (
        (
            "一个连接必须且只能写一种协议（这里写了 {count} 种）；modbus-tcp、modbus-rtu、modbus-rtu-tcp、"
            "modbus-dtu、opcua 中选一"
        ),
        (
            "a connection has exactly one protocol ({count} given); write one of modbus-tcp, modbus-rtu, "
            "modbus-rtu-tcp, modbus-dtu, opcua"
        ),
    ),
    "connection-unknown": (
        "没有名为“{name}”的连接；请在 connections 下定义，已有：{known}",
        "there is no connection '{name}'; define it under connections, which has: {known}",
    ),
    "connection-unknown-near": (
        "没有名为“{name}”的连接；是不是要写“{nearest}”？已有：{known}",
        "there is no connection '{name}'; did you mean '{nearest}'? There are: {known}",
    ),
    "area-unknown": (
        "没有名为“{name}”的区域；请在 areas 下定义，已有：{known}",
        "there is no area '{name}'; define it under areas, which has: {known}",
    ),
    "area-unknown-near": (
        "没有名为“{name}”的区域；是不是要写“{nearest}”？已有：{known}",
        "there is no area '{name}'; did you mean '{nearest}'? There are: {known}",
    ),
    "profile-unknown": (
        "没有名为“{name}”的设备模板；可选：{known}",
        "there is no profile '{name}'; choose one of: {known}",
    ),
    "profile-unknown-near": (
        "没有名为“{name}”的设备模板；是不是要写“{nearest}”？可选：{known}",
        "there is no profile '{name}'; did you mean '{nearest}'? Choose one of: {known}",
    ),
    "profile-without-protocol": (
        "模板“{profile}”没有 {protocol} 的测点地址；请换用别的连接或模板，或在设备的 points 下自行填写",
        (
            "the profile '{profile}' has no addresses for {protocol}; use another connection or profile, "
            "or write the points under the device"
        ),
    ),
    "device-without-points": (
        "设备既没有模板也没有测点；请写 profile，或在 points 下填写测点",
        "the device has neither profile nor points; write profile, or points below it",
    ),
    "unit-id-missing": (
        "缺少 Modbus 站号；请写 unit，例如 unit: 1（网关直连的 TCP 设备通常为 1 或 255）",
        "the Modbus unit id is missing; write unit, e.g. unit: 1 (for TCP devices mostly 1 or 255)",
    ),
    "unit-id-outside": (
        "串口线上的站号只能是 {least} 到 {most}，不能是 {unit}；请按设备拨码填写",
        "on a serial line a unit id is {least} to {most}, not {unit}; write what is set at the device",
    ),
    "unit-without-modbus": (
        "OPC UA 连接没有站号；请删除 unit",
        "an OPC UA connection has no unit id; delete unit",
    ),
    "devices-overlap": (
        (
            "与设备 {first}（第 {line} 行）读同一站号 {unit} 的相同地址（{first_point} 与 "
            "{second_point}）；请核对站号，或用 modbus: {{shift: …}} 错开地址"
        ),
        (
            "reads the same addresses of unit {unit} as device {first} (line {line}): {first_point} and "
            "{second_point}; check the unit id, or move the addresses by modbus: {{shift: …}}"
        ),
    ),
    "nodes-overlap": (
        (
            "与设备 {first}（第 {line} 行）读同一个 OPC UA 节点（{first_point} 与 {second_point}）；请核对 "
            "node"
        ),
        (
            "reads the same OPC UA node as device {first} (line {line}): {first_point} and {second_point}; "
            "check node"
        ),
    ),
    "points-overlap": (
        "测点 {second_point} 与 {first_point}（第 {line} 行）占用了相同的寄存器；请核对地址和数据类型",
        (
            "the point {second_point} takes the same registers as {first_point} (line {line}); check "
            "addresses and types"
        ),
    ),
    "nodes-twice": (
        "本设备的测点 {first_point} 与 {second_point} 读同一个 OPC UA 节点；请核对节点号",
        "its points {first_point} and {second_point} read one OPC UA node; check the node ids",
    ),
    # Points
    "point-without-source": (
        "测点没有写来源；请写 modbus 或 opcua",
        "the point has no source; write modbus or opcua",
    ),
    "point-without-protocol": (
        "测点“{point}”没有写 {protocol} 地址，而设备用的正是这种连接；请补上 {protocol}",
        (
            "the point '{point}' has no {protocol} address, but the device's connection needs one; add "
            "{protocol}"
        ),
    ),
    "gas-unknown": (
        "没有气体“{value}”的分子量，不能换算；目前有：{known}",
        "the molar mass of '{value}' is not known here, so it cannot be converted; known: {known}",
    ),
    "range-reversed": (
        "量程下限 {low} 不小于上限 {high}；请按“[下限, 上限]”填写",
        "the range's lower end {low} is not below its upper end {high}; write [lower, upper]",
    ),
    "type-missing": (
        "没有写数据类型；请写 type，例如 uint16 或 float32，见设备通信说明",
        "the data type is missing; write type, e.g. uint16 or float32, as the device's manual says",
    ),
    "type-in-bit-table": (
        "{table} 区每个地址只有一位，不能是 {type}；请删除 type，或改 table",
        "in the table {table} an address is one bit, not {type}; delete type, or change table",
    ),
    "bit-in-bit-table": (
        "{table} 区每个地址只有一位，不用写 bit；请删除",
        "in the table {table} an address is one bit; delete bit",
    ),
    "bit-missing": (
        "type 为 bit 时要指明是寄存器的第几位；请写 bit（0 为最低位，最大 15）",
        "type bit needs the bit of the register; write bit (0 is the lowest, 15 the highest)",
    ),
    "bit-of-number": (
        "{type} 占整个寄存器，不能再取其中一位；请删除 bit，或把 type 改为 bit",
        "{type} takes whole registers, not one bit; delete bit, or write type: bit",
    ),
    "address-below-base": (
        "地址从 1 数起时没有地址 {address}；请核对 address 或 address_base",
        "counted from 1 there is no address {address}; check address or address_base",
    ),
    "outside-table": (
        "地址 {first} 到 {last} 超出了 {table} 区（最大 65535）；请核对地址和偏移",
        "the addresses {first} to {last} lie outside the table {table} (the last is 65535); check them",
    ),
    "scale-zero": (
        "scale 为 0 会使读数恒为 0；请填实际系数，例如 0.1",
        "with a scale of 0 every value is 0; write the real factor, e.g. 0.1",
    ),
    "sentinel-impossible": (
        "{type} 不可能出现原始值 {value}；请核对无效值或数据类型",
        "a {type} never has the raw number {value}; check the sentinel or the type",
    ),
    "two-numbers": (
        "这里要两个数；请写成 [下限, 上限]，例如 [0, 1000]",
        "two numbers are expected; write [lower, upper], e.g. [0, 1000]",
    ),
    "nothing-listed": (
        "这里至少要写一项；请补上",
        "at least one entry is needed here; add it",
    ),
}
