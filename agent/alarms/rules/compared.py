"""Points held against each other: difference of two, imbalance of several."""

from agent.alarms.rules.excess import judge_excess
from agent.alarms.rules.judging import BLIND, Judgement, Latest
from config.condition import Difference, Direction, Imbalance


class DifferenceJudge(Latest):
    """Judges one `Difference`."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(2)
        self._difference = difference

    def judge(self, _mono_ns: int) -> Judgement:
        """Say how far the first is from the other."""
        point, other = self.values
        if point is None or other is None:
            return BLIND
        of = self._difference
        return judge_excess(point - other, point, of.threshold, of.direction, self.worst)


class ImbalanceJudge(Latest):
    """Judges one `Imbalance`."""

    def __init__(self, imbalance: Imbalance) -> None:
        super().__init__(len(imbalance.points))
        self._imbalance = imbalance

    def judge(self, _mono_ns: int) -> Judgement:
        """Say how far apart the highest and the lowest are."""
        values = [value for value in self.values if value is not None]
        if len(values) < len(self.values):
            return BLIND
        spread, mean = max(values) - min(values), sum(values) / len(values)
        return judge_excess(spread, mean, self._imbalance.threshold, Direction.UP, self.worst)
