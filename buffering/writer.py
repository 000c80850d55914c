"""The writer: one thread that owns the store, commits in groups, and never gives up on a disk.

A job is a function over the ledger. It runs inside a transaction with others;
its result goes back to the event loop only after the commit, so nobody can act
on what is not durable. A job may run again after a failed commit and must not
touch anything but the ledger.

How soon a job makes a commit happen is its urgency. Whatever makes one happen,
all that waits rides along, the most pressing first:

    NOW    commits at once
    SOON   rides on the next commit; makes one itself after `lazy_s`
    RIDE   rides on the next commit, whenever that is

A standing request for a message looks at once, and again in every transaction,
after the group's records. A look that finds nothing writes nothing: an idle
stream costs no fsync.

When the disk fails, the group is rolled back and put back, and tried again after
a bounded wait; what became more pressing meanwhile goes first. When the disk
hangs, only this thread does: the event loop goes on, and closing is bounded.
"""

import asyncio
import heapq
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, Final

from buffering.disk import NO_ROOM
from buffering.errors import OutboxError, StoreFailed, StoreUnusable
from buffering.exchange import Opening, Outgoing, Request, Snapshot
from buffering.ledger import Ledger
from buffering.status import Limits


class Urgency(Enum):
    """How soon a job makes a commit happen."""

    NOW = "now"
    SOON = "soon"
    RIDE = "ride"


class Rank(IntEnum):
    """Who goes first when not all fit into one group."""

    RELIEF = 0  # makes room on a full disk
    ALARM = 1
    REST = 2
    CHORE = 3


ALONE: Final = frozenset({Rank.RELIEF, Rank.CHORE})
"""These have a transaction of their own: nothing waits for a chore but for one slice of it."""


@dataclass(order=True, slots=True)
class Job:
    """`work` runs in the transaction; `done` gets its result on the event loop, after the commit."""

    rank: Rank
    order: int
    work: Callable[[Ledger], Any] = field(compare=False)
    done: Callable[[Any], None] = field(compare=False)
    weight: int = field(compare=False, default=0)  # bytes of payload


@dataclass(frozen=True, slots=True)
class Committed:
    """What one transaction brought, in the order in which it happened."""

    results: tuple[tuple[Callable[[Any], None], Any], ...]
    cut: tuple[Outgoing, ...]
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Listener:
    """What the event loop wants to hear of the writer."""

    committed: Callable[[Committed], None]  # a transaction is on the disk
    failed: Callable[[StoreFailed], None]  # a transaction failed and will be tried again
    replaced: Callable[[Opening], None]  # the store was damaged; a new one took its place
    stopped: Callable[[BaseException | None], None]  # the thread has ended; nothing more becomes durable


REPLACEMENTS_MAX: Final = 3
"""Damage that comes back in every new file is not the file's: then the writer only goes on trying."""


