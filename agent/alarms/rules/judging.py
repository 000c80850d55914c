"""What every kind of rule is: it takes readings, and says what they mean at a time.

A judge asks for no time and sets no deadline: it says when it wants to be asked
again though nothing came (`due_ns`). Absence is never health: BACK is said only of
values that are all there and GOOD; an uncertain one may raise and never clears.
"""

from typing import NamedTuple, Protocol

from agent.alarms.states import Signal
from drivers.reading import Quality


class Input(NamedTuple):
    """One reading of one point that a rule reads; without a value there is only the reason."""

    value: float | None
    quality: Quality
    mono_ns: int


class Judgement(NamedTuple):
    """What a rule says now.

    `value` is what an alarm shows; `blind`: a value is missing without which nothing can be said.
    """

    signal: Signal
    value: float | None = None
    quality: Quality | None = None
    due_ns: int | None = None
    blind: bool = False


BLIND = Judgement(Signal.LOST, blind=True)


class Judge(Protocol):
    """One kind of rule, made for one rule."""

    def take(self, place: int, given: Input) -> None:
        """Take a reading of the rule's point number `place`."""

    def judge(self, mono_ns: int) -> Judgement:
        """Say what all that was taken means now."""


class Latest:
    """The newest reading of each point: all that most kinds need."""

    def __init__(self, count: int) -> None:
        self.values: list[float | None] = [None] * count
        self.qualities = [Quality.STALE] * count

    def take(self, place: int, given: Input) -> None:
        """Take a reading."""
        self.values[place], self.qualities[place] = given.value, given.quality

    @property
    def worst(self) -> Quality:
        """The least trusted quality among them."""
        return max(self.qualities)
