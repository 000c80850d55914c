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
