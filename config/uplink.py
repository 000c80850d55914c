"""Where readings and alarms go, and what a platform gets."""

from typing import Literal, Self

from pydantic import Field, model_validator

from config.base import Interval, Part, Seconds
from config.fault import Objection
from config.layout import Rate
from config.readings import ALL, Readings
from config.transport import Hj212, MinistryHttp, Mqtt, Transport


class Uplink(Part):
    """One destination, what it gets and how it is reached."""

    ministry_http: MinistryHttp | None = Field(None, alias="ministry-http")
    mqtt: Mqtt | None = None
    hj212: Hj212 | None = None
    layout: str | None = Field(
        None,
        min_length=1,
        description="报文格式：自带的名称，或本文件旁的 xxx.yaml / shape of messages: a name, or a file",
    )
    codes: str | None = Field(
        None, description="编码表（CSV，放在本文件旁）：测点,编码 / CSV beside this file: point, code"
    )
    readings: Readings = Field(
        ALL,
        description="上报哪些读数：all，或按变化、按时间窗 / all, on change, or snapshots",
        json_schema_extra={"default": "all"},
    )
    order: Literal["live-first", "in-order"] = Field(
        "live-first",
        description="断线后先报实时还是严格按记录顺序 / after an outage: live first, or as recorded",
    )
    rate: Rate | None = Field(
        None, description="最多报文数，如 60/min；报警不等 / messages in a time; alarms do not wait"
    )
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
        if len(self._given) != 1:
            raise Objection("uplink-transports")
        return self

    @property
    def _given(self) -> list[Transport]:
        return [way for way in (self.ministry_http, self.mqtt, self.hj212) if way is not None]

    @property
    def transport(self) -> Transport:
        """The one transport that is given."""
        return self._given[0]
