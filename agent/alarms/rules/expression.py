"""Expressions, compiled once to closures.

A number is its value with its quality. A truth is two: as it seems, and as it is sure
by GOOD values alone; the first may raise an alarm, only the second clears one. Every
part is computed every time, because some remember.
"""

import operator
from collections.abc import Callable
from functools import reduce
from typing import Final

from agent.alarms.rules.judging import Judgement, Latest
from agent.alarms.rules.over_time import Known, RunningChange, RunningMean
from agent.alarms.rules.truth import Truth, both, opposite
from agent.alarms.states import Signal
from config import expression as of
from config.condition import Expression
from config.model import Point
from config.source import NodeSource
from drivers.reading import Quality

Number = Callable[[int], Known]
Statement = Callable[[int], tuple[Truth, Truth]]
"""As it seems and as it is sure, at a time of the monotonic clock."""

LOOKS: Final = 60
"""How often in its window a mean or a change of subscribed points is looked at without a report."""

_COMPUTE: Final = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_COMPARE: Final = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_DRIVEN: Final = {
    "<": (Quality.UNDER_RANGE, Quality.OVER_RANGE),
    "<=": (Quality.UNDER_RANGE, Quality.OVER_RANGE),
    ">": (Quality.OVER_RANGE, Quality.UNDER_RANGE),
    ">=": (Quality.OVER_RANGE, Quality.UNDER_RANGE),
}
"""By which side's quality a comparison is true whatever the number: left, right."""


class ExpressionJudge(Latest):
    """Judges one `Expression`."""

    def __init__(self, expression: Expression, points: tuple[Point, ...]) -> None:
        super().__init__(len(points))
        self._is_held = any(isinstance(point.source, NodeSource) for point in points)
        self._due_ns: list[int] = []
        self._statement = self._logical(expression.of)

    def judge(self, mono_ns: int) -> Judgement:
        """Say whether it is true."""
        seems, sure = self.stated(mono_ns)
        signal = Signal.BEYOND if seems else Signal.BACK if sure is False else Signal.LOST
        return Judgement(signal, self.values[0], self.qualities[0], self.due_ns, blind=seems is None)

    def stated(self, mono_ns: int) -> tuple[Truth, Truth]:
        """Return whether it is true, as it seems and as it is sure."""
        self._due_ns.clear()
        return self._statement(mono_ns)

    @property
    def due_ns(self) -> int | None:
        """When it is to be asked again though nothing came."""
        return min(self._due_ns, default=None)

    def _logical(self, part: of.Logical) -> Statement:
        match part:
            case of.Compared():
                return self._compared(part)
            case of.All():
                return _folded([self._logical(each) for each in part.parts], both)
            case of.Any():
                return _folded([self._logical(each) for each in part.parts], _either)
            case of.Not():
                return _opposite(self._logical(part.of))
            case of.Lasting():
                return self._lasting(part)

    def _numeric(self, part: of.Numeric) -> Number:
        match part:
            case of.Number():
                constant = (part.value, Quality.GOOD)
                return lambda _mono_ns: constant
            case of.Value():
                place, values, qualities = part.place, self.values, self.qualities
                return lambda _mono_ns: (values[place], qualities[place])
            case of.Computed():
                return _computed(part, self._numeric(part.left), self._numeric(part.right))
            case of.Mean():
                return self._over_time(part, RunningMean(part.window_s))
            case of.Change():
                return self._over_time(part, RunningChange(part.window_s))

    def _compared(self, part: of.Compared) -> Statement:
        left, right = self._numeric(part.left), self._numeric(part.right)
        compare, driven = _COMPARE[part.operator], _DRIVEN.get(part.operator)

        def compared(mono_ns: int) -> tuple[Truth, Truth]:
            (a, a_quality), (b, b_quality) = left(mono_ns), right(mono_ns)
            if a is None or b is None:
                return None, None
            if driven is not None and (a_quality is driven[0] or b_quality is driven[1]):
                return True, None
            seems = bool(compare(a, b))
            return seems, seems if a_quality.is_good and b_quality.is_good else None

        return compared

    def _lasting(self, part: of.Lasting) -> Statement:
        inner, lasts_ns = self._logical(part.of), round(part.for_s * 1e9)
        since_ns: int | None = None

        def lasting(mono_ns: int) -> tuple[Truth, Truth]:
            nonlocal since_ns
            seems, sure = inner(mono_ns)
            if seems is False:
                since_ns = None
                return False, sure
            if since_ns is None:
                if seems is None:
                    return None, None
                since_ns = mono_ns
            if mono_ns >= since_ns + lasts_ns:
                return True, sure  # what is lost meanwhile was last seen true
            self._due_ns.append(since_ns + lasts_ns)
            return None if seems is None else False, None

        return lasting

    def _over_time(self, part: of.Mean | of.Change, running: RunningMean | RunningChange) -> Number:
        inner, look_ns = self._numeric(part.of), round(part.window_s * 1e9) // LOOKS

        def over_time(mono_ns: int) -> Known:
            value, quality = inner(mono_ns)
            running.feed(value, quality, mono_ns)
            if self._is_held:
                self._due_ns.append(mono_ns + look_ns)
            return running.now(mono_ns)

        return over_time


def _computed(part: of.Computed, left: Number, right: Number) -> Number:
    compute, divides = _COMPUTE[part.operator], part.operator == "/"

    def computed(mono_ns: int) -> Known:
        (a, a_quality), (b, b_quality) = left(mono_ns), right(mono_ns)
        if a is None or b is None or (divides and b == 0):
            return None, Quality.NOT_A_NUMBER
        is_good = a_quality.is_good and b_quality.is_good
        return compute(a, b), Quality.GOOD if is_good else Quality.SUSPECT

    return computed


def _folded(parts: list[Statement], join: Callable[[Truth, Truth], Truth]) -> Statement:
    def folded(mono_ns: int) -> tuple[Truth, Truth]:
        found = [part(mono_ns) for part in parts]
        return reduce(join, (seems for seems, _ in found)), reduce(join, (sure for _, sure in found))

    return folded


def _opposite(part: Statement) -> Statement:
    def not_so(mono_ns: int) -> tuple[Truth, Truth]:
        seems, sure = part(mono_ns)
        return opposite(seems), opposite(sure)

    return not_so


def _either(a: Truth, b: Truth) -> Truth:
    return opposite(both(opposite(a), opposite(b)))
