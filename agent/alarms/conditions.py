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

    def condition(value: Value, quality: Quality) -> Signal:
        if value is None or isinstance(value, str):  # config gives a text no limits
            return Signal.LOST
        if quality is driven_off or (value >= limit if high else value <= limit):
            return Signal.BEYOND
        if not quality.is_good:
            return Signal.LOST
        if value < back if high else value > back:
            return Signal.BACK
        return Signal.BETWEEN

    return condition
