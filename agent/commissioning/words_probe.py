"""What `edge-agent probe` says to people, in Chinese and English."""

from agent.commissioning.candidates import Setting, ranges
from agent.commissioning.listening import Heard
from config.model import Text


def how_long(seconds: float) -> Text:
    """A duration, rounded as people say it."""
    if seconds < 90:
        return Text(f"{max(1, round(seconds))} 秒", f"{max(1, round(seconds))} s")
    return Text(f"{round(seconds / 60)} 分钟", f"{round(seconds / 60)} min")


def listening(seconds: float) -> Text:
    """Before anything is sent."""
    return Text(
        f"先听 {seconds:g} 秒，看线上有没有别的主站", f"listening for {seconds:g} s for another master"
    )


def listening_on(seconds: float) -> Text:
    """Bytes were heard that make no frames: other settings are tried, still without sending."""
    longest = how_long(seconds)
    return Text(
        f"线上有字节但读不出报文，换其他参数再听，最长 {longest.zh}",
        f"bytes are heard that make no frames: listening at other settings, {longest.en} at most",
    )


def other_master(heard: Heard) -> Text:
    """Another master was understood."""
    asks = [(unit, ", ".join(map(str, functions))) for unit, functions in heard.asks]
    zh = "；".join(f"站号 {unit}（功能码 {functions}）" for unit, functions in asks)
    en = "; ".join(f"unit {unit} (functions {functions})" for unit, functions in asks)
    return Text(
        f"线上已有主站在通信，参数 {heard.setting}，它在询问：{zh}。我们再发请求会打断它，"
        "所以什么也没有发。先停下它；确认它可以被打断时，加 --line-is-mine",
        f"another master talks on this line, at {heard.setting}, and asks {en}. Requests of ours would "
        "destroy its frames, so nothing was sent. Stop it first; if it may be disturbed, add --line-is-mine",
    )


def unasked(heard: Heard) -> Text:
    """Units were understood, and nobody who asks them."""
    units = ranges(list(heard.answered))
    return Text(
        f"听到站号 {units} 的完整应答报文（参数 {heard.setting}），却没有听到谁在询问：设备处于主动上传模式，"
        "请改为被动（应答）模式；也可能另有主站，但它的发送线没有接到这里。什么也没有发；"
        "确认可以发请求时，加 --line-is-mine",
        f"whole answers of unit {units} were heard at {heard.setting}, and nobody who asks for them: the "
        "device sends by itself (active mode), so set it to answer only when asked. Or there is another "
        "master whose sending pair is not connected here. Nothing was sent; if you may ask, add "
        "--line-is-mine",
    )


def unknown_talk(received: int, setting: Setting | None) -> Text:
    """Bytes were heard and not understood; `setting` is given where no other was listened at."""
    if setting is not None:
        return Text(
            f"听到 {received} 个字节，但按 {setting} 读不出报文：可能有别的主站（参数不同），"
            "也可能是干扰或接线问题，所以什么也没有发。确认线上没有别的主站时，加 --line-is-mine",
            f"{received} bytes were heard that make no frames at {setting}: another master at other "
            "settings, or noise, or bad wiring; nothing was sent. If there is no other master, add "
            "--line-is-mine",
        )
    return Text(
        f"听到 {received} 个字节，但哪种参数都读不出报文：可能有别的主站，也可能是干扰或接线问题，"
        "所以什么也没有发。确认线上没有别的主站时，加 --line-is-mine",
        f"{received} bytes were heard that make no frames at any setting: another master, or noise, or bad "
        "wiring; nothing was sent. If there is no other master, add --line-is-mine",
    )


def line_plan(settings: int, units: str, usual_s: float, longest_s: float) -> Text:
    """What is to be tried, and how long it takes."""
    usual, longest = how_long(usual_s), how_long(longest_s)
    return Text(
        f"将试 {settings} 种串口参数、站号 {units}：有设备应答约 {usual.zh}，全无应答最长 {longest.zh}。"
        "只读不写；按 Ctrl-C 可随时结束并列出已找到的",
        f"{settings} line settings and units {units} will be tried: about {usual.en} if a device answers, "
        f"{longest.en} if none does. Only reads; Ctrl-C ends it and lists what was found",
    )


