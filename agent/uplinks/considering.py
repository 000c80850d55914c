"""What of a message of readings goes, piece by piece: one may cover hours of which nothing does.

A message that grew, because nothing of it went, is looked at from where the last
look ended. After a start it is looked at from its beginning, and never held in
memory as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from agent.uplinks.policy import Item
from agent.uplinks.selection import Selection
from buffering.outbox import Outbox
from buffering.record import Message, Record

PIECE_RECORDS: Final = 100
SILENT_NS: Final = 2 * 3600 * 10**9
"""Longer than any window: what covers more says so, if it has nothing else to say."""


class TooWide(Exception):
    """More of a wide message goes than of any that was cut so: the plant file's policy has changed."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A message's last records, what of all of it goes, and whether it may wait for more."""

    records: Sequence[Record]
    items: Sequence[Item]
    may_wait: bool


@dataclass(frozen=True, slots=True)
class _Silence:
    """A message of which nothing went so far."""

    id: UUID
    last: int
    first_ns: int


class Considering:
    """Looks through the messages of one stream, one after another."""

    def __init__(self, outbox: Outbox, selection: Selection) -> None:
        self._outbox = outbox
        self._selection = selection
        self._silence: _Silence | None = None

    async def of(self, message: Message) -> Considered:
        """Look through a message, or what has been added to it.

        Raises TooWide. Raises DamagedRecord, StoreFailed.
        """
        known, self._silence = self._silence, None
        if known is not None and (known.id != message.id or known.last >= message.last):
            known = None
        after = message.first - 1 if known is None else known.last
        first_ns = None if known is None else known.first_ns
        records: Sequence[Record] = ()
        items: list[Item] = []
        while after < message.last:
            piece = replace(message, first=after + 1, last=min(after + PIECE_RECORDS, message.last))
            records = await self._outbox.read(piece)
            items += await self._selection.of(piece, records)
            first_ns = records[0].last_ns if first_ns is None else first_ns
            after = piece.last
            if items and message.last - after > PIECE_RECORDS:
                raise TooWide
        assert first_ns is not None, message
        if not items:
            self._silence = _Silence(message.id, message.last, first_ns)
        return Considered(records, items, not items and abs(records[-1].last_ns - first_ns) < SILENT_NS)
