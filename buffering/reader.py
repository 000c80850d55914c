"""The reader: one thread with its own connection, which serves reads one after another.

Every read is one short transaction, so that the log can always be moved into
the file; the writer never waits for a reader.
"""

import asyncio
import hashlib
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from buffering.errors import DamagedRecord, OutboxError, StoreFailed
from buffering.reading import StoreReader
from buffering.record import Message, Record

_Read = tuple[asyncio.Future[tuple[Record, ...]], Message]


class Reader:
    """Reads the records of messages off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._reads: queue.SimpleQueue[_Read | None] = queue.SimpleQueue()
        self._ended = asyncio.Event()
        # A daemon thread: one that hangs in a read must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="outbox-reader", daemon=True)

    def start(self) -> None:
        """Start the thread; it connects at the first read."""
        self._thread.start()

    async def read(self, message: Message) -> tuple[Record, ...]:
        """Return the message's records, in order. Raises DamagedRecord, StoreFailed."""
        future: asyncio.Future[tuple[Record, ...]] = self._loop.create_future()
        self._reads.put((future, message))
        return await future

    async def stop(self, within_s: float) -> None:
        """Close the connection; give up on a disk that does not answer within `within_s`."""
        self._reads.put(None)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._ended.wait()

    # In the thread

    def _run(self) -> None:
        store: StoreReader | None = None
        try:
            while (read := self._reads.get()) is not None:
                future, message = read
                try:
                    store = store or StoreReader(self._path)
                    records = _checked(store, message)
                except DamagedRecord as damaged:
                    self._tell(_fail, future, damaged)
                except StoreFailed as failed:
                    _close(store)
                    store = None  # a disk that came back may need the file opened anew
                    self._tell(_fail, future, failed)
                else:
                    self._tell(_succeed, future, records)
        finally:
            _close(store)
            self._tell(self._ended.set)

    def _tell(self, what: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop was closed while the disk hung: nobody is left to tell
            self._loop.call_soon_threadsafe(what, *values)


def _close(store: StoreReader | None) -> None:
    if store is not None:
        store.close()


def _checked(store: StoreReader, message: Message) -> tuple[Record, ...]:
    """Return the records, each with its payload checked against the SHA-256 that the chain covers."""
    found = store.records(message.epoch, message.lane, message.first, message.last)
    by_seq = {record.seq: (record, sha256) for record, sha256 in found}
    for seq in range(message.first, message.last + 1):
        record, sha256 = by_seq.get(seq, (None, b""))
        if record is None or hashlib.sha256(record.payload).digest() != sha256:
            raise DamagedRecord(message.epoch, message.lane, seq)
    return tuple(record for record, _ in found)


def _succeed(future: asyncio.Future[tuple[Record, ...]], records: tuple[Record, ...]) -> None:
    if not future.done():
        future.set_result(records)


def _fail(future: asyncio.Future[tuple[Record, ...]], error: OutboxError) -> None:
    if not future.done():
        future.set_exception(error)
