"""Answers that come and cannot be taken, in words for people. See misfits.py and drivers/messages.py."""

from collections.abc import Mapping
from typing import Final

from config.model import Text

MISFITS: Final[Mapping[str, Text]] = {
    "answers-late": Text(
        "{where} 上从站 {unit} 有应答，但来得太晚：需要约 {took_s:g} 秒，而 timeout 只有 {timeout_s:g} 秒，"
        "数据未采用。请调大该连接的 timeout。",
        "Unit {unit} on {where} answers too late to be used: answers take {took_s:g} s, "
        "and timeout is {timeout_s:g} s. Raise timeout under this connection.",
    ),
    "answers-other-id": Text(
        "{where} 上从站 {unit} 有应答，但事务标识与请求不符，数据未采用。"
        "若网关总是返回固定的标识，请在该连接下写 any_transaction_id: true。",
        "Unit {unit} on {where} answers under another transaction id than it was asked with, "
        "and is not used. Write any_transaction_id: true under this connection; "
        "that is for gateways whose id is constant.",
    ),
    "answers-other-unit": Text(
        "{where} 上询问从站 {unit}，应答却以从站 {other} 的名义返回，数据未采用。"
        "请核对站号：若设备站号确为 {other}，请在设备下写 unit: {other}；否则请在网关上更正。",
        "On {where} unit {unit} is asked, and what answers calls itself unit {other}; it is not used. "
        "Compare the unit ids: write unit: {other} under the device if that is its own, "
        "else correct it in the gateway.",
    ),
    "answers-other-protocol": Text(
        "{where} 上从站 {unit} 有应答，但报文头里的协议标识是 {other}，Modbus TCP 规定为 0，数据未采用。"
        "请确认该端口是 Modbus TCP 服务，并升级或更正设备（网关）的程序；站号和接线不是原因。",
        "Unit {unit} on {where} answers with protocol id {other} in the head of its frames, where Modbus TCP "
        "has 0; it is not used. Make sure that this port is a Modbus TCP server's, and have the device or "
        "gateway mended by its maker; unit id and wiring are not the cause.",
    ),
}
