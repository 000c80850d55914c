"""Conditions over several points, as they are after parsing: every number in the unit that it meets.

`Value.place` counts the points of an expression in the order of their first mention.
"""

from dataclasses import dataclass
from typing import Literal

Sum = Literal["+", "-", "*", "/"]
Order = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a point."""

    place: int


@dataclass(frozen=True, slots=True)
class Computed:
    """Two numbers, computed."""

    operator: Sum
    left: "Numeric"
    right: "Numeric"


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean over the last `window_s`."""

    of: "Numeric"
    window_s: float


@dataclass(frozen=True, slots=True)
class Change:
    """By how much it has risen since `window_s` ago."""

    of: "Numeric"
    window_s: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Two numbers, compared."""

    operator: Order
    left: "Numeric"
    right: "Numeric"


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them is true."""

    parts: tuple["Logical", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of them is true."""

    parts: tuple["Logical", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It is not true."""

    of: "Logical"


@dataclass(frozen=True, slots=True)
class Lasting:
    """It has been true for `for_s`."""

    of: "Logical"
    for_s: float


Numeric = Number | Value | Computed | Mean | Change
Logical = Compared | All | Any | Not | Lasting
