"""Three-valued truth of comparisons: true, false, or not known (None), after Kleene.

What is not known decides nothing: `false and unknown` is false, `true and unknown`
is unknown.
"""

from collections.abc import Callable

from config.condition import Comparison, Relation
from drivers.reading import Quality

Truth = bool | None


Compared = Callable[[float, Quality], bool]
"""Whether a value with its quality fulfils a comparison."""


def compile_comparison(what: Comparison) -> Compared:
    """Return the comparison; a value that was driven off its range keeps its direction."""
    at, over, under = what.at, Quality.OVER_RANGE, Quality.UNDER_RANGE
    if what.relation is Relation.EQUALS:
        return lambda value, _quality: value == at
    if what.relation is Relation.ABOVE:
        return lambda value, quality: value >= at or quality is over
    return lambda value, quality: value <= at or quality is under


def both(a: Truth, b: Truth) -> Truth:
    """Kleene's and."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def opposite(a: Truth) -> Truth:
    """Kleene's not."""
    return None if a is None else not a


def differ(a: Truth, b: Truth) -> Truth:
    """Whether one is true and the other is not."""
    return None if a is None or b is None else a is not b
