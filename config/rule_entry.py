"""Rules of the plant as they stand in its file: `rules: {flow-drop: {kind: rate, point: …}}`.

One part per kind; what each asks for is what its engineer knows.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.base import Amount, Identifier, Interval, Name, Part, Seconds
from config.fault import Objection

Way = Literal["up", "down", "either"]


class RuleBase(Part):
    """What all rules have in common."""

    name: Name = Field(description="名称，报警文字以它开头 / name; the alarm's words begin with it")
    off_delay: Seconds = Field(10.0, description="恢复多久才解除 / back for so long")
    latched: bool = Field(
        False, description="锁存：恢复后仍保持，直到人工复位 / stands until a person resets it"
    )
    priority: Literal["critical", "high", "medium", "low"] = Field("high", description="优先级 / how urgent")
    standard: str | None = Field(None, description="依据的标准 / the standard it comes from")
    clause: str | None = Field(None, description="条款 / the clause")


class DelayedRule(RuleBase):
    """A rule that may have to hold for a while first."""

    on_delay: Seconds = Field(0.0, description="持续多久才报警 / so for so long")


class ThresholdRule(DelayedRule):
    """A rule with a limit, in the unit of its point or in percent."""

    limit: Amount | None = Field(None, description="限值，带单位 / limit, with its unit")
    deadband: Amount | None = Field(None, description="回差 / must come back by more")
    limit_percent: float | None = Field(None, gt=0, description="限值，% / limit in percent")
    deadband_percent: float | None = Field(None, ge=0, description="回差，% / deadband in percent")
    at_least: Amount | None = Field(
        None, description="按百分比时，基数不小于它 / percent of the value, but of at least this much"
    )

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.limit is None) == (self.limit_percent is None):
            raise Objection("rule-limits")
        if self.limit_percent is not None and self.at_least is None:
            raise Objection("rule-at-least-missing")
        wrong = (self.deadband_percent, self.at_least) if self.limit is not None else (self.deadband,)
        if any(each is not None for each in wrong):
            raise Objection("rule-percent-mixed")
        return self


class RateRule(ThresholdRule):
    """The value changes by too much over a window."""

    kind: Literal["rate"] = Field(description="变化率 / a change over a window")
    point: str = Field(description="测点：设备.测点 / device.point")
    window: Interval = Field(description="时间窗 / over how long the change is taken")
    direction: Way = Field("either", description="升、降或两者 / rising, falling or both")


class DifferenceRule(ThresholdRule):
    """Two points are too far from each other."""

    kind: Literal["difference"] = Field(description="两点之差 / two points apart")
    point: str = Field(description="测点 / device.point")
    other: str = Field(description="与它相比的测点 / the point it is compared with")
    direction: Way = Field(
        "either", description="高于、低于另一点，或两者 / above or below the other, or both"
    )


def _several(points: list[str]) -> list[str]:
    if len(points) < 2:
        raise Objection("rule-points-few")
    return points


class ImbalanceRule(ThresholdRule):
    """Points that should be alike lie too far apart."""

    kind: Literal["imbalance"] = Field(description="多点不平衡 / several points apart")
    points: Annotated[list[str], AfterValidator(_several)] = Field(
        description="应当一致的测点 / points that should be alike"
    )


class ComparisonEntry(Part):
    """A point's value against a number."""

    point: str = Field(description="测点 / device.point")
    equals: Amount | None = Field(None, description="等于 / has this value")
    above: Amount | None = Field(None, description="不低于 / is at or above")
    below: Amount | None = Field(None, description="不高于 / is at or below")

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(each is not None for each in (self.equals, self.above, self.below)) != 1:
            raise Objection("comparison-tests")
        return self


class StatementEntry(Part):
    """A comparison, or a condition as an expression."""

    point: str | None = Field(None, description="测点 / device.point")
    equals: Amount | None = Field(None, description="等于 / has this value")
    above: Amount | None = Field(None, description="不低于 / is at or above")
    below: Amount | None = Field(None, description="不高于 / is at or below")
    when: str | None = Field(None, description="条件表达式 / a condition, in place of all these")

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        tests = sum(each is not None for each in (self.equals, self.above, self.below))
        if (tests, self.point is None) != ((0, True) if self.when is not None else (1, False)):
            raise Objection("statement-tests")
        return self


def _condition(value: Any) -> Any:
    return {"when": value} if isinstance(value, str) else value


Statement = Annotated[
    StatementEntry, BeforeValidator(_condition, json_schema_input_type=str | StatementEntry)
]
"""`{point: …, equals: 1}`, or a text: a condition as an expression."""


class StateRule(DelayedRule):
    """A point has a value, or has it for too long."""

    kind: Literal["state"] = Field(description="状态 / a value, or one that lasts")
    point: str = Field(description="测点 / device.point")
    equals: Amount = Field(description="等于 / has this value")


class ContradictionRule(DelayedRule):
    """While one thing is so, another must be."""

    kind: Literal["contradiction"] = Field(description="相互矛盾 / one thing without the other")
    when: ComparisonEntry = Field(description="当 / while this is so")
    must: ComparisonEntry = Field(description="则必须 / this must be")


class FeedbackRule(RuleBase):
    """Command and feedback agree within a time."""

    kind: Literal["feedback"] = Field(description="命令与反馈不符 / a command without its effect")
    command: ComparisonEntry = Field(description="命令 / the command")
    feedback: ComparisonEntry = Field(description="反馈 / the feedback")
    within: Interval = Field(description="多久内必须一致 / how soon they must agree")


