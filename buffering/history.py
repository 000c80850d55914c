"""What was recorded before a message: for a sender who must know what it would have sent until then."""

import hashlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from buffering.reader import Reader
from buffering.reading import StoreReader
from buffering.record import Message, Record

SLICE_RECORDS: Final = 16
"""Records of one read: with the largest of them, it takes a few milliseconds."""


class History:
    """Reads backwards in time, in order of time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def far_from(self, message: Message, reach_ns: int) -> int:
        """Return the last record before a message that is `reach_ns` or more away in time; 0: there is none.

        A record's time is its latest, and away is from the record just before the message.
        Raises StoreFailed.
        """
        return await self._reader.run(partial(_far_from, message=message, reach_ns=reach_ns))

    async def between(self, seq: int, message: Message) -> AsyncIterator[Record]:
        """Yield the records after `seq` and before a message, but for what was removed or is damaged.

        Raises StoreFailed.
        """
        while found := await self._reader.run(partial(_after, message=message, seq=seq)):
            for record, is_whole in found:
                if is_whole:
                    yield record
            seq = found[-1][0].seq


def _far_from(store: StoreReader, *, message: Message, reach_ns: int) -> int:
    return store.far_from(message.epoch, message.lane, message.first - 1, reach_ns)


def _after(store: StoreReader, *, message: Message, seq: int) -> list[tuple[Record, bool]]:
    last = message.first - 1
    found = store.next_of(message.epoch, message.lane, seq + 1, last, limit=SLICE_RECORDS)
    return [(record, hashlib.sha256(record.payload).digest() == sha256) for record, sha256 in found]
