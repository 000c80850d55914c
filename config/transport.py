"""The ways to a platform, as they are written: ministry HTTPS with SM4, MQTT, HJ 212 over TCP."""

import re
from ipaddress import ip_address
from string import Formatter
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.base import Interval, Matching, Part, host_and_port
from config.fault import Objection
from config.host import Host

TOPIC_PLACES: Final = {"plant", "lane", "kind"}
_INTERFACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,14}")


def is_address(source: str) -> bool:
    """Return whether a source is an IP address; else it is the name of a network interface."""
    try:
        ip_address(source)
    except ValueError:
        return False
    return True


def _source(value: str) -> str:
    looks_like_an_address = re.fullmatch(r"[0-9.]+|.*::.*", value)
    if not is_address(value) and (looks_like_an_address or not _INTERFACE.fullmatch(value)):
        raise Objection("source-wrong", value=value)
    return value


Source = Annotated[str, AfterValidator(_source)]
"""Where connections start from: an address of this machine, or the name of an interface."""

Url = Annotated[str, Matching(r"^https?://[^\s/]", "url-wrong"), host_and_port("url-wrong")]


class Sm4(Part):
    """How the department wants the content encrypted, and the key it issued."""

    key: str = Field(description="SM4 密钥，写 ${credential:名称} / key, as ${credential:name}")
    iv: str | None = Field(None, description="SM4 初始向量（盐），写 ${credential:名称} / initial vector")
    mode: Literal["CBC", "ECB"] = Field("CBC", description="加密模式 / mode of operation")
    encoding: Literal["HEX", "hex", "base64"] = Field(
        "HEX", description="密文编码：大写或小写十六进制、Base64 / how the ciphertext is written"
    )

    @model_validator(mode="after")
    def _vector_fits_the_mode(self) -> Self:
        if self.mode == "CBC" and self.iv is None:
            raise Objection("sm4-iv-missing")
        if self.mode == "ECB" and self.iv is not None:
            raise Objection("sm4-iv-unused")
        return self


class Tls(Part):
    """Which certificate authority is trusted (absent: the system's own), and which certificate we show."""

    ca: str | None = Field(None, description="CA 证书文件 / file of the authority's certificate")
    certificate: str | None = Field(None, description="客户端证书文件（PEM） / file of our own certificate")
    key: str | None = Field(
        None, description="客户端私钥文件，或 ${credential:名称} / file of its key, or ${credential:name}"
    )

    @model_validator(mode="after")
    def _certificate_has_its_key(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise Objection("certificate-without-key")
        return self


class Proxy(Part):
    """An HTTP proxy on the way."""

    url: Annotated[
        str, Matching(r"^http://[^\s/@]+$", "proxy-url-wrong"), host_and_port("proxy-url-wrong")
    ] = Field(description="代理地址 http://主机:端口 / address of the proxy, http://host:port")
    username: str | None = Field(None, description="代理用户名 / user name at the proxy")
    password: str | None = Field(None, description="代理密码，写 ${credential:名称} / as ${credential:name}")


class HttpRoute(Part):
    """Another way to the same platform; what is left out is as on the first."""

    url: Url | None = Field(None, description="备用接口地址 / another address of the platform")
    proxy: Proxy | None = Field(None, description="备用代理 / another proxy")
    source: Source | None = Field(None, description="备用出口 / another source")


class MinistryHttp(Part):
    """The ministry's envelope over HTTPS (appid, SM4 ciphertext, header appsecret)."""

    url: Url = Field(description="平台接口地址 / address of the platform")
    appid: str = Field(min_length=1, description="平台分配的 appId / issued by the platform")
    appsecret: str = Field(description="平台分配的 appSecret，写 ${credential:名称} / as ${credential:name}")
    sm4: Sm4
    tls: Tls = Tls()
    timeout: Interval = Field(10.0, description="应答超时 / how long an answer may take")
    proxy: Proxy | None = Field(None, description="HTTP 代理 / HTTP proxy")
    source: Source | None = Field(
        None, description="出口：本机地址或网口名 / address or interface that connections start from"
    )
    second: HttpRoute | None = Field(
        None, description="备用线路，主线路不通时使用 / used while the first way is down"
    )

    @model_validator(mode="after")
    def _second_way_differs(self) -> Self:
        if self.second == HttpRoute():
            raise Objection("second-route-empty")
        return self


def _topic(value: str) -> str:
    try:
        places = {place for _, place, _, _ in Formatter().parse(value) if place is not None}
    except ValueError:  # a brace without its partner
        places = {value}
    if not places <= TOPIC_PLACES or any(wildcard in value for wildcard in "#+"):
        raise Objection("topic-malformed", value=value)
    return value


MqttVersion = Literal["5", "3.1.1"]


def _version(value: Any) -> Any:
    """YAML reads `5` and `5.0` as numbers."""
    return "5" if value in (5, "5.0") else value


class TcpRoute(Part):
    """Another way to the same platform; what is left out is as on the first."""

    host: Host | None = Field(None, description="备用地址 / another address")
    port: int | None = Field(None, ge=1, le=65535, description="备用端口 / another port")
    source: Source | None = Field(None, description="备用出口 / another source")


class Mqtt(Part):
    """An MQTT broker."""

    host: Host = Field(description="服务器地址 / address of the broker")
    port: int = Field(8883, ge=1, le=65535, description="端口；8883 为 TLS / port; 8883 is TLS")
    version: Annotated[
        MqttVersion,
        BeforeValidator(_version, json_schema_input_type=Literal["5", "3.1.1", 5]),
    ] = Field("5", description="协议版本；3.1.1 看不出拒收 / version; 3.1.1 cannot tell a refusal")
    client_id: str | None = Field(
        None,
        min_length=1,
        description="客户端标识，平台指定时才写 / client id, where the platform issues one",
    )
    tls: Tls | None = Field(None, description="写了就加密 / given: the connection is encrypted")
    username: str | None = Field(None, description="用户名 / user name")
    password: str | None = Field(None, description="密码，写 ${credential:名称} / as ${credential:name}")
    topic: Annotated[str, AfterValidator(_topic)] = Field(
        "edge/{plant}/{lane}", description="主题 / topic; {plant}, {lane} and {kind} are filled in"
    )
    timeout: Interval = Field(10.0, description="应答超时 / how long an acknowledgement may take")
    window: int = Field(20, ge=1, le=100, description="同时在途的消息数 / messages in flight at once")
    source: Source | None = Field(
        None, description="出口：本机地址或网口名 / address or interface that connections start from"
    )
    second: TcpRoute | None = Field(
        None, description="备用线路，主线路不通时使用 / used while the first way is down"
    )

    @model_validator(mode="after")
    def _second_way_differs(self) -> Self:
        if self.second == TcpRoute():
            raise Objection("second-route-empty")
        return self


class Hj212(Part):
    """A platform that speaks HJ 212-2017 over TCP, as for on-line monitoring of emissions."""

    host: Host = Field(description="平台地址 / address of the platform")
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
    source: Source | None = Field(
        None, description="出口：本机地址或网口名 / address or interface that connections start from"
    )
    second: TcpRoute | None = Field(
        None, description="备用线路，主线路不通时使用 / used while the first way is down"
    )

    @model_validator(mode="after")
    def _second_way_differs(self) -> Self:
        if self.second == TcpRoute():
            raise Objection("second-route-empty")
        return self


Transport = MinistryHttp | Mqtt | Hj212
