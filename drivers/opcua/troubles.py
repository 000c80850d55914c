"""Points that have no value for a reason that a person must mend, each told once.

A node that does not exist, an element beyond an array's end, a value of another
type: such a point is BAD while all the others run. What is found in one round is
told together, by reason: a wrong namespace may take a thousand points with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from config.model import Point
from drivers.clock import Clock
from drivers.surroundings import Note, OnNote

NAMES_MAX: Final = 12
"""Points named in one sentence; of the others, their number is told."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a point has no value: `code` names the sentence, `detail` what the server or the value says."""

    code: str
    detail: str = ""


class Troubles:
    """What is wrong with the points of one connection, by handle."""

    def __init__(self, connection_id: str, points: Sequence[Point], clock: Clock, on_note: OnNote) -> None:
        self._connection_id = connection_id
        self._points = points
        self._clock = clock
        self._on_note = on_note
        self._standing: dict[int, Trouble] = {}
        self._untold: dict[Trouble, list[int]] = {}

    def found(self, handle: int, trouble: Trouble) -> None:
        """Something is wrong with a point; told with the next `tell`, unless it is known."""
        if self._standing.get(handle) != trouble:
            self.over(handle)
            self._standing[handle] = trouble
            self._untold.setdefault(trouble, []).append(handle)

    def over(self, handle: int) -> None:
        """Nothing is wrong with it any more."""
        trouble = self._standing.pop(handle, None)
        if trouble is not None and handle in (waiting := self._untold.get(trouble, [])):
            waiting.remove(handle)

    def tell(self) -> None:
        """Tell what was found since the last time."""
        untold, self._untold = self._untold, {}
        for trouble, handles in untold.items():
            if handles:
                self._on_note(self._note(trouble, handles))

    @property
    def standing(self) -> tuple[Note, ...]:
        """What is wrong now, by reason."""
        handles: dict[Trouble, list[int]] = {}
        for handle, trouble in self._standing.items():
            handles.setdefault(trouble, []).append(handle)
        return tuple(self._note(trouble, each) for trouble, each in handles.items())

    def _note(self, trouble: Trouble, handles: Sequence[int]) -> Note:
        names = [self._points[handle].id for handle in handles]
        more = f" … (+{len(names) - NAMES_MAX})" if len(names) > NAMES_MAX else ""
        fields = {
            "points": ", ".join(names[:NAMES_MAX]) + more,
            "node": getattr(self._points[handles[0]].source, "node_id", ""),
            "detail": trouble.detail,
        }
        return Note(trouble.code, self._connection_id, self._clock.now_ns(), fields)
