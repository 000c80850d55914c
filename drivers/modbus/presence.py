"""Which units are silent, told once when one falls silent and once when it is back.

One lost answer is no silence: it takes a second one, half a second later at the
earliest. Where every unit of a connection is silent, the connection's own report
says so, and units are not told one by one. A unit whose answers come and cannot be
taken is told by what is the matter with them (misfits.py), and not as silent.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from drivers.modbus.standing import Standing

SILENCES: Final = 2


class Tell(Protocol):
    """Takes the code of a note, the unit, and the note's other fields."""

    def __call__(self, code: str, unit_id: int, **fields: float) -> None:
        """Tell it."""
        ...


class Presence:
    """Keeps who is silent. Times in nanoseconds of the monotonic clock."""

    def __init__(
        self,
        standings: Mapping[int, Standing],
        tell: Tell,
        is_heard: Callable[[int], bool] = lambda _unit_id: False,
    ) -> None:
        self._standings = standings
        self._tell = tell
        self._is_heard = is_heard
        self._since_ns: dict[int, int] = {}  # units that are silent, and their first silence
        self._told: set[int] = set()

    def silent(self, unit_id: int, now_ns: int) -> None:
        """Take a silence, which the unit's standing has counted."""
        self._since_ns.setdefault(unit_id, now_ns)
        others = (standing for other, standing in self._standings.items() if other != unit_id)
        if (
            unit_id not in self._told
            and not self._is_heard(unit_id)
            and self._standings[unit_id].failures >= SILENCES
            and any(standing.is_good for standing in others)
        ):
            self._told.add(unit_id)
            self._tell("unit-silent", unit_id)

    def answered(self, unit_id: int, now_ns: int) -> None:
        """Take an answer."""
        since_ns = self._since_ns.pop(unit_id, None)
        if unit_id in self._told and since_ns is not None:
            self._told.discard(unit_id)
            self._tell("unit-back", unit_id, silent_s=round((now_ns - since_ns) / 1e9, 1))
