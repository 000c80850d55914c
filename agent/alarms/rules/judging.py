"""What every kind of rule is: it takes readings, and says what they mean at a time.

A judge asks for no time and sets no deadline: it says when it wants to be asked
again though nothing came (`due_ns`). Absence is never health: BACK is said only of
values that are all there and GOOD; an uncertain one may raise and never clears.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from agent.alarms.states import Signal
from drivers.reading import Quality


class Input(NamedTuple):
    """One reading of one point that a rule reads; without a value there is only the reason."""

    value: float | None
    quality: Quality
    mono_ns: int


@dataclass(frozen=True, slots=True)
class Judgement:
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


class LatestInputs:
    """The newest reading of each point: all that most kinds need."""

    def __init__(self, count: int) -> None:
        self._inputs: list[Input | None] = [None] * count

    def take(self, place: int, given: Input) -> None:
        """Take a reading."""
        self._inputs[place] = given

    def values(self) -> list[float] | None:
        """Return every point's value; None if one is missing."""
        values = [given.value for given in self._inputs if given is not None and given.value is not None]
        return values if len(values) == len(self._inputs) else None

    @property
    def worst(self) -> Quality:
        """The least trusted quality among them."""
        return max((given.quality for given in self._inputs if given is not None), default=Quality.STALE)

    def at(self, place: int) -> Input | None:
        """Return the newest reading of one point."""
        return self._inputs[place]
