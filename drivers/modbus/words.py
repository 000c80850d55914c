"""What is noticed about a Modbus connection, in words for people. See drivers/messages.py."""

from collections.abc import Mapping
from typing import Final

from config.model import Text

NOTES: Final[Mapping[str, Text]] = {
    "dtu-second": Text(
        "另一台 DTU（{peer}）也连接到 {where}，已拒绝，因为第一台工作正常。"
        "请检查是否有两台 DTU 设置了同一端口和注册包。",
        "A second DTU ({peer}) dials in to {where}; it is refused, because the first one is well. "
        "Look for two DTUs with the same port and registration packet.",
    ),
    "echo": Text(
        "{where} 会回传本机发出的字节。程序已自动剔除，但请在该连接下写 echo: true，应答才不会有歧义。",
        "{where} hands back what we send. It is taken out, but write echo: true under this connection, "
        "so that no answer is in doubt.",
    ),
    "unsolicited": Text(
        "{where} 上从站 {unit} 未经询问就主动发送数据，或者应答重复出现，可能破坏或冒充其他应答；"
        "可疑的应答会再问一次，两次一致才采用。请在设备上改为被动（问答）模式；若已是被动模式，"
        "请检查是否有两台设备同一站号，或串口服务器、中继重复转发。",
        "Unit {unit} on {where} sends without being asked, or its answers come twice: they may destroy "
        "others or pass for them. An answer in question is asked for again, and taken only where both "
        "agree. Set it to passive (polled) mode; if it is, look for two devices with one address, or a "
        "serial server or repeater that sends twice.",
    ),
    "second-master": Text(
        "{where} 上还有另一台主站，每分钟约询问 {per_minute} 次，询问的从站（功能码）：{asks}。"
        "一条 RS-485 线路只能有一台主站。请查找接在同一线路上的 PLC、控制柜、触摸屏、DTU、组态电脑"
        "或另一台网关，停止其轮询；或改接设备的第二个端口，或从该主站取数。",
        "Another master talks on {where}: about {per_minute} requests a minute, to units (functions) "
        "{asks}. "
        "A line of RS-485 has one master. Look for a PLC, panel, HMI, DTU, configuring computer or second "
        "gateway on the same two wires and stop its polling; or use the devices' second port, "
        "or take the values from that master.",
    ),
    "wrong-echo": Text(
        "{where} 回传的字节与所发不同，应答未采用。请检查线路上是否有另一台主站；"
        "若转换器不回传，请去掉 echo: true。",
        "What {where} hands back differs from what was sent, and answers are not used. "
        "Look for a second master on the line; if the adapter hands nothing back, delete echo: true.",
    ),
    "fewer-connections": Text(
        "{where} 只接受 {have} 个连接，少于设置的 {wanted} 个。请将 max_connections 改为 {have}。",
        "{where} takes {have} connections, fewer than the {wanted} that are set. "
        "Write max_connections: {have}.",
    ),
    "hangs-up": Text(
        "{where} 每次应答后都断开连接。请在该连接下写 per_request: true，数据才不会缺失。",
        "{where} hangs up after every answer. Write per_request: true under this connection, "
        "or readings are lost each time.",
    ),
}
