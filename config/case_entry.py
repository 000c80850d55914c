"""A file of cases as it is written: `cases: {water-lost: {points: …, expect: …}}`."""

from datetime import date, datetime, time
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from config.base import Amount, Identifier, Interval, Name, Part, Seconds
from config.case import Word
from config.fault import Objection

NOTHING: Final = "none"
BEGINS: Final = datetime.fromisoformat("2026-01-05T08:00")
"""A Monday morning."""


def _moment(value: Any) -> Any:
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise Objection("not-a-moment", value=value)
    return moment


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _nothing(value: Any) -> Any:
    return {} if value == NOTHING else value


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A moment of the plant's local time: `2026-03-06 22:00`."""

Moments = Annotated[tuple[Seconds, ...], BeforeValidator(_listed)]
"""One moment of the case, or a list of them: `36 s`, `[36 s, 2 min]`."""


class StepEntry(Part):
    """What a point reads from a moment on, where a bare value does not say it."""

    value: Amount | None = Field(None, description="数值；缺省为此前的数值 / value; else the one before")
    quality: str | None = Field(None, description="数值存疑的原因 / why the value is uncertain")
    to: Amount | None = Field(None, description="逐渐变到 / goes to this, steadily")
    over: Interval | None = Field(None, description="用多长时间 / over so long")
    swing: Amount | None = Field(None, description="上下摆动的幅度 / swings up and down by this")
    every: Interval | None = Field(None, description="摆动周期 / how long one swing takes")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.to is None) != (self.over is None):
            raise Objection("case-ramp-half")
        if (self.swing is None) != (self.every is None):
            raise Objection("case-swing-half")
        return self


class ExpectEntry(Part):
    """What one rule is to say."""

    raised: Moments = Field((), description="何时报警 / when it is raised")
    cleared: Moments = Field((), description="何时解除 / when it clears")
    lost: Moments = Field((), description="何时失去监视 / when nobody watches it any more")
    found: Moments = Field((), description="何时恢复监视 / when it is watched again")
    reset: Moments = Field((), description="何时复位 / when a latched alarm is reset")
    refused: Moments = Field((), description="何时拒绝人的操作 / when a person's act is refused")
    within: Seconds | None = Field(None, description="容许偏差 / give or take so much")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(getattr(self, word.value) for word in Word):
            raise Objection("case-expects-nothing")
        return self


class ActEntry(Part):
    """What a person does to the alarm of one rule."""

    acknowledge: Moments = Field((), description="何时确认 / when it is acknowledged")
    reset: Moments = Field((), description="何时复位 / when it is reset")


class CaseEntry(Part):
    """One case."""

    name: Name | None = Field(None, description="名称；缺省为编号 / name; by default its id")
    begins: Moment = Field(BEGINS, description="开始时刻（企业当地时间） / when, in the plant's local time")
    lasts: Interval | None = Field(None, description="持续多久 / how long it lasts")
    every: Interval | None = Field(None, description="最多多久读一次 / read no more often than this")
    within: Seconds = Field(1.0, description="容许偏差 / give or take so much")
    points: dict[str, Any] = Field(description="测点 → 数值随时间的变化 / point → what it reads over time")
    acts: dict[str, ActEntry] = Field({}, description="规则 → 人何时做什么 / rule → what a person does when")
    expect: Annotated[dict[str, ExpectEntry], BeforeValidator(_nothing)] = Field(
        description="规则 → 何时报警、解除；none：没有报警 / rule → what it says; none: no alarm"
    )


class CasesEntry(Part):
    """The whole file."""

    plant: str = Field(min_length=1, description="配置文件，相对于本文件 / plant file, seen from this one")
    cases: dict[Identifier, CaseEntry] = Field(description="编号 → 用例 / id → case")
