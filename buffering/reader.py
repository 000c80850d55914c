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
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from buffering.errors import DamagedRecord, OutboxError, StoreFailed
from buffering.reading import StoreReader
from buffering.record import Message, Record

Result = TypeVar("Result")
_Work = Callable[[StoreReader], Any]
_Read = tuple[asyncio.Future[Any], _Work]


class Reader:
    """Reads off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._reads: queue.SimpleQueue[_Read | None] = queue.SimpleQueue()
        self._ended = asyncio.Event()
        self._is_stale = threading.Event()
        # A daemon thread: one that hangs in a read must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="outbox-reader", daemon=True)

    def start(self) -> None:
        """Start the thread; it connects at the first read."""
        self._thread.start()

    def renew(self) -> None:
        """Another file took the store's place: read from that one from now on."""
        self._is_stale.set()

    async def run(self, work: Callable[[StoreReader], Result]) -> Result:
        """Run a short read in the thread. Raises whatever OutboxError `work` raises; StoreFailed."""
        future: asyncio.Future[Result] = self._loop.create_future()
        self._reads.put((future, work))
        return await future

    async def read(self, message: Message) -> tuple[Record, ...]:
        """Return the message's records, in order, but for those that are on record as lost.

        Raises DamagedRecord: one is not what was committed, or none is left. Raises StoreFailed.
        """
        return await self.run(partial(_checked, message=message))

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
                future, work = read
                if self._is_stale.is_set():
                    self._is_stale.clear()
                    store = _close(store)
                try:
                    store = store or StoreReader(self._path)
                    result = work(store)
                except StoreFailed as failed:
                    store = _close(store)  # a disk that came back may need the file opened anew
                    self._tell(_fail, future, failed)
                except OutboxError as error:
                    self._tell(_fail, future, error)
                else:
                    self._tell(_succeed, future, result)
        finally:
            _close(store)
            self._tell(self._ended.set)

    def _tell(self, what: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop was closed while the disk hung: nobody is left to tell
            self._loop.call_soon_threadsafe(what, *values)


def _close(store: StoreReader | None) -> StoreReader | None:
    """Close a connection; return what is open then: none."""
    if store is not None:
        store.close()
    return None


def _checked(store: StoreReader, message: Message) -> tuple[Record, ...]:
    """Return the records, each with its payload checked against the SHA-256 that the chain covers."""
    epoch, lane = message.epoch, message.lane
    with store.snapshot():
        found = store.read(epoch, lane, message.first, message.last)
        is_short = len(found) <= message.last - message.first
        gone = store.removed(epoch, lane) if is_short else []
    by_seq = {record.seq: (record, sha256) for record, sha256 in found}
    for seq in range(message.first, message.last + 1):
        record, sha256 = by_seq.get(seq, (None, b""))
        if record is None and any(each.first <= seq <= each.last for each in gone):
            continue
        if record is None or hashlib.sha256(record.payload).digest() != sha256:
            raise DamagedRecord(epoch, lane, seq)
    if not found:
        raise DamagedRecord(epoch, lane, message.first)
    return tuple(record for record, _ in found)


def _succeed(future: asyncio.Future[Any], result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: OutboxError) -> None:
    if not future.done():
        future.set_exception(error)