class FrozenRule(RuleBase):
    """A value does not move, though it should."""

    kind: Literal["frozen"] = Field(description="数值不变 / a value that does not move")
    point: str = Field(description="测点 / device.point")
    window: Interval = Field(description="多久不变 / without a change for so long")
    deadband: Amount | None = Field(None, description="变化不超过它算不变 / a smaller change is none")
    during: ComparisonEntry | None = Field(None, description="仅当 / only while this is so")


class JumpRule(RuleBase):
    """From one reading to the next a value moves further than it can."""

    kind: Literal["jump"] = Field(description="跳变 / an implausible step")
    point: str = Field(description="测点 / device.point")
    limit: Amount = Field(description="两次读数间最大变化 / the most it can move between two readings")


class DoseRule(RuleBase):
    """A value was too high for too long in all."""

    kind: Literal["dose"] = Field(description="累计超限时间 / time above a limit in all")
    point: str = Field(description="测点 / device.point")
    limit: Amount = Field(description="不低于它才计时 / time at or above it counts")
    allowed: Interval = Field(description="允许累计多久 / so long is allowed in all")
    rest: Interval = Field(
        7200.0, description="低于限值多久后重新累计 / so long below it, and time counts anew"
    )


class CountRule(RuleBase):
    """Something happens too often."""

    kind: Literal["count"] = Field(description="次数 / how often something happens")
    point: str = Field(description="测点 / device.point")
    equals: Amount | None = Field(
        None, description="变为此值计一次；缺省时测点本身是计数器 / counts when it becomes this"
    )
    times: int = Field(ge=1, le=1000, description="次数 / so many times")
    window: Interval = Field(description="时间窗 / within so long")


class BaselineRule(DelayedRule):
    """A value has moved too far from what was recorded after the last change of bags."""

    kind: Literal["baseline"] = Field(description="偏离基线 / away from a recorded baseline")
    point: str = Field(description="测点 / device.point")
    of: Literal["baseline", "permitted"] = Field(
        "baseline", description="百分比的基数：基线或许用值 / percent of the baseline or of a permitted value"
    )
    permitted: Amount | None = Field(None, description="许用值，of: permitted 时填写 / the permitted value")
    limit_percent: float = Field(20.0, gt=0, description="限值，% / limit in percent")
    deadband_percent: float = Field(2.0, ge=0, description="回差，% / deadband in percent")
    direction: Way = Field("either", description="升、降或两者 / above it, below it, or both")
    window: Interval = Field(300.0, description="多长时间的平均值 / over how long the mean is taken")
    swing: Amount | None = Field(
        None, description="清灰一次的落差；按整个清灰周期平均 / by so much it falls and rises in each cycle"
    )
    during: ComparisonEntry | None = Field(None, description="仅当 / only while this is so")
    record: Interval = Field(3600.0, description="基线至少记录多久 / a baseline is recorded over at least")
    within: Interval = Field(
        8 * 3600.0, description="换袋后多久内记录 / recorded within so long of the change"
    )

    @model_validator(mode="after")
    def _permitted_where_it_counts(self) -> Self:
        if (self.of == "permitted") != (self.permitted is not None):
            raise Objection("baseline-permitted")
        if self.deadband_percent >= self.limit_percent:
            raise Objection("rule-deadband-too-wide", value=f"{self.deadband_percent:g} %")
        if self.record >= self.within:
            raise Objection("baseline-record-long")
        return self


class BranchEntry(Part):
    """One way of the cooling water."""

    flow: str = Field(description="流量测点 / point of the flow")
    inlet: str = Field(description="进水温度测点 / point of the inlet temperature")
    outlet: str = Field(description="出水温度测点 / point of the outlet temperature")


def _some(branches: list[BranchEntry]) -> list[BranchEntry]:
    if not branches:
        raise Objection("nothing-listed")
    return branches


class HeatLoadRule(DelayedRule):
    """Cooling water carries off too much heat, or too little."""

    kind: Literal["heat-load"] = Field(description="热负荷 / heat that the water carries off")
    branches: Annotated[list[BranchEntry], AfterValidator(_some)] = Field(
        description="各支管，热负荷相加 / branches, whose loads are added"
    )
    limit: Amount = Field(description="限值，kW 或 MW / limit, in kW or MW")
    deadband: Amount | None = Field(None, description="回差 / must come back by more")
    direction: Literal["up", "down"] = Field("up", description="过高或过低 / too much or too little")


class EffectEntry(Part):
    """What must follow a trigger."""

    name: Name | None = Field(None, description="名称 / name")
    must: Statement = Field(description="必须成立 / this must be so")
    within: Interval = Field(description="多久之内 / within so long of the trigger")


class InterlockRule(RuleBase):
    """After a trigger its effects must follow, each in its time."""

    kind: Literal["interlock"] = Field(description="联锁取证 / evidence of an interlock")
    trigger: Statement = Field(description="触发条件 / what sets it off")
    effects: dict[Identifier, EffectEntry] = Field(
        min_length=1, description="应有的动作 / what must follow, by id"
    )
    give_up: Interval = Field(60.0, description="多久仍无动作即判为未动作 / so long after it, it never came")
    priority: Literal["critical", "high", "medium", "low"] = Field(
        "critical", description="优先级 / how urgent"
    )


class ExpressionRule(DelayedRule):
    """A condition over several points is true."""

    kind: Literal["expression"] = Field(description="表达式 / a condition over several points")
    when: str = Field(description="条件，例如 fan.on and fan.dp < 200 Pa / the condition")


RuleEntry = Annotated[
    RateRule
    | DifferenceRule
    | ImbalanceRule
    | StateRule
    | ContradictionRule
    | FeedbackRule
    | FrozenRule
    | JumpRule
    | DoseRule
    | CountRule
    | BaselineRule
    | HeatLoadRule
    | InterlockRule
    | ExpressionRule,
    Field(discriminator="kind"),
]
