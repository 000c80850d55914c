"""What the commands `edge-agent opcua …` say to people."""

from typing import Final

from config.model import Text

ANY_SERVER: Final = "OPC UA"
"""Stands for the server in a sentence about our own certificate."""

FILE: Final = "文件 / file"
FINGERPRINT: Final = "SHA-256"
APPLICATION_URI: Final = "应用 URI / application URI"
SUBJECT: Final = "主体 / subject"
HOSTS: Final = "主机 / hosts"
VALID: Final = "有效期 / valid"
CONNECTION: Final = "连接 / connection"


def certificate_made() -> Text:
    """A new certificate of our own."""
    return Text("已生成本机的 OPC UA 证书：", "made our OPC UA certificate:")


def certificate_there() -> Text:
    """There is one already."""
    return Text(
        "本机已有 OPC UA 证书（用 --force 替换，替换后须在每台服务器上重新信任）：",
        "there is an OPC UA certificate already (--force replaces it; then every server must trust it anew):",
    )


def hand_over(path: str) -> Text:
    """What to do at the server."""
    return Text(
        f"请在每台 OPC UA 服务器上信任 {path}：导入该文件，或连接一次后在服务器的“已拒绝”列表中接受；"
        "务必核对指纹。然后用 edge-agent opcua trust 信任服务器的证书。",
        f"have {path} trusted at every OPC UA server: import the file, or connect once and accept it from "
        "its rejected ones; compare the fingerprint. Then trust the server's certificate by "
        "edge-agent opcua trust.",
    )


def not_written(path: str, detail: str) -> Text:
    """A file in the state folder cannot be written."""
    return Text(
        f"{path} 无法写入（{detail}）：请用 sudo 运行，或用 --state 指定可写的目录",
        f"{path} cannot be written ({detail}): run it with sudo, or name a folder with --state",
    )


def which_connection() -> Text:
    """Neither plant file and connection nor an address."""
    return Text(
        "请写明配置文件和连接编号，例如 plant.yaml furnace",
        "name the plant file and the connection, e.g. plant.yaml furnace",
    )


def no_such_connection(name: str, near: str | None, known: tuple[str, ...]) -> Text:
    """The plant file has no OPC UA connection of this name."""
    names = ", ".join(known) or "–"
    zh, en = (f"是不是要写“{near}”？", f"did you mean '{near}'? ") if near else ("", "")
    return Text(
        f"没有名为“{name}”的 OPC UA 连接；{zh}已有：{names}",
        f"there is no OPC UA connection '{name}'; {en}there are: {names}",
    )


def server_shows(where: str) -> Text:
    """The server's certificate follows."""
    return Text(f"服务器 {where} 出示的证书：", f"{where} shows this certificate:")


def already_trusted() -> Text:
    """Nothing to do."""
    return Text("该证书已被信任。", "it is trusted already.")


def compare() -> Text:
    """What stands behind the answer."""
    return Text(
        "请与服务器自身显示的指纹（现场或其管理软件中）核对，不要只看这里。",
        "Compare the fingerprint with what the server itself shows, at the machine or in its own tool.",
    )


def question() -> Text:
    """The question itself."""
    return Text("信任它吗？输入 yes 确认", "trust it? type yes to confirm")


def needs_answer() -> Text:
    """Nobody can be asked."""
    return Text(
        "没有终端可以询问：核对指纹后请加 --fingerprint 指纹，或 --yes",
        "nobody is there to ask: compare the fingerprint, then add --fingerprint SHA256, or --yes",
    )


def not_trusted() -> Text:
    """The answer was no."""
    return Text("未信任。", "not trusted.")


def other_fingerprint(wanted: str) -> Text:
    """It is not the certificate that was named."""
    return Text(
        f"服务器出示的不是指纹为 {wanted} 的证书，未信任：可能有人冒充，请向服务器管理员核对",
        f"the server does not show the certificate {wanted}, so it is not trusted: somebody may stand in "
        "between, ask the server's owner",
    )


def trusted(path: str) -> Text:
    """Done."""
    return Text(f"已信任，保存为 {path}。", f"trusted, kept as {path}.")


def taken_up() -> Text:
    """Nothing else is in the way."""
    return Text("正在运行的网关几秒内自动采用。", "A running agent takes it up within seconds.")


def still_refused() -> Text:
    """Trust alone is not enough; what is wrong follows."""
    return Text(
        "但网关仍不会连接，直到以下问题解决：",
        "but the agent still does not connect, until this is mended:",
    )


def older_trusted(fingerprint: str, connection: str) -> Text:
    """A certificate that the server no longer shows is trusted still."""
    remove = f"edge-agent opcua trust {connection} --remove {fingerprint}"
    return Text(
        f"原来的证书 {fingerprint} 仍被信任；服务器确已更换证书时，请取消：{remove}",
        f"the certificate {fingerprint} is still trusted as well; if the server has really changed its own, "
        f"take that back: {remove}",
    )


def older_named(file: str) -> Text:
    """The plant file names another certificate."""
    return Text(
        f"配置文件 trusted 指定的 {file} 是另一张证书，仍被信任；服务器确已更换证书时，请换掉或删去它",
        f"{file}, which the plant file names under trusted, is another certificate and still trusted; if the "
        "server has really changed its own, replace it or take it out",
    )


def needs_changed() -> Text:
    """--yes does not do for another certificate than the trusted one."""
    return Text(
        "服务器出示的不是原来信任的证书，只写 --yes 不够：请向服务器管理员核对指纹，再加 --fingerprint 指纹，"
        "或 --yes --changed",
        "the server does not show the certificate that is trusted, and --yes alone does not accept another: "
        "compare the fingerprint with the server's owner, then add --fingerprint SHA256, or --yes --changed",
    )


def none_trusted() -> Text:
    """An empty list."""
    return Text("尚未信任任何服务器证书。", "no server certificate is trusted yet.")


def removed(path: str) -> Text:
    """Trust was taken back."""
    return Text(
        f"已取消信任，删除了 {path}。现有连接断开后才生效；要立即生效请重启网关。",
        f"no longer trusted, {path} is deleted. It counts from the next connection on; restart the agent to "
        "have it count now.",
    )


def not_among_trusted(fingerprint: str) -> Text:
    """Nothing of this fingerprint."""
    return Text(
        f"没有指纹以 {fingerprint} 开头的已信任证书；可用 --list 查看",
        f"no trusted certificate's fingerprint begins with {fingerprint}; see --list",
    )


def ambiguous(fingerprint: str) -> Text:
    """Several of this fingerprint."""
    return Text(
        f"有多个已信任证书的指纹以 {fingerprint} 开头；请写得更长，或加上连接编号",
        f"several trusted fingerprints begin with {fingerprint}; write more of it, or add the connection",
    )


def no_host(text: str) -> Text:
    """No host name that may stand in a certificate."""
    return Text(
        f"“{text}”不是主机名；请写字母、数字、点、连字符，或 IP 地址，例如 gateway-7 或 192.168.10.5",
        f"'{text}' is no host name; write letters, digits, dots and hyphens, or an IP address, such as "
        "gateway-7 or 192.168.10.5",
    )
