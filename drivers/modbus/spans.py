"""The fewest reads that fetch the points of one table, within the limits of the device.

A value is never split: the high word of one answer joined to the low word of the
next is a value the device never had.

The ways to read are weighed from the highest address down. A range that lies within
another comes with it, so the ranges that are weighed begin and end one after the
other, and what one read may hold, a part of it may hold too. Hence the furthest that
a run may go takes the fewest reads; shorter runs count only for saving registers, and
only where there is a gap or an overlap to be saved. So a table of two thousand coils
is planned in a few milliseconds: it happens on the event loop, whenever a hole is learnt.

Where a count must be even none of this holds: a run may be readable of which no shorter
one is. There every run is weighed.
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
    left_out = {r for r in at if not limits.may_hold(*r)}
    # Once more without those that nothing can read: others may have come with them.
    while True:
        runs, unread = _walk(_Table([r for r in at if r not in left_out], limits))
        if not unread:
            break
        left_out.update(unread)
    return [[s for r in run for s in at[r]] for run in runs], [s for r in sorted(left_out) for s in at[r]]


@dataclass(frozen=True, slots=True)
class _Way:
    """How to read the ranges from one on: what it costs, where its first run stops."""

    left_out: int
    reads: int
    registers: int
    stop: int
    reads_it: bool = True

    @property
    def cost(self) -> tuple[int, int, int]:
        return self.left_out, self.reads, self.registers


class _Table:
    """The ranges of a table, and the best way to read them from each one on."""

    def __init__(self, ranges: Sequence[Range], limits: Limits) -> None:
        self._limits = limits
        self.within: dict[Range, list[Range]] = {}  # each range that is weighed, and those that come with it
        for each in sorted(ranges, key=lambda r: (r[0], -r[1])):
            last = next(reversed(self.within), None)
            if last is not None and each[1] <= last[1]:
                self.within[last].append(each)
            else:
                self.within[each] = [each]
        self.weighed = list(self.within)
        self._furthest = self._reach()
        self._seam = self._seams()
        self.ways = self._weigh()

    def _reach(self) -> list[int]:
        """Return, for each range, where the longest run that begins with it stops."""
        limits, ranges = self._limits, self.weighed
        stops: list[int] = []
        stop = 0
        for start, (first, end) in enumerate(ranges):
            if stop > start:
                end = ranges[stop - 1][1]
            stop = max(stop, start + 1)
            while stop < len(ranges):
                low, high = ranges[stop]
                if high - first > limits.longest or (low > end and not limits.may_cross(end, low)):
                    break
                if limits.is_refused(first, high):
                    break
                stop, end = stop + 1, high
            stops.append(stop)
        return stops

    def _weigh(self) -> list[_Way]:
        """Return the best way to read the ranges from the n-th on, for every n."""
        limits, ranges = self._limits, self.weighed
        ways = [_Way(0, 0, 0, 0)] * (len(ranges) + 1)
        for start in reversed(range(len(ranges))):
            first = ranges[start][0]
            rest = ways[start + 1]
            best = _Way(rest.left_out + 1, rest.reads, rest.registers, start + 1, reads_it=False)
            for stop in self._stops(start):
                rest, end = ways[stop], ranges[stop - 1][1]
                if not limits.even and rest.reads >= best.reads and best.reads_it:
                    break  # the shorter the run, the more reads for the rest
                if (rest.left_out, rest.reads + 1, rest.registers + end - first) < best.cost and (
                    frame := limits.frame(first, end)
                ):
                    registers = rest.registers + frame[1] - frame[0]
                    best = min(best, _Way(rest.left_out, rest.reads + 1, registers, stop), key=_cost)
            ways[start] = best
        return ways

    def _stops(self, start: int) -> Iterator[int]:
        """Yield where a run that begins with this range may stop, furthest first."""
        stop = self._furthest[start]
        while stop > start:
            yield stop
            stop = self._seam[stop]

    def _seams(self) -> list[int]:
        """Return, for each place between two ranges, the one before it at which stopping may be better.

        Between ranges that touch it saves no register.
        """
        seams = [0]
        for stop in range(1, len(self.weighed) + 1):
            is_seam = stop == 1 or self._limits.even or self.weighed[stop - 2][1] != self.weighed[stop - 1][0]
            seams.append(stop - 1 if is_seam else seams[-1])
        return seams


def _cost(way: _Way) -> tuple[int, int, int]:
    return way.cost


def _walk(table: _Table) -> tuple[list[list[Range]], list[Range]]:
    """Return the best way's runs, with all that comes with their ranges, and what it leaves out."""
    runs: list[list[Range]] = []
    left_out: list[Range] = []
    start = 0
    while start < len(table.weighed):
        way = table.ways[start]
        taken = table.weighed[start : way.stop]
        if way.reads_it:
            runs.append(sorted(r for each in taken for r in table.within[each]))
        else:
            left_out += taken
        start = way.stop
    return runs, left_out


def order(span: Span) -> Range:
    """Return what spans are sorted by."""
    return span.range


def within(address: int, ranges: Iterable[Range]) -> bool:
    """Return whether an address lies in one of the ranges."""
    return any(first <= address < end for first, end in ranges)