def unit_plan(units: str, longest_s: float) -> Text:
    """Which units are to be asked, and how long it takes."""
    longest = how_long(longest_s)
    return Text(
        f"将询问站号 {units}，最长 {longest.zh}。只读不写；按 Ctrl-C 可随时结束并列出已找到的",
        f"units {units} will be asked, {longest.en} at most. Only reads; Ctrl-C ends it and lists what was "
        "found",
    )


def trying(setting: str) -> Text:
    """A setting of the line is tried."""
    return Text(f"参数 {setting}", f"setting {setting}")


def answered(unit_id: str) -> Text:
    """A unit answered."""
    return Text(f"站号 {unit_id} 有应答", f"unit {unit_id} answers")


def nobody() -> Text:
    """Nobody answered at all."""
    return Text(
        "没有任何设备应答。请检查：电源；A/B 是否接反；终端电阻；设备是否为 Modbus RTU 且在被动模式；"
        "再试 --table input、--stopbits 2，或更长的 --timeout 1",
        "nobody answered. Check power, A/B polarity and termination, and that the device speaks Modbus RTU "
        "and waits to be asked; then try --table input, --stopbits 2, or a longer --timeout 1",
    )


def illegible(settings: tuple[Setting, ...]) -> Text:
    """Something came, and could not be read."""
    named = ", ".join(map(str, settings))
    return Text(
        f"在 {named} 下收到了字节但读不出来：附近有设备，参数不对，或同一站号有两台设备",
        f"at {named} bytes came that could not be read: a device is there with other settings, or two "
        "share an id",
    )


def ignores_ids() -> Text:
    """A TCP device answers to every unit id."""
    return Text(
        "该设备对任何站号都应答（站号不起作用），配置里写 unit: 1 即可",
        "the device answers to every unit id, so the id is of no matter: write unit: 1",
    )


def broke_off(unit_id: int) -> Text:
    """The connection broke while units were looked for."""
    return Text(
        f"询问站号 {unit_id} 时连接中断，其后的站号没有问；以下是之前找到的。其余可用 --units 另行询问",
        f"the connection broke when unit {unit_id} was asked, and no unit after it was; this is what was "
        "found before. Ask the others apart by --units",
    )


def hangs_up_on_identification() -> Text:
    """The connection broke at function 43/14."""
    return Text(
        "询问设备识别（功能码 43/14）时对方挂断了连接：该设备不支持设备识别，这不是故障，不影响采集",
        "the device hung up when it was asked what it is (function 43/14): it does not know that question. "
        "That is no fault and of no matter for polling",
    )


def stopped(*, has_found: bool) -> Text:
    """The scan was ended by hand."""
    if not has_found:
        return Text("已按 Ctrl-C 结束，还什么也没有找到", "ended by Ctrl-C; nothing was found so far")
    return Text("已按 Ctrl-C 结束，以下是已找到的", "ended by Ctrl-C; this is what was found so far")


def found_line(setting: Setting) -> Text:
    """The line's setting is known."""
    return Text(f"串口参数：{setting}", f"the line's setting: {setting}")


def ambiguous_registers(text: str, table: str, first: int) -> Text:
    """The addresses may be in the 40001 style or on the wire."""
    return Text(
        f"{text} 有两种读法：40001 式，即 {table} 区的报文地址 {first}；或报文地址 {text}。"
        "写 --address-base modicon 或 --address-base 0",
        f"{text} can be read in two ways: in the 40001 style it is address {first} of the table {table}, on "
        f"the wire it is address {text}; say --address-base modicon or --address-base 0",
    )


