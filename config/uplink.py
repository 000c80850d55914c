"""Where readings and alarms go: ministry HTTPS with SM4, or MQTT."""

from string import Formatter
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Interval, Matching, Part, Seconds
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


class Uplink(Part):
    """One destination, what it gets and how it is reached."""

    ministry_http: MinistryHttp | None = Field(None, alias="ministry-http")
    mqtt: Mqtt | None = None
    layout: Literal["ministry-sample", "plain-json"] = Field(
        "plain-json", description="报文格式；ministry-sample 为自拟样例 / shape of a message; both are ours"
    )
    codes: str | None = Field(
        None, description="编码表（CSV，放在本文件旁）：测点,编码 / CSV beside this file: point, code"
    )
    readings: Literal["all"] = Field("all", description="上报哪些读数；本版本只有 all / this version: all")
    heartbeat: Interval = Field(60.0, description="心跳间隔 / how often a heartbeat is sent")
    reconnect_spread: Seconds = Field(
        60.0, description="重连随机分散的时间 / reconnecting is spread over this time"
    )
    max_backlog: Interval | None = Field(
        None, description="积压多久以前的读数不再补传 / unsent readings older than this are given up"
    )
    formerly: str | None = Field(
        None, description="改名前的名称，积压和编号接续 / its name before; backlog and numbers go on"
    )
    absent: str | None = Field(None, description="停用原因，只能由覆盖文件写 / set by an overlay only")

    @model_validator(mode="after")
    def _exactly_one_transport(self) -> Self:
        if (self.ministry_http is None) == (self.mqtt is None):
            raise Objection("uplink-transports")
        return self

    @property
    def transport(self) -> MinistryHttp | Mqtt:
        """The one transport that is given."""
        transport = self.ministry_http or self.mqtt
        assert transport is not None
        return transport
