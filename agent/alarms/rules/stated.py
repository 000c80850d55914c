"""Statements on what points say now: a state, a contradiction, a feedback that does not follow."""

from collections.abc import Callable, Sequence

from agent.alarms.rules.judging import Judgement, LatestInputs
from agent.alarms.rules.truth import Truth, both, compile_comparison, differ, opposite, signal_of
from config.condition import Comparison, Contradiction, Feedback, Holds

Statement = Callable[[Sequence[Truth]], Truth]


class StatedJudge(LatestInputs):
    """Judges whether a statement on comparisons, one for each point, is true."""

    def __init__(self, comparisons: Sequence[Comparison], statement: Statement) -> None:
        super().__init__(len(comparisons))
        self._fulfils = tuple(compile_comparison(each) for each in comparisons)
        self._statement = statement

    def judge(self, _mono_ns: int) -> Judgement:
        """Say whether it is true."""
        seems = self._statement(self._truths())
        signal = signal_of(seems, self._statement(self._truths(only_good=True)))
        about = self.at(0)
        value = about.value if about else None
        return Judgement(signal, value, about.quality if about else None, blind=seems is None)

    def _truths(self, *, only_good: bool = False) -> list[Truth]:
        return [
            None
            if given is None or given.value is None or (only_good and not given.quality.is_good)
            else fulfils(given)
            for given, fulfils in zip(self._inputs, self._fulfils, strict=True)
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
