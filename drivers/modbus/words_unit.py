"""What is noticed about the units of a Modbus connection, in words for people. See drivers/messages.py.

Addresses in these sentences are those on the wire, counted from 0.
"""

from collections.abc import Mapping
from typing import Final

from config.model import Text

UNIT_NOTES: Final[Mapping[str, Text]] = {
    "unit-silent": Text(
        "从站 {unit_id}（{devices}）不再应答，同一连接上的其他设备正常。请检查其电源、接线和站号。",
        "Unit {unit_id} ({devices}) has fallen silent, while others on the connection answer. "
        "Check its power, its wiring and its unit id.",
    ),
    "unit-back": Text(
        "从站 {unit_id}（{devices}）恢复应答，中断 {silent_s:g} 秒。",
        "Unit {unit_id} ({devices}) answers again, after {silent_s:g} s.",
    ),
    "block-silent": Text(
        "从站 {unit_id}（{devices}）对 {table} 区地址 {registers} 的读取不应答，其余读取都应答。"
        "以下测点无数据：{points}。其余测点照常采集。请对照设备手册检查这些地址和寄存器区；"
        "若无误，可减小 max_registers，或用 readable、forbidden 限定读取范围。"
        "程序会不时重试，恢复后自动采集。",
        "Unit {unit_id} ({devices}) does not answer a read of {table} {registers}, "
        "though it answers all others; these points have no values: {points}. All others run. "
        "Compare table and addresses with the device's manual; if they are right, lower max_registers, "
        "or say by readable and forbidden what may be read. It is tried again from time to time, "
        "and comes back by itself.",
    ),
    "block-back": Text(
        "从站 {unit_id}（{devices}）又应答对 {table} 区地址 {registers} 的读取，以下测点恢复：{points}。",
        "Unit {unit_id} ({devices}) answers for {table} {registers} again; these points are back: {points}.",
    ),
    "block-wrong": Text(
        "从站 {unit_id}（{devices}）对 {table} 区地址 {registers} 的应答一直与请求不符"
        "（请求 {asked}，收到 {got}），其余读取正常。以下测点无数据：{points}。"
        "请对照设备手册检查一次最多可读的寄存器数并设置 max_registers，以及地址和寄存器区。"
        "程序会不时重试，恢复后自动采集。",
        "Unit {unit_id} ({devices}) answers reads of {table} {registers} with what does not fit "
        "(asked {asked}, got {got}), and all others well; these points have no values: {points}. "
        "Compare with the device's manual how many registers it gives at once, and set max_registers; "
        "compare table and addresses. It is tried again from time to time, and comes back by itself.",
    ),
    "answers-wrong": Text(
        "从站 {unit_id}（{devices}）的应答一直与请求不符（请求 {asked}，收到 {got}），数据未采用。"
        "请检查是否有两台设备地址相同、波特率和校验位是否一致、接线和屏蔽是否受干扰；"
        "若设备不遵守协议，可减小 max_registers 或联系厂家。",
        "Unit {unit_id} ({devices}) goes on answering with what does not fit (asked {asked}, got {got}); "
        "it is not used. Look for two devices with one address, compare baud rate and parity, "
        "check wiring and shield for interference; if it keeps to no standard, lower max_registers, "
        "or ask its maker.",
    ),
    "answers-back": Text(
        "从站 {unit_id}（{devices}）的应答恢复正常，异常持续 {silent_s:g} 秒。",
        "Unit {unit_id} ({devices}) answers rightly again, after {silent_s:g} s.",
    ),
    "unit-exception": Text(
        "从站 {unit_id}（{devices}）返回异常码 {exception_code}（{meaning}），首次出现在 {table} 区地址"
        " {registers}，这些读数没有值。{mend}",
        "Unit {unit_id} ({devices}) answers with exception {exception_code} ({meaning}), "
        "at first for {table} {registers}; these readings have no values. {mend}",
    ),
    "unit-exception-back": Text(
        "从站 {unit_id}（{devices}）不再返回异常码 {exception_code}（{meaning}）。",
        "Unit {unit_id} ({devices}) no longer answers with exception {exception_code} ({meaning}).",
    ),
    "points-missing": Text(
        "从站 {unit_id} 的 {table} 区没有地址 {registers}，以下测点读不到：{points}。其余测点照常采集。"
        "请对照设备手册检查这些地址；设备修改后会自动恢复，最迟一天。",
        "Unit {unit_id} has no {table} {registers}, so these points cannot be read: {points}. "
        "All others are. Compare their addresses with the device's manual; once it has them they come back "
        "by themselves, within a day.",
    ),
    "registers-missing": Text(
        "从站 {unit_id} 的 {table} 区不允许跨过地址 {registers} 读取，已改为分段读取，测点不受影响。"
        "请核对 max_gap、readable 或 max_registers。",
        "Unit {unit_id} refuses a read across {table} {registers}; it is read in parts, no point is lost. "
        "Compare max_gap, readable or max_registers with the manual.",
    ),
    "block-refused": Text(
        "从站 {unit_id} 拒绝读取 {table} 区的地址 {registers}，以下测点都读不到：{points}。"
        "请检查寄存器区、地址，以及 PLC 程序是否在运行。",
        "Unit {unit_id} refuses all of {table} {registers}, so these points cannot be read: {points}. "
        "Check the table, the addresses, and that the PLC's program runs.",
    ),
    "points-back": Text(
        "从站 {unit_id} 的 {table} 区地址 {registers} 又可以读取，以下测点恢复：{points}。",
        "Unit {unit_id} answers for {table} {registers} again; these points are back: {points}.",
    ),
    "registers-back": Text(
        "从站 {unit_id} 的 {table} 区又允许跨过地址 {registers} 读取。",
        "Unit {unit_id} can be read across {table} {registers} again.",
    ),
}
