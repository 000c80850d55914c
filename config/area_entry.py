"""Areas as they stand in a plant file: `areas: {casting: {name: …, state: {tag: caster.running}}}`."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from config.base import Amount, Name, Part
from config.fault import Objection
from config.selfreport import RawKey

KnownState = Literal["running", "idle", "planned-stop"]


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Windows = Annotated[tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])]
"""`Mon-Fri 08:00-20:00`, or a list of such."""


class CalendarEntry(Part):
    """Windows of the week in which an area is in one state, and single dates."""

    running: Windows = Field((), description="生产时段，如 Mon-Fri 08:00-20:00 / windows in which it runs")
    idle: Windows = Field((), description="待机时段 / windows in which it is idle")
    planned_stop: Windows = Field(
        (), alias="planned-stop", description="计划停产时段 / windows of planned stop"
    )
    otherwise: KnownState = Field("planned-stop", description="其余时间 / at all other times")
    dates: dict[datetime.date, KnownState] = Field(
        {}, description="例外日期，全天：2027-02-10 → 状态 / single dates, all day: date → state"
    )

    @model_validator(mode="after")
    def _some_window(self) -> Self:
        if not (self.running or self.idle or self.planned_stop or self.dates):
            raise Objection("calendar-empty")
        return self


class AreaState(Part):
    """Where an area's production state comes from: exactly one of `tag`, `calendar`, `declared`."""

    tag: str | None = Field(None, description="状态测点：设备.测点 / the point that tells it: device.point")
    values: dict[RawKey, KnownState] | None = Field(
        None, min_length=1, description="测点的值 → 状态；缺省 0 待机、1 生产 / value of the point → state"
    )
    above: Amount | None = Field(
        None, description="测点不低于它为生产，否则待机 / the point at or above it: running, else idle"
    )
    calendar: CalendarEntry | None = None
    declared: Literal[True] | None = Field(
        None, description="只由人申报；未申报即为生产 / people declare it; else it runs"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(each is not None for each in (self.tag, self.calendar, self.declared)) != 1:
            raise Objection("area-state-sources")
        if self.tag is None and (self.values is not None or self.above is not None):
            raise Objection("area-state-without-tag")
        if self.values is not None and self.above is not None:
            raise Objection("area-state-values")
        return self


class AreaEntry(Part):
    """A part of the plant."""

    name: Name = Field(description="区域名称 / name of the area")
    state: AreaState | None = None
