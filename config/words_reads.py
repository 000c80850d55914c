"""Sentences about how devices are read: ranges, lengths, periods, what a line can carry. See messages.py."""

from collections.abc import Mapping
from typing import Final

READS_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "address-range-wrong": (
        "“{value}”不是地址范围；请写成 0x0100-0x01FF 或 256-511，单个地址写一个数",
        "'{value}' is no range of addresses; write 0x0100-0x01FF or 256-511, or one address alone",
    ),
    "address-range-reversed": (
        "地址范围的起点 {first} 大于终点 {last}；请调换",
        "the range begins at {first}, beyond its end {last}; swap them",
    ),
    "address-range-outside": (
        "地址范围 {first} 到 {last} 超出寄存器区；请核对 address_base 和 shift",
        "the range from {first} to {last} lies outside the table; check address_base and shift",
    ),
    "point-forbidden": (
        (
            "测点 {point} 位于地址 {first} 到 {last}，而该站号的 {low} 到 {high} 禁止读取；"
            "请改测点地址或 forbidden"
        ),
        (
            "the point {point} stands at {first} to {last}, but {low} to {high} of its unit must never be "
            "read; change its address or forbidden"
        ),
    ),
    "value-too-long": (
        "测点 {point} 占 {registers} 个寄存器，而该站号一次最多读 {most} 个；请核对 type 或 max_registers",
        (
            "the point {point} takes {registers} registers, but a read of its unit holds {most} at most; "
            "check type or max_registers"
        ),
    ),
    "period-outside": (
        "采集周期 {period} 秒不在 {least} 秒到 {most} 秒之间；请修改 period",
        "a period of {period} s is not between {least} s and {most} s; change period",
    ),
    "points-unreadable": (
        (
            "站号 {unit} 只答复偶数个寄存器，而这些测点旁边没有可一起读取的寄存器：{points}；"
            "请用 readable 声明相邻的寄存器，或检查地址"
        ),
        (
            "unit {unit} answers even counts only, and there is no register beside these points to be read "
            "with them: {points}; declare one by readable, or check their addresses"
        ),
    ),
    "line-overloaded": (
        (
            "线路“{connection}”每秒要忙 {busy} 秒（{requests} 次请求），无法按所设周期采集；请将周期延长到 "
            "{factor} 倍左右、提高波特率、减少分段读取（max_gap、readable），"
            "或在设备应答更快时写明 answer_time"
        ),
        (
            "the line '{connection}' is asked for {busy} s of every second ({requests} requests), more than "
            "it can carry; make the periods about {factor} times as long, raise the baud rate, read in fewer "
            "parts (max_gap, readable), or say by answer_time that the devices answer faster"
        ),
    ),
}

READS_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "line-overloaded-perhaps": (
        (
            "连接“{connection}”按估计（每次请求 {assumed} 毫秒）每秒要忙 {busy} 秒（{requests} 次请求），"
            "可能丢失周期；请延长周期，或写明实际的 answer_time，或设 max_connections"
        ),
        (
            "the connection '{connection}' is asked for about {busy} s of every second ({requests} requests, "
            "{assumed} ms assumed for each), and slots may be lost; make the periods longer, or write the "
            "real answer_time, or max_connections"
        ),
    ),
    "line-nearly-full": (
        (
            "连接“{connection}”约 {percent}% 的时间在忙（每秒 {requests} 次请求），"
            "设备无应答或线路受扰时会丢失周期；请保持在 {most}% 以下"
        ),
        (
            "the connection '{connection}' is busy for about {percent} % of the time ({requests} requests a "
            "second), so a silent device or noise will cost slots; keep it below {most} %"
        ),
    ),
}
