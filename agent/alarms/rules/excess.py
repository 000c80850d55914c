"""How far a computed value is past its limit."""

from agent.alarms.rules.judging import Judgement
from agent.alarms.states import Signal
from config.condition import Direction, Threshold
from drivers.reading import Quality

_SIGN = {Direction.UP: 1.0, Direction.DOWN: -1.0}


def judge_excess(
    change: float, base: float, threshold: Threshold, direction: Direction, quality: Quality
) -> Judgement:
    """Judge a change or a difference; in percent, as a share of `base`."""
    value = change
    if threshold.is_percent:
        value = 100.0 * change / max(abs(base), threshold.at_least)
    size = abs(value) if direction is Direction.EITHER else value * _SIGN[direction]
    if size >= threshold.limit:
        return Judgement(Signal.BEYOND, value, quality)
    if not quality.is_good:
        return Judgement(Signal.LOST, value, quality)
    is_back = size < threshold.limit - threshold.deadband
    return Judgement(Signal.BACK if is_back else Signal.BETWEEN, value, quality)
