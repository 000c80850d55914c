"""Gates as they stand in a plant file, and limits by phase: `sets: {idle: none, steady: 90 mm}`."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from config.base import AMOUNT_FORMS, Amount, Interval, Name, Part
from config.fault import Objection
from config.quantity import Quantity, parse_quantity
from config.selfreport import RawKey

NONE: Literal["none"] = "none"
CONTRADICTED_MAX_S = 60.0
"""A gate that the plant contradicts for longer is an alarm, and may not be told later than that."""
PhaseName = Literal["idle", "start", "steady", "end"]


def _limit_or_none(value: object) -> object:
    return value if value == NONE else parse_quantity(value)


SetLimit = Annotated[
    Quantity | Literal["none"],
    BeforeValidator(_limit_or_none),
    WithJsonSchema({"anyOf": [*AMOUNT_FORMS, {"const": NONE}]}),
]
"""A limit with its unit, or `none`: not in force in this phase."""


class SetsEntry(Part):
    """The limit of each phase; a phase that is not named has the steady one."""

    idle: SetLimit | None = Field(None, description="空闲 / while idle")
    start: SetLimit | None = Field(None, description="起铸 / at the start")
    steady: SetLimit | None = Field(None, description="稳定；必填 / while steady; needed")
    end: SetLimit | None = Field(None, description="收尾 / at the end")

    @model_validator(mode="after")
    def _has_steady(self) -> Self:
        if not isinstance(self.steady, Quantity):
            raise Objection("gate-steady-missing")
        return self


class WhenEntry(Part):
    """A condition for each phase, asked in this order; steady is what is left, unless it has one."""

    idle: str | None = Field(None, description="空闲的条件 / idle while this is so")
    start: str | None = Field(None, description="起铸的条件 / starting while this is so")
    end: str | None = Field(None, description="收尾的条件 / ending while this is so")
    steady: str | None = Field(None, description="稳定的条件 / steady while this is so; else what is left")


class GateEntry(Part):
    """How the phase of a process is known, by which limits have their sets."""

    name: Name = Field(description="名称，如 铸造阶段 / name, e.g. phase of the cast")
    tag: str | None = Field(None, description="阶段测点：设备.测点 / the point that tells the phase")
    values: dict[RawKey, PhaseName] | None = Field(
        None, min_length=1, description="测点的值 → 阶段 / value of the point → phase"
    )
    when: WhenEntry | None = Field(None, description="无阶段测点时，各阶段的条件 / conditions in its place")
    contradicted_by: str = Field(
        description="空闲时不该出现的情况，如流槽有铝 / what cannot be while idle, e.g. metal in the launder"
    )
    contradicted_for: Interval = Field(60.0, description="持续多久报警 / so for so long is an alarm")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.contradicted_for > CONTRADICTED_MAX_S:
            raise Objection("gate-contradicted-late", most=f"{CONTRADICTED_MAX_S:g} s")
        if (self.tag is None) == (self.when is None) or (self.tag is None) != (self.values is None):
            raise Objection("gate-sources")
        if self.values is not None and "steady" not in self.values.values():
            raise Objection("gate-values-without-steady")
        if self.when is not None and not (self.when.idle or self.when.start or self.when.end):
            raise Objection("gate-when-empty")
        return self


def in_phase(entry: SetsEntry, phase: str) -> Amount | Literal["none"] | None:
    """Return what is written for a phase."""
    written: Amount | Literal["none"] | None = getattr(entry, phase)
    return written
