"""What a driver notices about its connection, told as notes; see surroundings.py."""

from drivers.clock import Clock
from drivers.surroundings import Note, OnNote


class Remarks:
    """Tells each thing once, until it is forgotten."""

    def __init__(self, connection_id: str, clock: Clock, on_note: OnNote) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._on_note = on_note
        self._told: dict[str, Note] = {}

    def once(self, code: str, **fields: str | float) -> None:
        """Tell it, if it was not told since the last `forget`."""
        if code not in self._told:
            self._told[code] = Note(code, self._connection_id, self._clock.now_ns(), fields)
            self._on_note(self._told[code])

    def forget(self, code: str) -> None:
        """Tell it again the next time."""
        self._told.pop(code, None)

    @property
    def standing(self) -> tuple[Note, ...]:
        """What was told and not forgotten."""
        return tuple(self._told.values())
