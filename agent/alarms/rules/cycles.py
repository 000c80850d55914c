"""Means of a value that goes up and down in cycles: a filter's pressure while it is cleaned on demand.

A cycle ends at the bottom of a fall: the value has come down by `swing`, and has risen by
`swing` from there. What counts as time is running time, which the caller keeps: a filter
that stands still is not being loaded. Numbers are in the value's unit, times in nanoseconds.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

CYCLES_KEPT: Final = 3
"""The mean of so many cycles is compared: one alone depends on how the last pulse happened to fall."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A whole cycle, from bottom to bottom."""

    mean: float
    low: float
    high: float
    lasted_ns: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What cycles have in common: their mean, weighted by time, and how low and high they went."""

    mean: float
    low: float
    high: float
    cycles: int


def extent_of(cycles: "deque[Cycle] | list[Cycle]") -> Extent | None:
    """Return what the cycles have in common; None of none."""
    if not cycles:
        return None
    lasted_ns = sum(cycle.lasted_ns for cycle in cycles)
    mean = sum(cycle.mean * cycle.lasted_ns for cycle in cycles) / lasted_ns
    low, high = min(cycle.low for cycle in cycles), max(cycle.high for cycle in cycles)
    return Extent(mean, low, high, len(cycles))


class CycleFinder:
    """Cuts a value's course into whole cycles."""

    def __init__(self, swing: float) -> None:
        self._swing = swing
        self.forget()

    def forget(self) -> None:
        """Begin anew: what came before has nothing to do with what comes."""
        self._last: float | None = None
        self._last_ns = 0
        self._sum = 0.0  # value × nanoseconds, since it began
        self._is_falling = False
        self._low = self._high = self._top = 0.0
        self._bottom: tuple[int, float] = (0, 0.0)  # when, and the sum there
        self._begun: tuple[int, float] | None = None

    def feed(self, value: float, at_ns: int) -> Cycle | None:
        """Take the value that holds from now on; return the cycle that has thereby shown to be whole."""
        if self._last is None:
            self._low = self._high = self._top = value
        else:
            self._sum += self._last * (at_ns - self._last_ns)
        self._last, self._last_ns = value, at_ns
        if not self._is_falling:
            self._top = max(self._top, value)
            self._high = max(self._high, value)
            if value <= self._top - self._swing:
                self._is_falling, self._low = True, value
                self._bottom = at_ns, self._sum
            return None
        if value < self._low:
            self._low, self._bottom = value, (at_ns, self._sum)
        if value < self._low + self._swing:
            return None
        return self._turn(value)

    def _turn(self, value: float) -> Cycle | None:
        begun, self._begun, cycle = self._begun, self._bottom, None
        if begun is not None and self._bottom[0] > begun[0]:
            lasted_ns = self._bottom[0] - begun[0]
            cycle = Cycle((self._bottom[1] - begun[1]) / lasted_ns, self._low, self._high, lasted_ns)
        self._is_falling, self._top, self._high = False, value, value
        return cycle
