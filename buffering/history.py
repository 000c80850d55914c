"""What was recorded before a message: for a sender who must know what it would have sent until then."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
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

    async def before(self, message: Message, reach_ns: int) -> AsyncIterator[Record]:
        """Yield the records before a message, from the last one on that is `reach_ns` or more away in time.

        That one is left out, and time is the record's latest, measured from the record just
        before the message. What was removed or is damaged is left out.
        Raises StoreFailed.
        """
        until = replace(message, last=message.first - 1)
        far = await self._reader.run(partial(_far_from, until=until, reach_ns=reach_ns))
        while found := await self._reader.run(partial(_after, until=until, seq=far)):
            for record, is_whole in found:
                if is_whole:
                    yield record
            far = found[-1][0].seq


def _far_from(store: StoreReader, *, until: Message, reach_ns: int) -> int:
    return store.far_from(until.epoch, until.lane, until.last, reach_ns)


def _after(store: StoreReader, *, until: Message, seq: int) -> list[tuple[Record, bool]]:
    found = store.next_of(until.epoch, until.lane, seq + 1, until.last, limit=SLICE_RECORDS)
    return [(record, hashlib.sha256(record.payload).digest() == sha256) for record, sha256 in found]
