"""What goes wrong on a wire, in words for people: what happened, and how to mend it."""

from typing import Any, Final

from config.model import Text
from drivers.errors import ExceptionReply, LinkFault, UnitFault
from drivers.modbus.words import NOTES as MODBUS_NOTES
from drivers.modbus.words_exception import ASK_MANUAL, MEANINGS, MENDS, UNKNOWN
from drivers.modbus.words_misfit import MISFITS
from drivers.modbus.words_unit import UNIT_NOTES
from drivers.opcua.words_fault import FAULTS as OPCUA_FAULTS
from drivers.opcua.words_note import NOTES as OPCUA_NOTES
from drivers.surroundings import Note

_WORDS: Final = {
    **OPCUA_FAULTS,
    **MISFITS,
    "link-fault": Text("{where} 连接故障{detail}。", "The connection to {where} fails{detail}."),
    "port-missing": Text(
        "串口 {where} 不存在。请检查 USB 转换器是否插好，并在配置中使用 /dev/serial/by-id/ 下的固定路径。",
        "Serial port {where} does not exist. Check that the USB adapter is plugged in, "
        "and use its lasting path under /dev/serial/by-id/ in the plant file.",
    ),
    "port-busy": Text(
        "串口 {where} 正被其他程序占用。请停止该程序（可用 fuser -v {where} 查找）。",
        "Another program holds serial port {where}. Stop it (fuser -v {where} names it).",
    ),
    "port-forbidden": Text(
        "没有权限打开串口 {where}。请将运行用户加入 dialout 组。",
        "Serial port {where} may not be opened by this user. Add the user to the group dialout.",
    ),
    "port-settings": Text(
        "串口 {where} 不接受所设的波特率、校验位或停止位。请确认它是串口,并核对设备手册中的通信参数。",
        "Serial port {where} does not take the baud rate, parity or stop bits. "
        "Check that it is a serial port, and the settings against the device's manual.",
    ),
    "no-local-address": Text(
        "本机没有地址 {where}。请用 ip addr 核对网口地址，并更正 bind 或 listen。",
        "This machine does not have the address {where}. Look at ip addr, and correct bind or listen.",
    ),
    "listen-refused": Text(
        "无法在 {where} 监听{detail}。请停止占用该端口的程序（可用 ss -ltnp 查找），或改用 1024 以上的端口。",
        "Port {where} cannot be listened on{detail}. Stop the program that has it (ss -ltnp names it), "
        "or take a port above 1024.",
    ),
    "undialled": Text(
        "还没有 DTU 连接到 {where}。请检查 DTU 的电源、SIM 卡和信号，"
        "其中设置的服务器地址和端口，以及防火墙。",
        "No DTU has dialled in to {where}. Check its power, SIM card and signal, "
        "the server address and port set in it, and the firewall.",
    ),
    "wrong-registration": Text(
        "连接到 {where} 的设备注册包不符{detail}，已拒绝。请核对 DTU 中的注册包与本连接的 registration。",
        "Whoever dialled in to {where} sent another registration packet{detail} and was refused. "
        "Compare the packet set in the DTU with this connection's registration.",
    ),
    "refused": Text(
        "{where} 拒绝连接：主机在线，但该端口无服务。请检查端口号，并确认设备的通信服务已启用。",
        "{where} refuses connections: the host is there, but nothing listens on that port. "
        "Check the port number, and that the device's server is switched on.",
    ),
    "unreachable": Text(
        "无法到达 {where}{detail}。请检查设备电源、网线、IP 地址和网段。",
        "{where} cannot be reached{detail}. Check the device's power, the cable, its address and subnet.",
    ),
    "lost": Text(
        "与 {where} 的连接中断{detail}，正在自动重连。若反复发生，请检查网线、交换机和设备负荷。",
        "The connection to {where} broke{detail}; it is being made anew. "
        "If it happens again and again, check cable, switch and the device's load.",
    ),
    "silent": Text(
        "{where} 已连接，但没有任何设备应答。请检查从站地址；串口线路再查波特率、校验位和接线（A/B 极性）。",
        "{where} is connected, but nothing behind it answers. "
        "Check unit ids; on a serial line also baud rate, parity and wiring (A/B polarity).",
    ),
    "silent-tcp": Text(
        "{where} 已连接，但从来没有收到应答。请检查从站地址；若它是透传的串口服务器（RTU over TCP），"
        "请改用 modbus-rtu-tcp（probe 用 --rtu-tcp）；若是 Modbus 网关，再查其串口参数和接线（A/B 极性）。",
        "{where} is connected, but nothing ever came from it. Check unit ids. If it is a transparent serial "
        "server (RTU over TCP), use modbus-rtu-tcp (probe: --rtu-tcp); if it is a gateway, check baud rate, "
        "parity and wiring (A/B polarity) of its line.",
    ),
    "silent-rtu-tcp": Text(
        "{where} 已连接，但从来没有收到应答。请检查从站地址、串口服务器的波特率、校验位和接线（A/B 极性）；"
        "若它是 Modbus TCP 设备或网关，请改用 modbus-tcp（probe 用 --tcp）。",
        "{where} is connected, but nothing ever came from it. Check unit ids, and baud rate, parity and "
        "wiring (A/B polarity) of the serial server. If it is a Modbus TCP device or gateway, use modbus-tcp "
        "(probe: --tcp).",
    ),
    "lost-rtu-tcp": Text(
        "{where} 没有应答就挂断了连接{detail}。它可能是 Modbus TCP 设备或网关，而不是透传的串口服务器："
        "若是，请改用 modbus-tcp（probe 用 --tcp）；否则请检查网线、交换机和串口服务器的连接数。",
        "{where} hung up without an answer{detail}. It may be a Modbus TCP device or gateway, and no "
        "transparent serial server: if so, use modbus-tcp (probe: --tcp). Else check cable, switch, and how "
        "many connections the serial server allows.",
    ),
    "unfit": Text(
        "{where} 已连接，但收到的应答都与请求不符{detail}，数据未采用。请检查是否有两台设备地址相同、"
        "协议（RTU 或 TCP）和串口参数是否一致、接线是否受干扰。",
        "{where} is connected, but no answer fits its request{detail}; none is used. "
        "Look for two devices with one address, compare protocol (RTU or TCP) and line settings, "
        "and look for interference.",
    ),
    "session-refused": Text(
        "OPC UA 服务器 {where} 拒绝会话{detail}。请检查端点地址、安全策略、证书信任和用户名密码。",
        "OPC UA server {where} refuses the session{detail}. "
        "Check the endpoint, the security policy, that it trusts our certificate, and user and password.",
    ),
    "no-reply": Text(
        "从站 {unit_id} 在 {timeout_s:.3g} 秒内无应答。请检查其电源、地址和接线。",
        "Unit {unit_id} did not answer in {timeout_s:.3g} s. Check its power, its address and the wiring.",
    ),
    "exception-reply": Text(
        "从站 {unit_id} 返回异常码 {exception_code}（{meaning}）。请对照设备手册检查寄存器地址和功能码。",
        "Unit {unit_id} answered with exception {exception_code} ({meaning}). "
        "Compare table and addresses with the device's manual.",
    ),
    "wrong-reply": Text(
        "从站 {unit_id} 的应答与请求不符（请求 {asked}，收到 {got}），数据未采用。"
        "请检查地址是否重复、接线是否受干扰。",
        "Unit {unit_id} gave an answer that does not fit (asked {asked}, got {got}); it is not used. "
        "Look for two devices with one address, and for interference on the line.",
    ),
}

