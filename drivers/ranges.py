"""The measuring range: a value beyond it is held at its end, with the direction kept."""

import math

from config.model import Point
from drivers.reading import Quality, Value


def judge(point: Point, value: float | bool) -> tuple[Value, Quality]:
    """Return `value` with its quality, as far as the number itself tells.

    Not a number and infinite values are BAD; beyond the measuring range the
    value is held at the range's end, OVER_RANGE or UNDER_RANGE.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None, Quality.NOT_A_NUMBER
    if point.range is None or isinstance(value, bool):
        return value, Quality.GOOD
    low, high = point.range
    if value > high:
        return _like(value, high), Quality.OVER_RANGE
    if value < low:
        return _like(value, low), Quality.UNDER_RANGE
    return value, Quality.GOOD


def _like(value: float, end: float) -> float | int:
    return int(end) if isinstance(value, int) and end == int(end) else float(end)
