"""What a device says of itself, as a profile writes it: states, heartbeats, its own settings, like channels.

A detector that is being calibrated answers as ever; only its status word tells
that its number is not the plant's air. A point that carries such a word says
what each raw value means, and the other points of the device follow it.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.base import Identifier, Interval, Name, Part
from config.fault import Objection
from config.opcua_source import OpcUaSource

StateQuality = Literal[
    "good",
    "suspect",
    "over-range",
    "under-range",
    "maintenance",
    "calibration",
    "simulation",
    "manual",
    "stopped",
    "device-fault",
    "wire-break",
    "stale",
]
"""What a state makes of the values: the words of docs/storage-format.md that a device can know."""

RoleName = Literal[
    "unit",
    "decimals",
    "range-low",
    "range-high",
    "hihi",
    "hi",
    "lo",
    "lolo",
    "constant",
    "calibration",
    "service",
    "setting",
    "clock",
]


AlarmName = Literal["hihi", "hi", "lo", "lolo", "own"]
"""Which alarm of the device it is: of one cause with our limit of that kind, or one that only it judges."""


class StateEntry(Part):
    """What one raw value of a status word means."""

    name: Name = Field(description="状态名称 / name of the state")
    quality: StateQuality = Field("good", description="对测值的影响 / what it makes of the values")
    alarm: AlarmName | None = Field(
        None, description="设备自身的报警 / an alarm that the device raises itself"
    )


class HeartbeatEntry(Part):
    """A bit or a counter that a living device keeps changing."""

    within: Interval = Field(description="至少多久变化一次 / it changes at least this often")


def _whole(value: object) -> object:
    """Return the whole number of a key or value that is written as text, hexadecimal too."""
    if isinstance(value, str) and value.lower().startswith("0x"):
        try:
            return int(value, 16)
        except ValueError:
            return value
    return value


RawKey = Annotated[int, BeforeValidator(_whole)]


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


PointNames = Annotated[
    tuple[Identifier, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
"""A point's name, or a list of names."""


class ReadbackEntry(Part):
    """A setting of the device, read back slowly and held against the file."""

    role: RoleName = Field(description="是什么设置 / what it is")
    of: PointNames | None = Field(None, description="属于哪些测点 / the points it belongs to")
    units: dict[RawKey, str] | None = Field(
        None, description="role: unit 时，原始值对应的单位 / raw number → unit"
    )
    expect: float | str | None = Field(
        None,
        description="应为何值；不写时由配置推出 / what it should be, where the file does not say so already",
    )
    zone: Literal["local", "utc"] | None = Field(
        None, description="设备时钟是本地时间还是 UTC / which time the device's clock keeps"
    )


class FlagEntry(Part):
    """One bit of a status word, as a point of its own."""

    bit: int = Field(ge=0, le=15, description="位，0 为最低位 / bit, 0 is the lowest")
    name: Name = Field(description="名称 / name")
    contact: Literal["normally-open", "normally-closed"] | None = Field(
        None, description="触点常开还是常闭；值为真表示动作 / contact; the value is true while it is active"
    )
    quality: StateQuality | None = Field(
        None,
        description="为真时对测值的影响，并记为事件 / what it makes of the values while true; an event",
    )
    alarm: AlarmName | None = Field(
        None, description="为真时是设备自身的哪种报警 / which alarm of the device it is while true"
    )
    marks: PointNames | None = Field(None, description="影响哪些测点 / which points it speaks of")
    heartbeat: HeartbeatEntry | None = Field(None, description="心跳 / it is a heartbeat")
    serves: Identifier | None = Field(None, description="是行业规定的哪个测点 / as for a point")
    opcua: OpcUaSource | None = None


class RepeatEntry(Part):
    """The same point for each of several like channels."""

    count: int = Field(ge=1, le=250, description="通道数 / channels")
    step: int = Field(1, ge=0, le=65535, description="相邻通道的地址差 / registers from one to the next")
    bit_step: int = Field(0, ge=0, le=15, description="相邻通道的位差 / bits from one to the next")

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.step == 0 and self.bit_step == 0 and self.count > 1:
            raise Objection("repeat-in-place")
        return self


class ChannelEntry(Part):
    """A channel of a device that has several."""

    name: Name | None = Field(None, description="通道名称 / name of the channel")
    tag: str | None = Field(None, description="位号 / tag")


CHANNELS_MAX = 250


def _channels(value: Any) -> Any:
    """Read `12`, `[1, 2, 5]` or a map as a map."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {n: {} for n in range(1, min(value, CHANNELS_MAX + 1) + 1)}
    if isinstance(value, list):
        return {n: {} for n in value}
    return value


def _numbered(channels: dict[int, ChannelEntry]) -> dict[int, ChannelEntry]:
    if not channels or min(channels) < 1 or max(channels) > CHANNELS_MAX:
        raise Objection("channels-wrong", most=CHANNELS_MAX)
    return channels


Channels = Annotated[
    dict[RawKey, ChannelEntry],
    BeforeValidator(_channels, json_schema_input_type=int | list[int] | dict[RawKey, ChannelEntry]),
    AfterValidator(_numbered),
]
"""Which channels are fitted: how many, which, or what each is called."""
