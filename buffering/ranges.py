"""Ranges of sequence numbers: what of a lane is still to send, as values.

A set of ranges is a tuple, lowest first, whose ranges neither overlap nor are
empty. Only the last may be open: it takes in every record to come. A closed
range ends where it was cut and never grows; that the boundary between a closed
range and an open one next to it stays visible is what tells back-fill from live.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """The sequence numbers from `first` to `last`, both included; `last` None is open."""

    first: int
    last: int | None

    @property
    def is_open(self) -> bool:
        """Whether the range takes in every record to come."""
        return self.last is None


Ranges = tuple[Range, ...]


def subtract(ranges: Iterable[Range], gone: Range) -> Ranges:
    """Return `ranges` without the numbers in `gone`."""
    return tuple(part for one in ranges for part in _remainders(one, gone))


def _remainders(one: Range, gone: Range) -> Iterator[Range]:
    before_last = gone.first - 1 if one.last is None else min(one.last, gone.first - 1)
    if one.first <= before_last:
        yield Range(one.first, before_last)
    if gone.last is None:
        return
    after_first = max(one.first, gone.last + 1)
    if one.last is None or after_first <= one.last:
        yield Range(after_first, one.last)


def merge(ranges: Iterable[Range]) -> Ranges:
    """Return the closed `ranges`, in any order, as the fewest that hold the same numbers."""
    merged: list[Range] = []
    for one in sorted(ranges, key=lambda each: each.first):
        assert one.last is not None, one
        before = merged[-1] if merged else None
        if before is not None and before.last is not None and one.first <= before.last + 1:
            merged[-1] = Range(before.first, max(before.last, one.last))
        else:
            merged.append(one)
    return tuple(merged)


def has(ranges: Ranges, seq: int) -> bool:
    """Return whether one of the closed `ranges`, lowest first, holds a number."""
    place = bisect_right(ranges, seq, key=lambda one: one.first) - 1
    last = ranges[place].last if place >= 0 else None
    return last is not None and seq <= last


def cut_open(ranges: Iterable[Range], head: int) -> Ranges:
    """Return `ranges` with the open one cut after `head`: before is back-fill, after is live."""
    return tuple(part for one in ranges for part in _cut(one, head))


def _cut(one: Range, head: int) -> Iterator[Range]:
    if one.last is None and one.first <= head:
        yield Range(one.first, head)
        yield Range(head + 1, None)
    else:
        yield one


def existing(ranges: Iterable[Range], head: int) -> Ranges:
    """Return the part of `ranges` whose records exist: the open one ends at `head`."""
    return tuple(
        Range(one.first, head) if one.last is None else one
        for one in ranges
        if one.last is not None or one.first <= head
    )


def prune(ranges: Iterable[Range], first_kept: int) -> Ranges:
    """Return `ranges` after every record below `first_kept` was removed from the store."""
    return subtract(ranges, Range(0, first_kept - 1))


def count(ranges: Iterable[Range]) -> int:
    """Return how many numbers the closed `ranges` hold."""
    return sum(one.last - one.first + 1 for one in ranges if one.last is not None)
