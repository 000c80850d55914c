"""Statements on what points say now: a state, a contradiction, a feedback that does not follow."""

from collections.abc import Callable, Sequence

from agent.alarms.rules.judging import Judgement, Latest
from agent.alarms.rules.truth import Truth, both, compile_comparison, differ, opposite
from agent.alarms.states import Signal
from config.condition import Comparison, Contradiction, Feedback, Holds

Statement = Callable[[Sequence[Truth]], Truth]


class StatedJudge(Latest):
    """Judges whether a statement on comparisons, one for each point, is true.

    As things seem it may raise an alarm; only as things are sure, by GOOD readings
    alone, does it clear one.
    """

    def __init__(self, comparisons: Sequence[Comparison], statement: Statement) -> None:
        super().__init__(len(comparisons))
        self._compared = tuple(compile_comparison(each) for each in comparisons)
        self._statement = statement

    def judge(self, _mono_ns: int) -> Judgement:
        """Say whether it is true."""
        seems = self._statement(self._truths())
        return Judgement(self._signal(seems), self.values[0], self.qualities[0], blind=seems is None)

    def _signal(self, seems: Truth) -> Signal:
        if seems is not False:
            return Signal.BEYOND if seems else Signal.LOST
        is_sure = self.worst.is_good or self._statement(self._truths(only_good=True)) is False
        return Signal.BACK if is_sure else Signal.LOST

    def _truths(self, *, only_good: bool = False) -> list[Truth]:
        return [
            None if value is None or (only_good and not quality.is_good) else compared(value, quality)
            for value, quality, compared in zip(self.values, self.qualities, self._compared, strict=True)
        ]


def holds(condition: Holds) -> StatedJudge:
    """Return the judge of a state."""
    return StatedJudge([condition.what], lambda truths: truths[0])


def contradiction(condition: Contradiction) -> StatedJudge:
    """Return the judge of `when` without `must`."""
    return StatedJudge([condition.must, condition.when], lambda truths: both(truths[1], opposite(truths[0])))


def feedback(condition: Feedback) -> StatedJudge:
    """Return the judge of a command and its feedback."""
    return StatedJudge([condition.feedback, condition.command], lambda truths: differ(truths[0], truths[1]))
