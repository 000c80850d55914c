"""Where readings and alarms go: ministry HTTPS with SM4, or MQTT."""

from typing import Literal

from pydantic import Field

from config.base import Part, Seconds


class Sm4(Part):
    """The key and initial vector issued by the department: 32 hexadecimal digits each."""

    key: str
    iv: str


class Tls(Part):
    """Which certificate authority is trusted; absent means the system's own."""

    ca: str | None = None


class MinistryHttp(Part):
    """The ministry's envelope over HTTPS (appid, SM4 ciphertext, header appsecret)."""

    url: str = Field(pattern=r"^https?://")
    appid: str
    appsecret: str
    sm4: Sm4
    tls: Tls = Tls()
    timeout: Seconds = 10.0


class Mqtt(Part):
    """An MQTT 5 broker."""

    host: str
    port: int = Field(8883, ge=1, le=65535)
    tls: Tls | None = None
    username: str | None = None
    password: str | None = None
    topic: str = "edge/{plant}/{lane}"
    timeout: Seconds = 10.0
    window: int = Field(20, ge=1, le=100)


class Uplink(Part):
    """One destination, what it gets and how it is reached."""

    ministry_http: MinistryHttp | None = Field(None, alias="ministry-http")
    mqtt: Mqtt | None = None
    layout: Literal["ministry-sample", "plain-json"] = "plain-json"
    codes: str | None = None  # CSV beside the plant file: point id, external code
    readings: Literal["all"] = "all"
    heartbeat: Seconds = 60.0
    reconnect_spread: Seconds = 60.0
    absent: str | None = None  # reason; set by an overlay only

    @property
    def transport(self) -> MinistryHttp | Mqtt:
        """The one transport that is given (config refused none and two)."""
        transport = self.ministry_http or self.mqtt
        assert transport is not None
        return transport
