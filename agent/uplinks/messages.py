"""What uplinks say to people when something does not go through, with the mend."""

from collections.abc import Sequence
from typing import Final

from config.model import Text

BOTH: Final = " / "
"""Between a reason in Chinese and in English, which the store keeps as one text."""


def as_stored(reason: Text) -> str:
    """Return why a message is set aside, as the store keeps it."""
    return f"{reason.zh}{BOTH}{reason.en}"


def from_store(reason: str) -> Text:
    """Read it; what an older version kept is in English only."""
    zh, _, en = reason.partition(BOTH)
    return Text(zh, en or zh)


def refused(host: str) -> Text:
    """Nothing listens there."""
    return Text(
        f"平台 {host} 拒绝连接：检查地址和端口，或平台是否在运行",
        f"{host} refuses the connection: check address and port, or whether the platform is running",
    )


def unreachable(host: str, detail: str) -> Text:
    """No way there."""
    return Text(
        f"无法到达平台 {host}：检查网线、路由和域名解析（{detail}）",
        f"{host} cannot be reached: check cable, route and DNS ({detail})",
    )


def no_answer(host: str, timeout_s: float) -> Text:
    """Sent, and nothing came back: nobody knows whether it arrived."""
    return Text(
        f"平台 {host} 在 {timeout_s:g} 秒内没有答复，将以同一编号重发",
        f"{host} did not answer within {timeout_s:g} s; sent again under the same id",
    )


def broken(host: str, detail: str) -> Text:
    """The connection broke half-way."""
    return Text(
        f"与平台 {host} 的连接中断（{detail}），将以同一编号重发",
        f"the connection to {host} broke ({detail}); sent again under the same id",
    )


NOT_THE_INTERFACE: Final = Text(
    "检查 url 是否为数据接口的完整地址", "check that url is the whole address of the data interface"
)
ELSEWHERE: Final = Text(
    "被转到别处：检查 url（http 还是 https、完整路径），或途中有上网认证页",
    "it sends us elsewhere: check url (http or https, the whole path), and look for a login page in between",
)
IN_TROUBLE: Final = Text(
    "平台故障或繁忙，持续出现请联系平台方", "it has trouble or is busy; if it lasts, call it"
)


def status(host: str, code: int) -> Text:
    """An HTTP status that says "later"."""
    mend = NOT_THE_INTERFACE if code in (404, 405, 410, 415) else IN_TROUBLE
    mend = ELSEWHERE if code // 100 == 3 else mend
    return Text(
        f"平台 {host} 返回 HTTP {code}，稍后重发：{mend.zh}",
        f"{host} answered HTTP {code}; sent again later: {mend.en}",
    )


def tls_wanted(host: str) -> Text:
    """A port that speaks TLS was spoken to in the clear."""
    return Text(
        f"平台 {host} 的该端口只接受 HTTPS：请把 url 改为 https://",
        f"this port of {host} speaks HTTPS only: write https:// in url",
    )


def unauthorised(host: str, detail: str) -> Text:
    """Who we are was not accepted."""
    return Text(
        f"平台 {host} 不接受本网关的身份（{detail}）：核对 appid、appsecret 或用户名口令",
        f"{host} does not accept this gateway ({detail}): check appid, appsecret, or user and password",
    )


def nonsense(host: str, start: str) -> Text:
    """An answer that is not what a platform of this kind says."""
    return Text(
        f"平台 {host} 的答复无法识别（开头为：{start}）：检查 url 是否指向数据接口",
        f"{host} answers something else (it begins: {start}): check that url names the data interface",
    )


def nothing_said(host: str) -> Text:
    """HTTP 200, and nothing behind it: whether the data was taken nobody said."""
    return Text(
        f"平台 {host} 返回 HTTP 200 但没有内容，无法确认是否收下，将以同一编号重发："
        "请平台方返回业务码，或检查途中的代理",
        f"{host} answered HTTP 200 with nothing in it; whether it took the data is unknown, sent again under "
        "the same id: ask the platform for its business code, or look for a proxy in between",
    )


def business_no(host: str, code: object, message: str) -> Text:
    """HTTP 200, and a business code that says no."""
    return Text(
        f"平台 {host} 不接受该数据（代码 {code}：{message}）",
        f"{host} does not take the data (code {code}: {message})",
    )


def not_now(host: str, code: object, message: str) -> Text:
    """HTTP 200, and a business code of which nobody told whether the data is at fault."""
    return Text(
        f"平台 {host} 未接收（代码 {code}：{message}），将以同一编号重发；若该代码表示数据有误，"
        "请写入报文格式的 answer.refused，问题测点即会被找出并搁置",
        f"{host} did not take it (code {code}: {message}), sent again under the same id; if this code finds "
        "fault with the data, write it under answer.refused of the layout; then the point is set aside",
    )


def taken_unsaid(host: str, code: int) -> Text:
    """HTTP 201, 202 or 204: a success that says nothing of the data."""
    return Text(
        f"平台 {host} 返回 HTTP {code}，没有业务码，无法确认是否收下，将以同一编号重发：请平台方返回业务码；"
        "若结果稍后才有，请在报文格式中写 pending",
        f"{host} answered HTTP {code} without a business code; whether it took the data is unknown, sent "
        "again under the same id: ask for its business code, or, if results come later, write pending in the "
        "layout",
    )


def items_refused(items: str) -> Text:
    """Accepted, but for some items."""
    return Text(
        f"平台拒收以下条目：{items}；数据仍在本地，核对编码表",
        f"the platform refused: {items}; they stay in the store, check codes",
    )


