"""Which destinations there are, by what events tell: who joined, who left, who has a new name.

The destinations of a store's first start joined without an event; of those nothing is known here, until
something is told of one.
"""

from typing import Final

from agent.evidence.noted import Noted
from buffering.notices import DAMAGED, MISSING, SET_BACK

NEW_FILE: Final = {DAMAGED, MISSING, SET_BACK}
"""Causes of an epoch that began in a new file: what the old one said beside its records may be lost."""


class Destinations:
    """Hears every event, oldest first."""

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.gone: set[str] = set()
        """Names that nobody has any more: their destinations left, or have another name now."""

    def hear(self, noted: Noted) -> None:
        """Take one event."""
        content = noted.content
        name, was = str(content.get("destination")), content.get("was")
        match content.get("kind"):
            case "epoch" if content.get("cause") in NEW_FILE:
                self.there.clear()
                self.gone.clear()
            case "destination" if content.get("joined"):
                if was is not None:
                    self._leave(str(was))
                self._join(name)
            case "destination":
                self._leave(name)
            case "taking":
                self._join(name)

    def _join(self, name: str) -> None:
        self.there.add(name)
        self.gone.discard(name)

    def _leave(self, name: str) -> None:
        self.there.discard(name)
        self.gone.add(name)
