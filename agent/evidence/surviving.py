"""Reads a lane past damaged pages: what lies on one is passed over record by record."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from buffering.beside import SEQ_MAX
from buffering.errors import StoreFailed

DAMAGED_MAX: Final = 1000
"""Records that are passed over before the rest of the lane is given up: its index is damaged, too."""


class Numbered(Protocol):
    """What a lane is read in."""

    @property
    def seq(self) -> int:
        """Its number in the lane."""
        ...


Row = TypeVar("Row", bound=Numbered)


def past_damage(
    fetch: Callable[[int, int], Sequence[Row]], first: int, last: int = SEQ_MAX, *, limit: int
) -> Iterator[Row | int]:
    """Yield the rows `first` to `last`; of one that cannot be read, its number.

    `fetch` returns up to (second argument) rows from (first argument) on. Raises StoreFailed: the disk fails.
    """
    at_once, patience = limit, DAMAGED_MAX
    while first <= last and patience:
        try:
            rows = fetch(first, at_once)
        except StoreFailed as failed:
            if failed.reason != "damaged":
                raise
            if at_once == 1:
                yield first
                first, patience = first + 1, patience - 1
            at_once = 1
            continue
        if not rows:
            return
        yield from (row for row in rows if row.seq <= last)
        first = rows[-1].seq + 1
