"""When each block is due: an absolute grid, so that lateness never adds up.

A grid's slots lie at origin + phase + k × period. Phases are spread in 20
steps, so that a hundred blocks don't wake the loop, and the line, in one burst:
5 ms apart at a period of 100 ms, 250 ms at 5 s. Longer periods are spread
no further than that, so that what is read every 6 h has its first reading soon.
A slot that has passed while its owner was late is skipped and counted, never
caught up: a burst of old questions would make the next ones late as well.

Pure: time is an argument, in nanoseconds of the monotonic clock.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

PHASES: Final = 20
"""Steps in which the slots of one period are spread: 50 ms apart at a period of 1 s."""
SPREAD_MAX_NS: Final = 5_000_000_000
"""Every first slot comes within this time, however long the period."""
STEP_NS: Final = 50_000_000
"""All connections begin their grids on multiples of this, so that the loop wakes once for all of them."""
ORIGIN_STEPS: Final = 5
"""Connections that come up together begin within so many steps, not all in one burst."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The slots of one block: first, first + period, first + 2 × period …"""

    first_ns: int
    period_ns: int

    def after(self, now_ns: int) -> int:
        """Return the first slot later than `now_ns`."""
        passed = (now_ns - self.first_ns) // self.period_ns + 1
        return self.first_ns + max(0, passed) * self.period_ns


@dataclass(frozen=True, slots=True)
class Due:
    """A slot that has come: whose it is, when it was due, and how many before it were skipped."""

    owner: int
    due_ns: int
    skipped: int


class Schedule:
    """The next slot of every owner; owners are numbered as their grids were given."""

    def __init__(self, grids: Sequence[Grid] = ()) -> None:
        self._grids: dict[int, Grid] = {}
        self._next: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []  # whoever moved or went leaves a slot behind
        for owner, grid in enumerate(grids):
            self._set(owner, grid, grid.first_ns)

    @property
    def next_ns(self) -> int | None:
        """When the next slot is due; None where there is nothing to do."""
        while self._heap and self._next.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def next_of(self, owner: int) -> int:
        """Return when one owner's next slot is due."""
        return self._next[owner]

    def grid_of(self, owner: int) -> Grid:
        """Return one owner's grid."""
        return self._grids[owner]

    def add(self, owner: int, grid: Grid, now_ns: int) -> None:
        """Give a new owner its first slot later than `now_ns`."""
        self._set(owner, grid, grid.after(now_ns))

    def remove(self, owner: int) -> None:
        """Forget an owner."""
        del self._grids[owner], self._next[owner]

    def take(self, now_ns: int) -> list[Due]:
        """Return the slots that have come, one per owner, and move each owner on past `now_ns`."""
        taken: list[Due] = []
        while (due_ns := self.next_ns) is not None and due_ns <= now_ns:
            owner = self._heap[0][1]
            grid = self._grids[owner]
            following_ns = grid.after(now_ns)
            self._set(owner, grid, following_ns)
            last_ns = following_ns - grid.period_ns
            taken.append(Due(owner, last_ns, (last_ns - due_ns) // grid.period_ns))
        return taken

    def _set(self, owner: int, grid: Grid, next_ns: int) -> None:
        self._grids[owner] = grid
        self._next[owner] = next_ns
        heapq.heappush(self._heap, (next_ns, owner))


def begin_grid(now_ns: int, rng: Random) -> int:
    """Return where a connection's grid begins: soon after `now_ns`, on a step shared with the others."""
    return -(-now_ns // STEP_NS) * STEP_NS + rng.randrange(ORIGIN_STEPS) * STEP_NS


def spread(periods_s: Sequence[float], *, origin_ns: int) -> tuple[Grid, ...]:
    """Return a grid for each period, phases spread evenly among those that share one.

    The first owner of each period is due at `origin_ns`, the others within one period of
    it, and no later than SPREAD_MAX_NS.
    """
    sharing = {period: periods_s.count(period) for period in set(periods_s)}
    placed = dict.fromkeys(sharing, 0)
    grids: list[Grid] = []
    for period in periods_s:
        period_ns = round(period * 1e9)
        step = placed[period] * PHASES // sharing[period]
        placed[period] += 1
        grids.append(Grid(origin_ns + step * min(period_ns, SPREAD_MAX_NS) // PHASES, period_ns))
    return tuple(grids)