def no_numbers(option: str, text: str, least: int, most: int) -> Text:
    """What stands behind an option is no list of numbers, or one lies outside."""
    return Text(
        f"{option} {text} 不行；请写 {least} 到 {most} 的整数，例如 1-16,32（从小到大）",
        f"{option} {text} will not do; write whole numbers from {least} to {most}, such as 1-16,32, each "
        "range upwards",
    )


def no_registers(text: str) -> Text:
    """What stands behind --registers is no list of addresses of one table."""
    return Text(
        f"--registers {text} 不是同一寄存器区的地址；请写 0-63、0-15,32 或 0x0100-0x011F（最大 65535）；"
        "40001 式加 --address-base modicon，且与 --table 一致",
        f"--registers {text} are no addresses of one table; write 0-63, 0-15,32 or 0x0100-0x011F, 65535 at "
        "most; for the 40001 style add --address-base modicon, with the --table that they name",
    )


def silent_unit(unit_id: int) -> Text:
    """The unit whose registers were to be read does not answer."""
    return Text(
        f"站号 {unit_id} 没有应答。先用 probe 不带 --registers 查找站号和参数",
        f"unit {unit_id} does not answer; find ids and settings by probe without --registers first",
    )


def missing(addresses: list[int]) -> Text:
    """Registers that the device does not have."""
    return Text(f"设备没有这些地址：{ranges(addresses)}", f"the device does not have {ranges(addresses)}")


def legend() -> Text:
    """How the table of readings is to be read."""
    return Text(
        "带 * 的是像仪表数值的读法，仅供判断，请与现场显示核对。"
        "地址 = 报文地址（从 0 起），括号内为 40001 式",
        "* marks what looks like an instrument's value: a hint only, compare with the display on site. "
        "Address = on the wire, from 0; in brackets the 40001 style",
    )


def float_guess(order: str, parity: int, likely: int, pairs: int) -> Text:
    """How floats seem to lie."""
    zh, en = ("偶", "even") if parity == 0 else ("奇", "odd")
    return Text(
        f"浮点数最可能的字序：{order}，从{zh}数地址起（{pairs} 对中 {likely} 对合理）",
        f"the floats' likely byte order: {order}, beginning at {en} addresses ({likely} of {pairs} pairs "
        "make sense)",
    )


def text_found(first: int, last: int, text: str, other: str) -> Text:
    """Characters in registers; `other`: with the bytes of each register in reverse."""
    zh = f"，字节对调则为“{other}”" if other else ""
    en = f", with bytes reversed {other!r}" if other else ""
    return Text(
        f"地址 {first}–{last} 像文字“{text}”{zh}",
        f"addresses {first} to {last} look like text: {text!r}{en}",
    )


def double_found(first: int, order: str, value: float) -> Text:
    """A float64."""
    return Text(
        f"地址 {first}–{first + 3} 像 float64（{order}）：{value:.7g}",
        f"addresses {first} to {first + 3} look like float64 ({order}): {value:.7g}",
    )


def which_line() -> Text:
    """Neither a port nor an address was given, or several."""
    return Text(
        "请写 --serial、--tcp、--rtu-tcp 之一；看寄存器再加 --unit 和 --registers",
        "give one of --serial, --tcp and --rtu-tcp; to look at registers, --unit and --registers as well",
    )


def at_once(most: int) -> Text:
    """So many addresses cannot be read at once."""
    return Text(f"--at-once 请写 1 到 {most}", f"write 1 to {most} behind --at-once")


def not_among(text: str, known: tuple[str, ...]) -> Text:
    """A setting that no line has."""
    names = ", ".join(known)
    return Text(f"“{text}”不行；可以写 {names}，用逗号隔开", f"'{text}' will not do; there are {names}")


def one_setting() -> Text:
    """Registers can be read under one setting only."""
    return Text(
        "看寄存器时 --baud 和 --parity 各写一个；还不知道参数时，先不带 --registers 查找",
        "to look at registers give one --baud and one --parity; find them without --registers first",
    )
