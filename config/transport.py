"""The ways to a platform, as they are written: ministry HTTPS with SM4, MQTT, HJ 212 over TCP."""

from string import Formatter
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.base import Interval, Matching, Part
from config.fault import Objection

TOPIC_PLACES: Final = {"plant", "lane"}


class Sm4(Part):
    """The key and initial vector issued by the department: 32 hexadecimal digits each."""

    key: str = Field(description="SM4 密钥，写 ${credential:名称} / key, as ${credential:name}")
    iv: str = Field(description="SM4 初始向量（盐），写 ${credential:名称} / initial vector")


class Tls(Part):
    """Which certificate authority is trusted; absent means the system's own."""

    ca: str | None = Field(None, description="CA 证书文件 / file of the authority's certificate")


class MinistryHttp(Part):
    """The ministry's envelope over HTTPS (appid, SM4 ciphertext, header appsecret)."""

    url: Annotated[str, Matching(r"^https?://[^\s/]", "url-wrong")] = Field(
        description="平台接口地址 / address of the platform"
    )
    appid: str = Field(min_length=1, description="平台分配的 appId / issued by the platform")
    appsecret: str = Field(description="平台分配的 appSecret，写 ${credential:名称} / as ${credential:name}")
    sm4: Sm4
    tls: Tls = Tls()
    timeout: Interval = Field(10.0, description="应答超时 / how long an answer may take")


def _topic(value: str) -> str:
    try:
        places = {place for _, place, _, _ in Formatter().parse(value) if place is not None}
    except ValueError:  # a brace without its partner
        places = {value}
    if not places <= TOPIC_PLACES or any(wildcard in value for wildcard in "#+"):
        raise Objection("topic-malformed", value=value)
    return value


class Mqtt(Part):
    """An MQTT 5 broker."""

    host: str = Field(min_length=1, description="服务器地址 / address of the broker")
    port: int = Field(8883, ge=1, le=65535, description="端口；8883 为 TLS / port; 8883 is TLS")
    tls: Tls | None = Field(None, description="写了就加密 / given: the connection is encrypted")
    username: str | None = Field(None, description="用户名 / user name")
    password: str | None = Field(None, description="密码，写 ${credential:名称} / as ${credential:name}")
    topic: Annotated[str, AfterValidator(_topic)] = Field(
        "edge/{plant}/{lane}", description="主题 / topic; {plant} and {lane} are filled in"
    )
    timeout: Interval = Field(10.0, description="应答超时 / how long an acknowledgement may take")
    window: int = Field(20, ge=1, le=100, description="同时在途的消息数 / messages in flight at once")


class Hj212(Part):
    """A platform that speaks HJ 212-2017 over TCP, as for on-line monitoring of emissions."""

    host: str = Field(min_length=1, description="平台地址 / address of the platform")
    port: int = Field(ge=1, le=65535, description="端口 / port")
    mn: Annotated[str, Matching(r"^[0-9A-Za-z]{1,24}$", "hj212-mn-wrong")] = Field(
        description="设备唯一标识 MN，平台分配 / identity of the station, issued by the platform"
    )
    st: Annotated[str, Matching(r"^[0-9]{2}$", "hj212-st-wrong")] = Field(
        description='系统编码 ST，平台指定，加引号 / kind of system, told by the platform, e.g. "31"'
    )
    password: str = Field(
        description="访问密码 PW，6 位数字，写 ${credential:名称} / six digits, as ${credential:name}"
    )
    timeout: Interval = Field(10.0, description="应答超时 OverTime / how long an acknowledgement may take")
    retries: int = Field(3, ge=0, le=10, description="重发次数 ReCount / how often a frame is sent again")
    heartbeat_frame: bool = Field(
        False,
        description="发送心跳命令 9015（2017 版未见依据） / send command 9015 as a heartbeat (unverified)",
    )


Transport = MinistryHttp | Mqtt | Hj212
