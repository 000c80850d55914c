"""Points held against each other: difference of two, imbalance of several."""

from agent.alarms.rules.excess import judge_excess
from agent.alarms.rules.judging import BLIND, Judgement, LatestInputs
from config.condition import Difference, Direction, Imbalance


class DifferenceJudge(LatestInputs):
    """Judges one `Difference`."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(2)
        self._difference = difference

    def judge(self, _mono_ns: int) -> Judgement:
        """Say how far the first is from the other."""
        values = self.values()
        if values is None:
            return BLIND
        point, other = values
        of = self._difference
        return judge_excess(point - other, point, of.threshold, of.direction, self.worst)


class ImbalanceJudge(LatestInputs):
    """Judges one `Imbalance`."""

    def __init__(self, imbalance: Imbalance) -> None:
        super().__init__(len(imbalance.points))
        self._imbalance = imbalance

    def judge(self, _mono_ns: int) -> Judgement:
        """Say how far apart the highest and the lowest are."""
        values = self.values()
        if values is None:
            return BLIND
        spread, mean = max(values) - min(values), sum(values) / len(values)
        return judge_excess(spread, mean, self._imbalance.threshold, Direction.UP, self.worst)
