"""A case of a test of rules: what points read over time, and what the rules are to say of it.

Moments are seconds of the plant's time since the case began, values in the point's unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import pi, sin
from typing import Final

from config.fault import Place
from config.model import Plant, Point, Text

GOOD: Final = "good"
MISSING: Final = "missing"
"""Nothing is read at all: not a bad reading, but none."""


class Word(StrEnum):
    """What a rule can be expected to say; the value is the key in the file."""

    RAISED = "raised"
    CLEARED = "cleared"
    LOST = "lost"  # nobody watches it for want of values
    FOUND = "found"
    RESET = "reset"  # a latched alarm is over by a person's act
    REFUSED = "refused"  # an act that the alarm is in no state for


class Doing(StrEnum):
    """What a person can do in a case; the value is the key in the file."""

    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a point reads from `at_s` on, until its next turn.

    `quality` is a word of drivers.reading.Quality, or MISSING; `value` is None where there is no
    number. Over `over_s` the value goes to `to`; about it, it swings by `swing` every `every_s`.
    """

    at_s: float
    value: float | None = None
    quality: str = GOOD
    to: float | None = None
    over_s: float = 0.0
    swing: float = 0.0
    every_s: float = 0.0

    def reading(self, at_s: float) -> float | None:
        """Return the value at a moment of this turn."""
        middle = self.middle(at_s)
        if middle is None or not self.swing:
            return middle
        return middle + self.swing * sin(2 * pi * (at_s - self.at_s) / self.every_s)

    def middle(self, at_s: float) -> float | None:
        """Return the value without its swing."""
        if self.value is None or self.to is None:
            return self.value
        share = min(1.0, (at_s - self.at_s) / self.over_s)
        return self.value + (self.to - self.value) * share


@dataclass(frozen=True, slots=True)
class Course:
    """One point over the whole case: its turns, in order of time. Before the first nothing is read."""

    point: Point
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that a rule is to say, at `at_s` give or take `within_s`; and where that is written."""

    rule: str
    word: Word
    at_s: float
    within_s: float
    place: Place


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person does to the alarm of a rule."""

    rule: str
    doing: Doing
    at_s: float


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `begins` is the plant's local time; points are read no more often than `every_s`."""

    id: str
    name: Text
    place: Place
    begins: datetime
    lasts_s: float
    every_s: float
    courses: Sequence[Course]
    acts: Sequence[Act]  # in order of time
    expected: Sequence[Expected]
    unread: frozenset[str]  # rules of points that the case does not give
    unknown: frozenset[str]  # those that would say only that a case has no baseline, or gives no phase


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All cases of one file, and the plant whose rules they are about."""

    plant: Plant
    cases: Mapping[str, Case]
