"""Which registers a device lacks: bisecting a read that it refuses.

A PLC answers exception 02 to a whole block if one of its registers does not
exist (03 where the block is longer than it likes), without saying which. So the
block is asked for in halves, and each refused half in halves again. A half that
answers is read from then on; what is left in the end is a point that does not
exist, a gap that may not be crossed, or a boundary between two reads that are
too long together.

Gaps are suspected first: their registers are in no manual.

A device that refuses everything (a PLC that is being programmed) teaches nothing.
So with the first answer the whole is asked for once more: if it answers as well,
the trouble is over, and whatever was learnt in the meantime is forgotten.
"""

from collections.abc import Generator, Sequence
from enum import Enum, auto

from drivers.modbus.spans import Limits, Range, Span

Run = list[Span]
Steps = Generator[Run, bool, frozenset[Range]]
"""Yields what to ask for next, is sent whether it was answered, returns the holes."""


class Verdict(Enum):
    """How a search stands."""

    SEARCHING = auto()
    FOUND = auto()
    ALL_REFUSED = auto()  # no part of it can be read
    PASSED = auto()  # the whole is answered again


class Search:
    """One refused run of spans on its way to an answer. `test` is what to ask for next."""

    def __init__(self, run: Run, limits: Limits) -> None:
        self.run = run
        self.verdict = Verdict.SEARCHING
        self.answered: list[Run] = []
        self.holes: frozenset[Range] = frozenset()
        self.test = run
        self._steps = find_holes(run, limits)
        self._next: Run | None = None
        self._asks_whole = False
        self._advance(None)

    def tell(self, *, answered: bool) -> None:
        """Take the outcome of `test`."""
        if self._asks_whole:
            self._asks_whole = False
            if answered:
                self.verdict = Verdict.PASSED
            else:
                self._go_on()
            return
        if answered:
            self.answered.append(self.test)
        self._advance(answered)

    def _advance(self, answered: bool | None) -> None:
        try:
            self._next = next(self._steps) if answered is None else self._steps.send(answered)
        except StopIteration as stop:
            self._next, self.holes = None, stop.value
        if answered and len(self.answered) == 1:
            self._asks_whole, self.test = True, self.run
        else:
            self._go_on()

    def _go_on(self) -> None:
        if self._next is not None:
            self.test = self._next
        else:
            self.verdict = Verdict.FOUND if self.answered else Verdict.ALL_REFUSED


def find_holes(run: Run, limits: Limits) -> Steps:
    """Find the holes of a run that was refused. Both halves are asked for before either is split."""
    parts = split(run, limits)
    if parts is None:
        return frozenset({_asked(run, limits)})
    left, right = parts
    answers = (yield left), (yield right)
    if all(answers):
        return frozenset({_between(left, right)})
    holes: frozenset[Range] = frozenset()
    for part, answered in zip(parts, answers, strict=True):
        if not answered:
            holes |= yield from find_holes(part, limits)
    return holes


def split(run: Run, limits: Limits) -> tuple[Run, Run] | None:
    """Return two parts of a run that can be asked for apart, at a gap if possible; None if there are none."""
    places = [n for n in range(1, len(run)) if run[n].range != run[n - 1].range]
    gaps = [n for n in places if run[n].first > _end(run[:n])]
    for place in _nearest_middle(gaps, run) + _nearest_middle(places, run):
        parts = run[:place], run[place:]
        if all(limits.frame(part[0].first, _end(part)) for part in parts):
            return parts
    return None


def _nearest_middle(places: Sequence[int], run: Run) -> list[int]:
    return sorted(places, key=lambda place: abs(2 * place - len(run)))


def _between(left: Run, right: Run) -> Range:
    """Return the hole between two parts that are answered apart, but not together."""
    end, first = _end(left), right[0].first
    if end > first:  # they overlap: all that is known is that the whole is refused
        return left[0].first, max(end, _end(right))
    return end, first


def _asked(run: Run, limits: Limits) -> Range:
    bare = run[0].first, _end(run)
    return limits.frame(*bare) or bare


def _end(run: Run) -> int:
    return max(span.end for span in run)
