"""A rule about a baseline, from what is written to the condition."""

from typing import Final

from config.condition import Baseline, Direction, Threshold
from config.rule_entry import BaselineRule
from config.written_rule import Found, WrittenRule

PERIODS_PER_MEAN_MIN: Final = 10
"""A mean of fewer readings is no mean of a saw-tooth."""


def baseline(written: WrittenRule, entry: BaselineRule) -> Found | None:
    """Return the condition with its points; None after telling what is wrong."""
    point = written.point(entry.point, "point", numeric=True)
    during = written.comparison(entry.during, "during") if entry.during else None
    if point is None or (entry.during is not None and during is None):
        return None
    permitted = written.step(entry.permitted, point, "permitted") if entry.permitted else None
    swing = written.step(entry.swing, point, "swing") if entry.swing else None
    is_long = written.is_long_enough(entry.window, PERIODS_PER_MEAN_MIN, point)
    if (
        not is_long
        or (entry.permitted is not None and permitted is None)
        or (entry.swing is not None and swing is None)
    ):
        return None
    condition = Baseline(
        point=point.id,
        threshold=Threshold(entry.limit_percent, entry.deadband_percent, is_percent=True),
        direction=Direction(entry.direction),
        permitted=permitted,
        window_s=entry.window,
        swing=swing,
        during=during[0] if during else None,
        record_s=entry.record,
        within_s=entry.within,
    )
    return Found(condition, (point, during[1]) if during else (point,))
