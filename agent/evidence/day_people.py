"""What people took out of use on a day: protections bypassed, alarms shelved, limits laxer than their clause.

A bypass is told by events, a shelving by what happened to its alarm, a deviation by
the list of points that was in force.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from agent.evidence.readings import Period
from agent.records import Json

BYPASS: Final = "bypass"
SHELVING: Final = "shelving"
_BEGINS: Final = {"bypass": BYPASS, "shelved": SHELVING}
_ENDS: Final = {"bypass-end": BYPASS, "unshelved": SHELVING}
NOBODY: Final = "–"
"""Who ends what ends by time."""


@dataclass(slots=True)
class TakenOut:
    """One bypass or shelving; `to_ns` None: it stands. `ended_by` is NOBODY where it ran out."""

    kind: str
    begun: Json
    from_ns: int
    to_ns: int | None = None
    ended_by: str = ""


class TakenOutOfDay:
    """Hears of every bypass and shelving, and keeps those that stood at some time of the day."""

    def __init__(self, day: Period) -> None:
        self._day = day
        self._open: dict[tuple[str, str], TakenOut] = {}
        self._over: list[TakenOut] = []

    def hear(self, happening: Json, kind: str, at_ns: int) -> None:
        """Take an event, or what happened to an alarm. Raises KeyError: it does not say of which rule."""
        if kind in _BEGINS:
            self._end(_BEGINS[kind], happening, at_ns)  # it was done again, for longer or for another reason
            self._open[_BEGINS[kind], _of(happening)] = TakenOut(_BEGINS[kind], happening, at_ns)
        elif kind in _ENDS:
            self._end(_ENDS[kind], happening, at_ns)

    def _end(self, kind: str, happening: Json, at_ns: int) -> None:
        found = self._open.pop((kind, _of(happening)), None)
        if found is not None and at_ns >= self._day.from_ns:
            found.to_ns, found.ended_by = at_ns, str(happening.get("by") or NOBODY)
            self._over.append(found)

    def found(self) -> list[TakenOut]:
        """Return them, oldest first."""
        of_day = [each for each in (*self._over, *self._open.values()) if each.from_ns < self._day.to_ns]
        return sorted(of_day, key=lambda each: each.from_ns)


def _of(happening: Json) -> str:
    """Return what is out of use: a rule, or a point, with all its rules."""
    return str(happening["rule"] or happening["point"])


@dataclass(frozen=True, slots=True)
class LaxerLimit:
    """A limit laxer than its clause, and the approval of it as the plant file had it."""

    limit: Json
    point: Json
    approval: Json
    is_in_force: bool


def laxer_limits(catalogues: Iterable[Json], day: date) -> Iterator[LaxerLimit]:
    """Yield every approval that was written in a plant file of the day, once each."""
    seen: list[tuple[str, Json]] = []
    for content in catalogues:
        for point in content.get("points", ()):
            for limit in point.get("limits", ()):
                approval = limit.get("deviation")
                if approval is not None and (limit["rule"], approval) not in seen:
                    seen.append((limit["rule"], approval))
                    is_in_force = str(approval["date"]) <= str(day) <= str(approval["until"])
                    yield LaxerLimit(limit, point, approval, is_in_force)