def events_refused(destination: str, count: int, reason: str) -> Text:
    """Events that a platform would not take, named once it takes others."""
    return Text(
        f"平台 {destination} 此前拒收 {count} 条事件报文，其编号列于此，已搁置（{reason}）；"
        "处理后执行 edge-agent quarantine resend",
        f"{destination} had refused {count} messages of events, whose numbers stand here; they are kept back "
        f"({reason}); once mended: edge-agent quarantine resend",
    )


def left_out(destination: str, kinds: str) -> Text:
    """The layout has no word for what a message says, so its number does not go."""
    return Text(
        f"平台 {destination} 的布局没有此类报文（{kinds}），该编号不发送",
        f"the layout of {destination} leaves this out ({kinds}); the number is not sent",
    )


def reading_refused(destination: str, point: str, reason: Text) -> Text:
    """A single reading was refused three times and is kept back."""
    return Text(
        f"平台 {destination} 拒收测点 {point} 的一个读数，已搁置，其余照常（{reason.zh}）；"
        "处理后执行 edge-agent quarantine resend",
        f"{destination} refused a reading of {point}; it is kept back, the rest is sent ({reason.en}); once "
        "mended: edge-agent quarantine resend",
    )


def readings_taken(destination: str, readings: int, points: Sequence[str]) -> Text:
    """Readings that were refused came again with their records, and were not refused."""
    names = ", ".join(points)
    return Text(
        f"平台 {destination} 已收下此前拒收的 {readings} 个读数（{names}）：随所在记录重发送达，不再搁置",
        f"{destination} has taken {readings} readings that it had refused ({names}): they came with their "
        "records, which were sent again, and are kept back no longer",
    )


def point_parked(destination: str, point: str, reason: Text) -> Text:
    """Three readings of a point in a row were refused; it is not sent any more."""
    return Text(
        f"平台 {destination} 连续三次拒收测点 {point}，已停止向其上报该测点，其余照常（{reason.zh}）；"
        "处理后执行 edge-agent quarantine resend",
        f"{destination} refused {point} three times in a row; it is not sent there any more, the rest is "
        f"({reason.en}); once mended: edge-agent quarantine resend",
    )


def record_damaged(which: str) -> Text:
    """A record of the store cannot be read."""
    return Text(
        f"本地存储的记录损坏，已搁置（{which}）；检查存储介质",
        f"a record of the store is damaged and set aside ({which}); check the storage medium",
    )


def catalogue_lost(key: str) -> Text:
    """The list of points that readings name is damaged, and its event is gone too."""
    return Text(
        f"数据所属的测点清单 {key} 已损坏且无法恢复，已搁置；检查存储介质",
        f"the list of points {key} that these readings name is lost, so they are set aside; check the "
        "storage medium",
    )


def too_large(host: str) -> Text:
    """The message must be sent in smaller parts."""
    return Text(f"平台 {host} 认为报文过大，拆分后重发", f"{host} finds the message too large; sent in parts")


def alone_too_large(size_bytes: int) -> Text:
    """One reading, or one record, is too large by itself: there is nothing left to halve."""
    return Text(
        f"报文已拆到只剩一条（{size_bytes} 字节），平台仍认为过大，无法再拆：请平台方放宽报文上限，"
        "并检查途中代理的限制；或在布局中减少每条的字段",
        f"a message with this alone ({size_bytes} bytes) is too large for the platform, and it cannot be "
        "halved any more: ask the platform to take more, look for a limit of a proxy in between, or let "
        "the layout say less of each",
    )


def credential_missing(what: str) -> Text:
    """A secret that the plant file names is not there."""
    return Text(
        f"缺少凭据 {what}：按 systemd/README 放置凭据文件或设置环境变量后重启",
        f"credential {what} is missing: put it in place (systemd/README) or set the variable, then restart",
    )


def key_malformed(which: str) -> Text:
    """The SM4 key or initial vector is not usable."""
    return Text(
        f"sm4.{which} 不可用，应为 32 位十六进制数、16 个字符或 16 字节的 Base64："
        "向发放部门核对凭据，改正后重启",
        f"sm4.{which} cannot be used; it is 32 hexadecimal digits, 16 characters, or 16 bytes as Base64: ask "
        "who issued it, correct the credential, then restart",
    )


def ca_unusable(path: str, detail: str) -> Text:
    """The CA file cannot be read."""
    return Text(
        f"CA 证书文件 {path} 无法读取（{detail}）：核对 tls.ca 的路径、权限和 PEM 格式，然后重启",
        f"the CA file {path} cannot be read ({detail}): check the path under tls.ca, the file's rights "
        "and that it is PEM, then restart",
    )


def certificate_unusable(certificate: str, key: str, detail: str) -> Text:
    """Our own certificate or its key cannot be used."""
    return Text(
        f"客户端证书 {certificate} 或私钥 {key} 无法使用（{detail}）：核对 tls 下的路径和文件权限，"
        "二者须配对、为 PEM 格式且私钥不加口令，然后重启",
        f"the certificate {certificate} or its key {key} cannot be used ({detail}): check paths and rights, "
        "that they belong together, are PEM and without a passphrase, then restart",
    )


def way_taken(destination: str, way: int) -> Text:
    """Something was delivered by another way than before."""
    if way == 0:
        return Text(f"平台 {destination} 已恢复主线路", f"destination {destination}: back on the first way")
    return Text(
        f"平台 {destination} 改用备用线路：请检查主线路",
        f"destination {destination}: on the second way now; look after the first one",
    )
