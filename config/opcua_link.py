"""How an OPC UA server is reached: endpoint, security, user, and how its values are asked for."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Interval, Matching, Part, host_and_port
from config.fault import Objection

Security = Literal[
    "None",
    "Basic256Sha256/Sign",
    "Basic256Sha256/SignAndEncrypt",
    "Aes128Sha256RsaOaep/Sign",
    "Aes128Sha256RsaOaep/SignAndEncrypt",
    "Aes256Sha256RsaPss/Sign",
    "Aes256Sha256RsaPss/SignAndEncrypt",
]
"""Policy and mode. Basic128Rsa15 and Basic256 are left out: the specification withdrew them (SHA-1)."""


def _without_user(endpoint: str) -> str:
    if "@" in endpoint.removeprefix("opc.tcp://").partition("/")[0]:
        raise Objection("endpoint-with-user")
    return endpoint


class OpcUaUser(Part):
    """Who we are to the server: a name with its password, or a certificate with its key."""

    name: str | None = Field(None, min_length=1, description="用户名 / user name")
    password: str | None = Field(None, description="密码，写 ${credential:名称} / as ${credential:name}")
    certificate: str | None = Field(
        None, description="用户证书文件，放在本文件旁 / file of the user's certificate, beside this file"
    )
    key: str | None = Field(
        None, description="证书的私钥（PEM），写 ${credential:名称} / its key (PEM), as ${credential:name}"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = {key for key in ("name", "password", "certificate", "key") if getattr(self, key) is not None}
        if given not in ({"name", "password"}, {"certificate", "key"}):
            raise Objection("opcua-user-incomplete")
        return self


class OpcUa(Part):
    """An OPC UA server."""

    endpoint: Annotated[
        str,
        Matching(r"^opc\.tcp://[^\s/]", "endpoint-wrong"),
        AfterValidator(_without_user),
        host_and_port("endpoint-wrong"),
    ] = Field(
        description="服务器地址 / address of the server",
        examples=["opc.tcp://192.168.10.30:4840"],
    )
    security: Security = Field("None", description="安全策略/模式 / policy and mode")
    user: OpcUaUser | None = Field(None, description="登录用户，缺省匿名 / who logs in; nobody by default")
    trusted: str | None = Field(
        None,
        description="信任的服务器证书文件（放在本文件旁），另有 opcua trust / a server certificate to trust",
    )
    certificate_host: str | None = Field(
        None,
        min_length=1,
        description="证书中的主机名，与 endpoint 不同时填写 / the host name in its certificate",
    )
    mode: Literal["subscribe", "poll"] = Field("subscribe", description="订阅或轮询 / subscribe or poll")
    publishing_interval: Interval = Field(0.5, description="发布间隔 / how often the server reports")
    sampling_interval: Interval | None = Field(
        None, description="采样间隔，缺省为测点周期 / how often it samples; by default a point's period"
    )
    queue_size: int = Field(10, ge=1, le=1000, description="每点队列长度 / samples queued per point")
    deadband_percent: float | None = Field(
        None, ge=0, lt=100, description="死区，占量程的百分比 / deadband in percent of the measuring range"
    )
    timeout: Interval = Field(4.0, description="请求超时 / how long an answer may take")
    silence: Interval = Field(
        10.0, description="多久没有消息就重建订阅 / silent for so long: the subscription is made anew"
    )
    max_clock_skew: Interval = Field(
        300.0, description="时钟偏差超过此值，其时间不采信 / beyond, the server's times are not believed"
    )

    @property
    def policy(self) -> str:
        """The security policy, e.g. `Basic256Sha256` or `None`."""
        return self.security.partition("/")[0]

    @property
    def is_secured(self) -> bool:
        """Whether messages are signed."""
        return self.security != "None"

    @property
    def encrypts(self) -> bool:
        """Whether messages are encrypted too."""
        return self.security.endswith("/SignAndEncrypt")
