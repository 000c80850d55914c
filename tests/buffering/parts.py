"""What the outbox's tests share: drafts, an opened outbox, and stores with a disk that misbehaves."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from buffering.errors import StoreFailed
from buffering.notices import Describe, nothing
from buffering.outbox import Draft, Keeping, Lane, Limits, Outbox, Signer
from buffering.store import Store
from buffering.trouble import OnTrouble, nobody

SECOND = 1_000_000_000
NOW = 1_763_900_000 * SECOND
QUICK = Limits(lazy_s=0.02, silence_s=0.05, retry_min_s=0.001, retry_max_s=0.01, close_s=0.5)


def draft(
    lane: Lane = Lane.READING, payload: bytes = b"payload", *, count: int = 3, at_ns: int = NOW
) -> Draft:
    """Return a draft of `count` items between `at_ns` and half a second later."""
    return Draft(lane, payload, at_ns, at_ns + SECOND // 2, count, uuid4())


@asynccontextmanager
async def opened(
    folder: Path,
    *,
    destinations: tuple[str, ...] = ("bureau",),
    limits: Limits = QUICK,
    open_store: Callable[[Path], Store] = Store.open,
    gateway: str = "gw-1",
    keeping: Keeping = Keeping(),  # noqa: B008 - frozen
    describe: Describe = nothing,
    signer: Signer | None = None,
    on_trouble: OnTrouble = nobody,
) -> AsyncIterator[Outbox]:
    """Open an outbox, and close it at the end. A callback that failed on the event loop fails the test."""
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    outbox = await Outbox.open(
        folder,
        gateway=gateway,
        destinations=destinations,
        now_ns=NOW,
        limits=limits,
        keeping=keeping,
        describe=describe,
        signer=signer,
        on_trouble=on_trouble,
        open_store=open_store,
    )
    try:
        yield outbox
    finally:
        await outbox.close()
        assert failed == []


async def commit(outbox: Outbox, *drafts: Draft) -> None:
    """Append drafts and wait until they are durable."""
    for each in drafts:
        assert outbox.append(each, now_ns=NOW)
    await outbox.commit(now_ns=NOW)


class CountingStore(Store):
    """Counts the transactions that wrote something."""

    commits = 0

    def commit(self) -> None:
        """Commit, and count it."""
        super().commit()
        self.commits += 1


@dataclass
class Fault:
    """Fails the `at`-th operation of a store, once or until `heal`."""

    at: int
    lasting: bool
    operations: int = 0
    struck: threading.Event = field(default_factory=threading.Event)
    _healed: bool = False

    def heal(self) -> None:
        """The disk is back."""
        self._healed = True

    def check(self) -> None:
        """Count one operation. Raises StoreFailed if it is one that fails."""
        self.operations += 1
        if self._healed or self.operations < self.at or (self.operations > self.at and not self.lasting):
            return
        self.struck.set()
        raise StoreFailed("io-error", f"operation {self.operations}")


class FaultyStore(Store):
    """A store whose disk fails as its `fault` says."""

    fault: Fault | None = None

    @classmethod
    def with_fault(cls, fault: Fault) -> Callable[[Path], "FaultyStore"]:
        """Return what opens such a store."""

        def open_store(folder: Path) -> "FaultyStore":
            store = cls.open(folder)
            store.fault = fault
            return store

        return open_store

    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        if self.fault is not None:
            self.fault.check()
        return super()._run(statement, *values)


class HangingStore(Store):
    """A store whose fsync does not return while `hangs` is set."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.answers = threading.Event()
        self.answers.set()
        self.reached = threading.Event()

    def commit(self) -> None:
        """Commit, when the disk answers."""
        self.reached.set()
        self.answers.wait()
        super().commit()
