"""The fewest reads that fetch the points of one table, within the limits of the device.

A value is never split: the high word of one answer joined to the low word of the
next is a value the device never had.

Taking as much as fits from the lowest address up is the best there is, as long
as only length and gaps count. Where a count must be even it is not: a run may be
readable of which no shorter one is. So every way is weighed, from the highest
address down; that costs no more than the number of points times those that fit
into one read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from config.model import Point

Range = tuple[int, int]
"""The addresses [first, end)."""


@dataclass(frozen=True, slots=True)
class Span:
    """The addresses [first, end) that hold one point."""

    first: int
    end: int
    point: Point

    @property
    def range(self) -> Range:
        """First address and the one after the last."""
        return self.first, self.end


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one read may go, in addresses (registers, or bits in a bit table).

    A hole is a range that the device has refused: whatever contains all of it
    would be refused as well. The hole (n, n) says only that no read may hold both
    n - 1 and n.
    """

    gap: int  # addresses that may be read though nothing is known of them
    count: int  # per read
    even: bool = False  # the count must be even
    forbidden: tuple[Range, ...] = ()
    readable: tuple[Range, ...] = ()  # they exist, whether there is a point or not
    padding: frozenset[int] = frozenset()  # one of these may make a count even
    holes: frozenset[Range] = frozenset()

    @property
    def longest(self) -> int:
        """How many addresses one read may hold at most."""
        return self.count - self.count % 2 if self.even else self.count

    def may_cross(self, first: int, end: int) -> bool:
        """Return whether a read may hold [first, end) though none of its points needs them."""
        if self.is_forbidden(first, end):
            return False
        unknown = sum(not within(address, self.readable) for address in range(first, end))
        return unknown <= self.gap

    def may_hold(self, first: int, end: int) -> bool:
        """Return whether some read may hold all of [first, end), as far as we are told."""
        return (
            end - first <= self.longest
            and not self.is_forbidden(first, end)
            and not self.is_refused(first, end)
        )

    def is_forbidden(self, first: int, end: int) -> bool:
        """Return whether a part of [first, end) must never be read."""
        return any(low < end and first < high for low, high in self.forbidden)

    def is_refused(self, first: int, end: int) -> bool:
        """Return whether the device is known to refuse a read of [first, end)."""
        return any(
            first <= low and high <= end if low < high else first < low < end for low, high in self.holes
        )

    def frame(self, first: int, end: int) -> Range | None:
        """Return the addresses to ask for, so that [first, end) is among them; None where nothing goes."""
        frames = [(first, end)]
        if self.even and (end - first) % 2:
            frames = [(first, end + 1)] if end in self.padding else []
            frames += [(first - 1, end)] if first - 1 in self.padding else []
        return next((f for f in frames if f[1] - f[0] <= self.longest and not self.is_refused(*f)), None)


def pad(limits: Limits, points: Sequence[Range]) -> Limits:
    """Return the limits with the registers that may make a count even, where that is asked.

    They are those that we are told exist: points, declared ones, gaps that may be crossed.
    """
    if not limits.even:
        return limits
    known = {address for first, end in (*points, *limits.readable) for address in range(first, end)}
    for (_, end), (first, _) in pairwise(sorted(points)):
        if first > end and limits.may_cross(end, first):
            known.update(range(end, first))
    return replace(limits, padding=frozenset(a for a in known if not within(a, limits.forbidden)))


def join_spans(spans: Iterable[Span], limits: Limits) -> tuple[list[list[Span]], list[Span]]:
    """Return the fewest runs of spans that can each be read at once, and the spans that no read can hold.

    Of several ways with as few reads, the one with the fewest registers is taken, and
    of these the one that reads most first.
    """
    at: dict[Range, list[Span]] = {}
    for span in sorted(spans, key=order):
        at.setdefault(span.range, []).append(span)
    left_out = [r for r in at if not limits.may_hold(*r)]
    # Once more without those that nothing can read: they may have stood between two that go together.
    for _ in range(2):
        ranges = [r for r in at if r not in left_out]
        runs, unread = _walk(ranges, _ways(ranges, limits))
        left_out += unread
    return [[s for r in run for s in at[r]] for run in runs], [s for r in sorted(left_out) for s in at[r]]


def _ways(ranges: Sequence[Range], limits: Limits) -> "list[_Way]":
    """Return the best way to read the last n ranges, for n from 0 to all."""
    ways = [_Way(0, 0, 0, len(ranges))]
    for start in reversed(range(len(ranges))):
        rest = ways[-1]
        best = _Way(rest.left_out + 1, rest.reads, rest.registers, start + 1, reads_it=False)
        for stop, (first, end) in _frames(ranges, start, limits):
            rest = ways[len(ranges) - stop]
            way = _Way(rest.left_out, rest.reads + 1, rest.registers + end - first, stop)
            best = min(way, best, key=_Way.cost)  # among equals the longer run
        ways.append(best)
    return ways


@dataclass(frozen=True, slots=True)
class _Way:
    """How to read some ranges: what it costs, where its first run stops."""

    left_out: int
    reads: int
    registers: int
    stop: int
    reads_it: bool = True

    def cost(self) -> tuple[int, int, int]:
        return self.left_out, self.reads, self.registers


def _frames(ranges: Sequence[Range], start: int, limits: Limits) -> Iterator[tuple[int, Range]]:
    """Yield where a run that begins at `start` may stop, and what would be asked for; shortest first."""
    first, end = ranges[start]
    for stop, (low, high) in enumerate(ranges[start:], start + 1):
        if max(end, high) - first > limits.longest or (low > end and not limits.may_cross(end, low)):
            return
        end = max(end, high)
        if limits.is_refused(first, end):
            return
        if (frame := limits.frame(first, end)) is not None:
            yield stop, frame


def _walk(ranges: Sequence[Range], ways: Sequence[_Way]) -> tuple[list[list[Range]], list[Range]]:
    runs: list[list[Range]] = []
    left_out: list[Range] = []
    start = 0
    while start < len(ranges):
        way = ways[len(ranges) - start]
        if way.reads_it:
            runs.append(list(ranges[start : way.stop]))
        else:
            left_out += ranges[start : way.stop]
        start = way.stop
    return runs, left_out


def order(span: Span) -> Range:
    """Return what spans are sorted by."""
    return span.range


def within(address: int, ranges: Iterable[Range]) -> bool:
    """Return whether an address lies in one of the ranges."""
    return any(first <= address < end for first, end in ranges)
