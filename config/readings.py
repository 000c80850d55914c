"""Which readings a platform gets, as it is written: all, those that changed, or one in each window."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.base import Amount, Interval, Part
from config.fault import Objection

WINDOW_MAX_S: Final = 3600.0
"""What goes depends on the records of one window; after a start so much of the store is read again."""


def _window(value: float) -> float:
    if value > WINDOW_MAX_S:
        raise Objection("window-too-long", value=f"{value:g} s")
    return value


Window = Annotated[Interval, AfterValidator(_window)]
"""A duration of at most an hour; windows begin where the time since 1970 is a multiple of it."""


class ChangeEntry(Part):
    """When a reading goes, besides when its quality changes."""

    deadband: Amount | None = Field(
        None, description="死区，带单位：与上次上报相差超过它才上报 / a reading goes when it differs by more"
    )
    deadband_percent: float | None = Field(
        None, gt=0, lt=100, description="死区，占量程的百分比 / the same in percent of the measuring range"
    )
    at_least: Window = Field(
        600.0, description="每个时间窗内至少上报一次 / the first reading in each window of this length goes"
    )

    @model_validator(mode="after")
    def _one_deadband(self) -> Self:
        if self.deadband is not None and self.deadband_percent is not None:
            raise Objection("deadband-twice")
        return self


class ReadingsEntry(Part):
    """Which readings go: of which points, and how many of them."""

    change: ChangeEntry | None = Field(None, description="变化时上报 / a reading goes when it has changed")
    snapshot: Window | None = Field(
        None, description="每个时间窗上报最后一个值 / the last reading of each window of this length goes"
    )
    points: list[str] | None = Field(
        None, min_length=1, description="只上报这些测点或设备，可用 * / only these points or devices go"
    )

    @model_validator(mode="after")
    def _one_policy(self) -> Self:
        if self.change is not None and self.snapshot is not None:
            raise Objection("readings-twice")
        return self


def _written_out(value: Any) -> Any:
    if value == "all":
        return {}
    if not value or isinstance(value, str):
        raise Objection("readings-unknown", value="" if value is None else value)
    return value


Readings = Annotated[
    ReadingsEntry,
    BeforeValidator(_written_out, json_schema_input_type=Literal["all"] | ReadingsEntry),
]
"""`all`, or a mapping that says less than that."""

ALL: Final = ReadingsEntry()
