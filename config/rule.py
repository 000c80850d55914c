"""Limits as they stand in a plant file or a profile: `rules: {point: {hi: {limit: 24 ppm}}}`.

Every key is optional, because a device's entry is laid over its profile's: what
it does not say, the profile says.
"""

import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from config.base import Amount, Identifier, Matching, Part, Seconds
from config.fault import Objection
from config.gate_entry import SetsEntry
from config.model import LimitKind


class LimitBase(Part):
    """One limit with its deadband and delays."""

    limit: Amount | None = Field(None, description="限值，带单位 / limit, with its unit")
    deadband: Amount | None = Field(None, description="回差：退回超过它才解除 / must come back by more")
    on_delay: Seconds | None = Field(None, description="持续多久才报警 / beyond the limit for so long")
    off_delay: Seconds | None = Field(None, description="恢复多久才解除 / back for so long")
    latched: bool | None = Field(
        None, description="锁存：数值恢复后仍保持，直到人工复位 / stands until a person resets it"
    )
    priority: Literal["critical", "high", "medium", "low"] | None = Field(
        None, description="优先级；缺省 hihi、lolo 为 critical，hi、lo 为 high / how urgent"
    )
    standard: str | None = Field(None, description="依据的标准 / the standard it comes from")
    clause: str | None = Field(None, description="条款 / the clause")


class DeviationEntry(Part):
    """Who allowed a limit laxer than its clause, why, and until when."""

    reason: Annotated[str, Matching(r"\S", "text-blank")] = Field(description="原因 / why")
    approved_by: Annotated[str, Matching(r"\S", "text-blank")] = Field(description="批准人 / who approved it")
    date: datetime.date = Field(description="批准日期 / when it was approved")
    until: datetime.date = Field(description="有效期至 / until when it holds")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.date:
            raise Objection("deviation-ends-first", date=self.date, until=self.until)
        return self


class LimitEntry(LimitBase):
    """A limit in a plant file, laid over the profile's."""

    gate: str | None = Field(
        None, description="按哪个阶段取值（gates 下的编号） / id of the gate of its sets"
    )
    sets: SetsEntry | None = Field(
        None, description="各阶段的限值，代替 limit / the limit of each phase, in place of limit"
    )
    deviation: DeviationEntry | None = Field(
        None, description="放宽法定限值的批准 / approval of a limit laxer than the law's"
    )

    @model_validator(mode="after")
    def _gate_and_sets(self) -> Self:
        if (self.gate is None) != (self.sets is None):
            raise Objection("gate-and-sets")
        if self.sets is not None and self.limit is not None:
            raise Objection("gate-limit-and-sets")
        return self


class ProfileLimitEntry(LimitBase):
    """A limit in a profile."""

    confidence: Literal["law", "recommended", "unverified"] = Field(
        "unverified", description="依据的性质：法定、推荐、未核实 / what stands behind it"
    )


LimitT = TypeVar("LimitT", bound=LimitBase)


class Limits(Part, Generic[LimitT]):
    """The limits of one point."""

    hihi: LimitT | None = Field(None, description="高高限 / high-high")
    hi: LimitT | None = Field(None, description="高限 / high")
    lo: LimitT | None = Field(None, description="低限 / low")
    lolo: LimitT | None = Field(None, description="低低限 / low-low")

    def given(self) -> dict[LimitKind, LimitT]:
        """The limits that are written."""
        entries: dict[LimitKind, LimitT | None] = {kind: getattr(self, kind.value) for kind in LimitKind}
        return {kind: entry for kind, entry in entries.items() if entry is not None}


RulesEntry = dict[Identifier, Limits[LimitEntry]]
"""Point name to its limits, in a plant file."""

ProfileRulesEntry = dict[Identifier, Limits[ProfileLimitEntry]]
"""Point name to its limits, in a profile."""