class Writer:
    """Start it with `start`; submit from the event loop only."""

    def __init__(
        self,
        open_ledger: Callable[[], tuple[Ledger, Opening]],
        replace_damaged: Callable[[Ledger, str], tuple[Ledger, Opening]],
        listener: Listener,
        limits: Limits,
    ) -> None:
        self._open_ledger = open_ledger
        self._replace_damaged = replace_damaged
        self._listener = listener
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._opening: asyncio.Future[Opening] = self._loop.create_future()
        self._ended = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._submitted = 0
        # Shared with the thread, under the condition:
        self._wake = threading.Condition()
        self._queue: list[Job] = []
        self._looks: list[Request] = []
        self._due = False
        self._stopping = False
        self._abandoned = False
        # The thread's own:
        self._standing: list[Request] = []
        self._is_failing = False
        self._replacements = 0
        # A daemon thread: one that hangs in an fsync must not keep the process from ending.
        self._ledger: Ledger
        self._thread = threading.Thread(target=self._run, name="outbox-writer", daemon=True)

    # On the event loop

    async def start(self) -> Opening:
        """Open the store in the thread. Raises StoreUnusable.

        A cancelled start leaves nothing behind: the thread lets go of the store as
        soon as the disk lets go of the thread.
        """
        self._thread.start()
        try:
            return await self._opening
        except asyncio.CancelledError:
            self._abandon()
            raise

    def submit(
        self,
        work: Callable[[Ledger], Any],
        done: Callable[[Any], None],
        *,
        urgency: Urgency,
        rank: Rank = Rank.REST,
        weight: int = 0,
    ) -> None:
        """Queue a job; jobs of one rank run in the order in which they were submitted."""
        self._submitted += 1
        with self._wake:
            heapq.heappush(self._queue, Job(rank, self._submitted, work, done, weight))
        if urgency is Urgency.NOW:
            self.commit_now()
        elif urgency is Urgency.SOON and self._timer is None:
            self._timer = self._loop.call_later(self._limits.lazy_s, self.commit_now)

    def commit_now(self) -> None:
        """Have everything that was submitted committed at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        with self._wake:
            self._due = self._due or bool(self._queue)
            self._wake.notify()

    def look(self, request: Request) -> None:
        """Add a standing request."""
        with self._wake:
            self._looks.append(request)
            self._wake.notify()

    async def stop(self) -> bool:
        """Commit what waits, checkpoint, close; return whether the disk let us within `close_s`."""
        self.commit_now()
        with self._wake:
            self._stopping = True
            self._wake.notify()
        try:
            async with asyncio.timeout(self._limits.close_s):
                await self._ended.wait()
        except TimeoutError:
            self._abandon()
            return False
        return True

    def _abandon(self) -> None:
        with self._wake:
            self._abandoned = True
            self._wake.notify()

    # In the thread

    def _run(self) -> None:
        try:
            try:
                ledger, opening = self._open_ledger()
            except OutboxError as error:
                self._tell(self._refuse, error)
                return
            self._tell(self._accept, opening)
            try:
                self._ledger = ledger
                self._work()
            finally:
                self._ledger.close()
        finally:
            # Not a catch: a mistake of ours goes on to threading.excepthook, and those who wait hear of it.
            self._tell(self._end, sys.exception())

    def _work(self) -> None:
        wait_s = self._limits.retry_min_s
        while self._await_work():
            wait_s = self._limits.retry_min_s if self._attempt(self._ledger) else self._pause(wait_s)

    def _tell(self, what: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop was closed while the disk hung: nobody is left to tell
            self._loop.call_soon_threadsafe(what, *values)

    def _await_work(self) -> bool:
        """Wait for something to do; False once all is done and we are to stop, or were given up."""
        with self._wake:
            self._wake.wait_for(lambda: self._due or self._looks or self._stopping or self._abandoned)
            return not self._abandoned and (self._due or not self._stopping)

    def _pause(self, wait_s: float) -> float:
        """Wait after a failure, unless told to give up; return how long to wait the next time."""
        with self._wake:
            self._wake.wait_for(lambda: self._abandoned, timeout=wait_s)
        return min(2 * wait_s, self._limits.retry_max_s)

    def _attempt(self, ledger: Ledger) -> bool:
        """Commit one group; return whether the disk took it."""
        with self._wake:
            self._standing += self._looks
            self._looks.clear()
            group = self._take_group() if self._due else []
        try:
            ledger.begin()
            committed = self._transact(ledger, group)
        except StoreFailed as failure:
            ledger.rollback()
            with self._wake:
                for job in group:
                    heapq.heappush(self._queue, job)
                self._due = True  # so that a failed look is tried again, too
            return self._recover(failure)
        self._is_failing = False
        if committed is not None:
            self._tell(self._listener.committed, committed)
        return True

    def _recover(self, failure: StoreFailed) -> bool:
        """Go on in a new store where this one is damaged; return whether to try again at once."""
        self._is_failing = True
        self._tell(self._listener.failed, failure)
        if failure.reason in NO_ROOM:
            self._ledger.store.save_room()
        if failure.reason != "damaged" or self._replacements >= REPLACEMENTS_MAX:
            return False
        try:
            self._ledger, opening = self._replace_damaged(self._ledger, failure.detail)
        except StoreUnusable as unusable:
            self._tell(self._listener.failed, StoreFailed(unusable.reason, unusable.detail))
            return False
        self._replacements += 1
        self._tell(self._listener.replaced, opening)
        return True

    def _transact(self, ledger: Ledger, group: list[Job]) -> Committed | None:
        """Run the group and the standing requests; None if there is nothing to tell."""
        results = [(job.done, job.work(ledger)) for job in group]
        cut = self._fulfil(ledger)
        if not group and not cut and not self._is_failing:
            ledger.rollback()
            return None
        if cut and not group:  # a look that found something makes a commit happen: all that waits rides along
            with self._wake:
                group += self._take_group()
            results += [(job.done, job.work(ledger)) for job in group]
        snapshot = ledger.snapshot()
        ledger.commit(snapshot)
        met = {id(request) for request, _ in cut}
        self._standing = [each for each in self._standing if id(each) not in met]
        return Committed(tuple(results), tuple(outgoing for _, outgoing in cut), snapshot)

    def _fulfil(self, ledger: Ledger) -> list[tuple[Request, Outgoing]]:
        self._standing = [request for request in self._standing if not request.withdrawn]
        found = ((request, ledger.cut(request)) for request in self._standing)
        return [(request, outgoing) for request, outgoing in found if outgoing is not None]

    def _take_group(self) -> list[Job]:
        """Take the most pressing jobs, as many as one transaction may hold, at least one."""
        group: list[Job] = []
        room = self._limits.group_bytes
        while self._queue and len(group) < self._limits.group_jobs:
            following = self._queue[0]
            if group and (following.weight > room or ALONE & {following.rank, group[-1].rank}):
                break
            group.append(heapq.heappop(self._queue))
            room -= group[-1].weight
        self._due = bool(self._queue)
        return group

    # Back on the event loop

    def _accept(self, opening: Opening) -> None:
        if not self._opening.done():
            self._opening.set_result(opening)

    def _refuse(self, error: OutboxError) -> None:
        if not self._opening.done():
            self._opening.set_exception(error)

    def _end(self, error: BaseException | None) -> None:
        self._ended.set()
        if not self._opening.done():
            self._opening.set_exception(StoreFailed("stopped", repr(error)))
        elif not self._opening.cancelled() and self._opening.exception() is None:
            self._listener.stopped(error)
