"""When a link is in doubt: it stands, as far as this end knows, and yet nothing comes.

A cable that is pulled sends no FIN, and a PLC in trouble accepts connections and
answers on none. A unit that is silent for a while is no reason to cut a link; a
link is given up when every unit behind it is silent, or when a unit that is
silent on it answers on another. Units that are asked once an hour must not keep a
dead link alive: where all that were asked of late are silent, the others are asked
out of turn.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

SILENCES_MAX: Final = 2
"""Silences of every single unit in a row, after which the connection itself is in doubt."""


ASK_AGAIN_NS: Final = 60_000_000_000
"""A unit that answered out of turn is not asked so again for as long, though others stay silent."""


@dataclass(slots=True, eq=False)
class Trust:
    """What one link has earned since it was opened."""

    silent_units: set[int] = field(default_factory=set)  # since its last answer
    is_lost: bool = False


class Doubts:
    """Compares the links of one connection."""

    def __init__(self, units: Collection[int]) -> None:
        self._units = frozenset(units)
        self._silences: dict[int, int] = {}
        self._links: list[Trust] = []
        self._asks_others = False
        self._next_ask_ns = 0

    def others(self, now_ns: int) -> Collection[int]:
        """Return the units that are to be asked out of turn, so that it is known whether anybody answers."""
        silent = [n for n in self._silences.values() if n >= SILENCES_MAX]
        if not silent or now_ns < self._next_ask_ns:
            return ()
        self._asks_others = True
        return [unit for unit in self._units if self._silences.get(unit, 0) < SILENCES_MAX]

    def begin(self) -> Trust:
        """Take a link that was opened."""
        if not self._links:
            self._silences.clear()
        self._links.append(Trust())
        return self._links[-1]

    def end(self, link: Trust) -> None:
        """Forget a link."""
        self._links.remove(link)

    def answered(self, unit_id: int, link: Trust, now_ns: int) -> None:
        """Take an answer: the unit lives, so a link on which it is silent does not."""
        if self._asks_others:
            self._asks_others, self._next_ask_ns = False, now_ns + ASK_AGAIN_NS
        self._silences.clear()
        link.silent_units.clear()
        for other in self._links:
            other.is_lost = other.is_lost or unit_id in other.silent_units

    def silent(self, unit_id: int, link: Trust) -> None:
        """Take a silence."""
        self._silences[unit_id] = self._silences.get(unit_id, 0) + 1
        link.silent_units.add(unit_id)
        if self._silences.keys() >= self._units and min(self._silences.values()) >= SILENCES_MAX:
            self._silences.clear()
            for one in self._links:
                one.is_lost = True
