"""From a reading to a `Signal`: compiled once per rule, called for every reading.

A reading out of its measuring range keeps its direction: over-range is beyond
every high limit, whatever number the device could still show (under-range:
beyond every low one).
"""

from collections.abc import Callable

from agent.alarms.states import Signal
from config.model import LimitRule
from drivers.reading import Quality, Value

Condition = Callable[[Value, Quality], Signal]


def compile_limit(rule: LimitRule) -> Condition:
    """Return the condition of a hihi, hi, lo or lolo limit.

    At the limit is beyond it. Only a GOOD reading past the deadband says BACK:
    an uncertain one may raise an alarm but never clears one.
    """
    high, limit = rule.kind.is_high, rule.limit
    back = limit - rule.deadband if high else limit + rule.deadband
    driven_off = Quality.OVER_RANGE if high else Quality.UNDER_RANGE
    good = Quality.GOOD
    # Bound here, because Python 3.11 takes longer to look up a member of an enum than to compare numbers.
    beyond_it, between, back_again, lost = Signal.BEYOND, Signal.BETWEEN, Signal.BACK, Signal.LOST

    def condition(value: Value, quality: Quality) -> Signal:
        if value is None or isinstance(value, str):  # config gives a text no limits
            return lost
        if quality is driven_off or (value >= limit if high else value <= limit):
            return beyond_it
        if quality is not good:
            return lost
        return back_again if (value < back if high else value > back) else between

    return condition
