"""Who was told of something: which destination has confirmed the event, as of when the page is made."""

from collections.abc import Mapping, Sequence
from typing import Final

from agent.evidence.fates import Fate, Fates
from agent.evidence.markup import Cell, joined, listed, unbroken
from agent.evidence.noted import Noted
from agent.words_report import label

_WORDS: Final[Mapping[Fate, str]] = {
    Fate.CONFIRMED: "told-confirmed",
    Fate.LEFT_OUT: "told-left-out",
    Fate.WAITING: "told-waiting",
    Fate.PARKED: "told-parked",
    Fate.GIVEN_UP: "told-given-up",
}


class Told:
    """Knows what became of each event for each destination."""

    def __init__(self, fates: Sequence[Fates]) -> None:
        self._fates = fates

    def of(self, noted: Noted) -> Cell:
        """Return a cell that names every destination, and what became of an event for it."""
        return listed(
            unbroken(joined(fates.destination, label(_WORDS[fates.of_event(noted)]))) for fates in self._fates
        )
