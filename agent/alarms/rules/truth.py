"""Three-valued truth of comparisons: true, false, or not known (None), after Kleene.

What is not known decides nothing: `false and unknown` is false, `true and unknown`
is unknown. Each statement is computed twice: as things seem, which may raise an
alarm, and as things are sure (GOOD readings alone), which may clear it.
"""

from collections.abc import Callable

from agent.alarms.rules.judging import Input
from agent.alarms.states import Signal
from config.condition import Comparison, Relation
from drivers.reading import Quality

Truth = bool | None


def compile_comparison(what: Comparison) -> Callable[[Input], bool]:
    """Return whether a reading with a value fulfils it; driven off its range, it keeps its direction."""
    at = what.at
    if what.relation is Relation.EQUALS:
        return lambda given: given.value == at
    if what.relation is Relation.ABOVE:
        return lambda given: given.quality is Quality.OVER_RANGE or (given.value or 0.0) >= at
    return lambda given: given.quality is Quality.UNDER_RANGE or (given.value or 0.0) <= at


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


def signal_of(seems: Truth, sure: Truth) -> Signal:
    """Return what a statement that must not be true says to its alarm."""
    if seems:
        return Signal.BEYOND
    return Signal.BACK if sure is False else Signal.LOST
