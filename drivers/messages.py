"""What goes wrong on a wire, in words for people: what happened, and how to mend it."""

from typing import Final

from config.model import Text
from drivers.errors import LinkFault

_LINK_FAULTS: Final = {
    "link-fault": Text("{where} 连接故障:{detail}。", "Connection to {where} fails: {detail}."),
    "port-missing": Text(
        "串口 {where} 不存在。请检查 USB 转换器是否插好,并在配置中使用 /dev/serial/by-id/ 下的固定路径。",
        "Serial port {where} does not exist. Check that the USB adapter is plugged in, "
        "and use its lasting path under /dev/serial/by-id/ in the plant file.",
    ),
    "port-busy": Text(
        "串口 {where} 正被其他程序占用。请停止该程序(可用 fuser -v {where} 查找)。",
        "Another program holds serial port {where}. Stop it (fuser -v {where} names it).",
    ),
    "port-forbidden": Text(
        "没有权限打开串口 {where}。请将运行用户加入 dialout 组。",
        "Serial port {where} may not be opened by this user. Add the user to the group dialout.",
    ),
    "refused": Text(
        "{where} 拒绝连接。主机在线但该端口无服务:请检查端口号以及设备的通信服务是否已启用。",
        "{where} refuses connections. The host is there but nothing listens on that port: "
        "check the port number, and that the device's server is switched on.",
    ),
    "unreachable": Text(
        "无法到达 {where}({detail})。请检查设备电源、网线、IP 地址和网段。",
        "{where} cannot be reached ({detail}). Check the device's power, the cable, its address and subnet.",
    ),
    "lost": Text(
        "与 {where} 的连接中断{detail},正在自动重连。",
        "The connection to {where} broke{detail}; it is being made anew.",
    ),
    "silent": Text(
        "{where} 已连接,但没有任何设备应答。请检查从站地址、波特率、校验位和接线(A/B 极性)。",
        "{where} is connected, but nothing behind it answers. "
        "Check unit ids, baud rate, parity and wiring (A/B polarity).",
    ),
    "session-refused": Text(
        "OPC UA 服务器 {where} 拒绝会话({detail})。请检查端点地址、安全策略、证书信任和用户名密码。",
        "OPC UA server {where} refuses the session ({detail}). "
        "Check the endpoint, the security policy, that it trusts our certificate, and user and password.",
    ),
}


def describe(fault: LinkFault) -> Text:
    """Return what happened to a connection and how to mend it, in Chinese and English."""
    words = _LINK_FAULTS[fault.code]
    where, detail = fault.where, fault.detail
    if fault.code == "lost" and detail:
        return Text(
            words.zh.format(where=where, detail=f"({detail})"),
            words.en.format(where=where, detail=f" ({detail})"),
        )
    return Text(words.zh.format(where=where, detail=detail), words.en.format(where=where, detail=detail))
