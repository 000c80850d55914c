"""What a driver notices about its connection, told as notes; see surroundings.py."""

from drivers.clock import Clock
from drivers.surroundings import Note, OnNote


class Remarks:
    """Tells each thing once, until it is forgotten."""

    def __init__(self, connection_id: str, clock: Clock, on_note: OnNote) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._on_note = on_note
        self._told: dict[tuple[str, object], Note] = {}

    def once(self, code: str, about: object = None, **fields: str | float) -> None:
        """Tell it (of each `about` apart), if it was not told since the last `forget`."""
        if (code, about) not in self._told:
            note = self._told[code, about] = Note(code, self._connection_id, self._clock.now_ns(), fields)
            self._on_note(note)

    def forget(self, code: str, about: object = None) -> None:
        """Tell it again the next time."""
        self._told.pop((code, about), None)

    @property
    def standing(self) -> tuple[Note, ...]:
        """What was told and not forgotten."""
        return tuple(self._told.values())