_ONCE: Final = {
    "lost": Text(
        "与 {where} 的连接中断{detail}。可能是设备不接受这个请求而挂断，也请检查网线、交换机和设备负荷。",
        "The connection to {where} broke{detail}. The device may hang up on what it was asked; "
        "check cable, switch and its load as well.",
    ),
}
"""To people at a terminal, where nobody tries again."""

_NOTES: Final[dict[str, Text]] = {**MODBUS_NOTES, **MISFITS, **UNIT_NOTES, **OPCUA_NOTES}


def describe_note(note: Note) -> Text:
    """Return what a driver noticed, and what to do about it, in Chinese and English."""
    words = _NOTES[note.code]
    code = int(note.fields.get("exception_code", 0))
    meaning, mend = MEANINGS.get(code, UNKNOWN), MENDS.get(code, ASK_MANUAL)
    return Text(
        words.zh.format_map({**note.fields, "meaning": meaning.zh, "mend": mend.zh}),
        words.en.format_map({**note.fields, "meaning": meaning.en, "mend": mend.en}),
    )


def describe(fault: LinkFault | UnitFault, *, is_retried: bool = True) -> Text:
    """Return what happened and how to mend it, in Chinese and English."""
    code = getattr(fault, "words", "") or fault.code
    words = _WORDS[code] if is_retried else _ONCE.get(code, _WORDS[code])
    fields: dict[str, Any] = {**vars(fault), **getattr(fault, "fields", {})}
    of = {lang: {name: _in(lang, value) for name, value in fields.items()} for lang in ("zh", "en")}
    detail = fields.get("detail")
    zh, en = (f"（{detail}）", f" ({detail})") if detail else ("", "")
    code = fault.exception_code if isinstance(fault, ExceptionReply) else 0
    meaning = MEANINGS.get(code, UNKNOWN)
    return Text(
        words.zh.format_map({**of["zh"], "detail": zh, "meaning": meaning.zh}),
        words.en.format_map({**of["en"], "detail": en, "meaning": meaning.en}),
    )


def _in(language: str, value: object) -> object:
    """Return a field as it stands in a sentence: some are words themselves."""
    return getattr(value, language) if isinstance(value, Text) else value
