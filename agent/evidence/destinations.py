"""Which destinations there are, by what events tell: who joined, who left, who was renamed, who refused what.

The destinations of a store's first start joined without an event; of those nothing is known here, until
something is told of one.
"""

from typing import Final

from agent.evidence.noted import Noted
from agent.evidence.refusals import Refusals
from buffering.notices import DAMAGED, MISSING, SET_BACK

NEW_FILE: Final = {DAMAGED, MISSING, SET_BACK}
"""Causes of an epoch that began in a new file: what the old one said beside its records may be lost."""


class Destinations:
    """Hears every event, oldest first."""

    def __init__(self) -> None:
        self.refusals = Refusals()
        self.there: set[str] = set()
        self.gone: set[str] = set()
        """Names that nobody has any more: their destinations left, or have another name now."""

    def hear(self, noted: Noted) -> None:
        """Take one event. Raises one of UNREADABLE."""
        content = noted.content
        name, was = str(content.get("destination")), content.get("was")
        match content.get("kind"):
            case "epoch" if content.get("cause") in NEW_FILE:
                self.there.clear()
                self.gone.clear()
                self.refusals.forget()
            case "destination" if content.get("joined"):
                if was is not None:
                    self._leave(str(was))
                    self.refusals.rename(str(was), name)
                self._join(name)
            case "destination":
                self._leave(name)
                self.refusals.leave(name)
            case "taking":
                self._join(name)
            case _:
                self.refusals.hear(noted)

    def _join(self, name: str) -> None:
        self.there.add(name)
        self.gone.discard(name)

    def _leave(self, name: str) -> None:
        self.there.discard(name)
        self.gone.add(name)
