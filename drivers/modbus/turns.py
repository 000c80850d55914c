"""Who is asked next on a line: the queue of one connection.

The unit whose last turn lies furthest back comes next, and of one unit the block
that has waited longest, so that a unit with many blocks starves no other.

Units that have fallen silent come after all others, except that their probes may
take a fifth of the time: a line with twenty dead units still serves the live ones,
and with a few dead ones finds each back within seconds.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from drivers.modbus.roster import Polled

PROBE_SHARE: Final = 0.2
"""Of the line's time, while others wait."""


@dataclass(slots=True, eq=False)
class Errand:
    """One request to be made. `owner` is None for a test, which belongs to no slot of the grid."""

    polled: Polled
    owner: int | None
    for_slot: bool  # a slot waits for its outcome, so that failing is a BAD scan
    slot_ns: int = 0  # since when one waits

    @property
    def unit_id(self) -> int:
        """The unit that is to be asked."""
        return self.polled.block.unit_id


class Turns:
    """The errands that wait, in order of asking. `news` is set when there is something to look at again."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self._waiting: list[Errand] = []
        self._turns: dict[int, int] = {}  # unit → number of its last turn
        self._turn = 0
        self._probes_from_ns = 0

    def add(self, errand: Errand) -> None:
        """Queue an errand."""
        self._waiting.append(errand)
        self.news.set()

    def put_first(self, errand: Errand) -> None:
        """Queue an errand before all others of its unit; one of its owner that waits takes its place."""
        waiting = self.find(lambda other: other.owner == errand.owner)
        if waiting is not None:
            self._waiting.remove(waiting)
        self._waiting.insert(0, waiting or errand)
        self.news.set()

    def find(self, fits: Callable[[Errand], bool]) -> Errand | None:
        """Return the first errand that waits and fits."""
        return next(filter(fits, self._waiting), None)

    def waits(self, owner: int) -> bool:
        """Return whether an owner has an errand that waits."""
        return any(errand.owner == owner for errand in self._waiting)

    def take(self, may_ask: Callable[[int], bool], now_ns: int) -> Errand | None:
        """Take out what to do next, of the units that may be asked; None where there is nothing."""
        oldest: dict[int, Errand] = {}
        for errand in self._waiting:
            oldest.setdefault(errand.unit_id, errand)
        free = [errand for unit_id, errand in oldest.items() if may_ask(unit_id)]
        sound = [errand for errand in free if not errand.polled.standing.failures]
        choice = sound if sound and now_ns < self._probes_from_ns else free
        if not choice:
            return None
        errand = min(choice, key=lambda errand: self._turns.get(errand.unit_id, 0))
        self._turn += 1
        self._turns[errand.unit_id] = self._turn
        self._waiting.remove(errand)
        return errand

    def probed(self, took_ns: int, now_ns: int) -> None:
        """Note how long a silent unit has held up the line."""
        self._probes_from_ns = now_ns + round(took_ns * (1 / PROBE_SHARE - 1))

    def remove(self, owners: Iterable[int]) -> list[Errand]:
        """Take out the errands of owners that are no more."""
        gone = set(owners)
        removed = [errand for errand in self._waiting if errand.owner in gone]
        self._waiting = [errand for errand in self._waiting if errand not in removed]
        return removed

    def clear(self) -> list[Errand]:
        """Take out everything."""
        waiting, self._waiting = self._waiting, []
        return waiting
