"""Staging: what was given to the outbox and is not yet durable, and when to refuse more.

Refusing is the last resort, for readings only: an alarm is never refused. What
is refused is counted, so that it becomes a gap record once the disk is back.

How long the disk has been silent is measured by timers of the event loop, not by
comparing times: a stepping wall clock must not refuse readings.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from buffering.record import Draft, Lane, Refused
from buffering.status import Limits


class Patience:
    """Calls `lost` once something was waited for, for so long, without any progress."""

    def __init__(self, after_s: float, lost: Callable[[], None]) -> None:
        self._after_s = after_s
        self._lost = lost
        self._timer: asyncio.TimerHandle | None = None

    def wait(self) -> None:
        """Something is waited for."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._after_s, self._lost)

    def progress(self, *, still_waiting: bool) -> None:
        """Something happened; the time starts anew for what is still waited for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if still_waiting:
            self.wait()


class Staging:
    """Counts what waits for the disk, lane by lane."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = 0
        self._overdue = False
        self._given = dict.fromkeys(Lane, 0)
        self._durable = dict.fromkeys(Lane, 0)
        self._refused: dict[Lane, Refused] = {}
        self._patience = Patience(limits.staging_s, self._lose_patience)
        self._waiting: list[tuple[dict[Lane, int], asyncio.Future[None]]] = []
        self._failure: Exception | None = None

    def admit(self, draft: Draft, trouble: str = "") -> bool:
        """Take the draft into account; False refuses it. `trouble` is what the disk fails with by now."""
        is_full = self._overdue or self._bytes + len(draft.payload) > self._limits.staging_bytes
        if is_full and draft.lane is Lane.READING:
            self._refuse(draft, trouble)
            return False
        self._bytes += len(draft.payload)
        self._given[draft.lane] += 1
        self._patience.wait()
        return True

    def _refuse(self, draft: Draft, trouble: str) -> None:
        times = (draft.first_ns, draft.last_ns)
        so_far = self._refused.get(draft.lane) or Refused(draft.lane, 0, 0, *times, trouble)
        self._refused[draft.lane] = replace(
            so_far,
            records=so_far.records + 1,
            items=so_far.items + draft.count,
            first_ns=min(so_far.first_ns, draft.first_ns),
            last_ns=max(so_far.last_ns, draft.last_ns),
            reason=so_far.reason or trouble,
        )

    def take_refused(self) -> tuple[Refused, ...]:
        """Return what was refused since the last call; nothing while the disk has not caught up.

        One outage is then one gap record: a record each half second, which cannot be
        stored and must not be refused, would fill the memory that readings were refused for.
        """
        if self._overdue or 2 * self._bytes > self._limits.staging_bytes:
            return ()
        refused, self._refused = tuple(self._refused.values()), {}
        return refused

    def durable(self, draft: Draft) -> None:
        """The draft is on the disk."""
        self._bytes -= len(draft.payload)
        self._durable[draft.lane] += 1

    def progress(self) -> None:
        """A transaction is durable, and all its drafts were told: wake who waited for them."""
        self._overdue = False
        self._patience.progress(still_waiting=self._given != self._durable)
        reached = [each for each in self._waiting if self._reached(each[0])]
        self._waiting = [each for each in self._waiting if not self._reached(each[0])]
        for _, future in reached:
            if not future.done():
                future.set_result(None)

    def wait(self, lane: Lane | None) -> asyncio.Future[None]:
        """Return a future that is done once all given so far (of one lane, if given) is durable."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mark = {each: self._given[each] for each in Lane if lane in (None, each)}
        if self._reached(mark):
            future.set_result(None)
        elif self._failure is not None:
            _fail(future, self._failure)
        else:
            self._waiting.append((mark, future))
        return future

    def _reached(self, mark: dict[Lane, int]) -> bool:
        return all(self._durable[lane] >= given for lane, given in mark.items())

    @property
    def is_awaited(self) -> bool:
        """Whether anyone waits for something to become durable."""
        return any(not future.done() for _, future in self._waiting)

    def fail(self, failure: Exception) -> None:
        """Nothing more will become durable: tell who waits, and who will."""
        self._failure = failure
        self._patience.progress(still_waiting=False)
        for _, future in self._waiting:
            _fail(future, failure)
        self._waiting.clear()

    def _lose_patience(self) -> None:
        self._overdue = True


def _fail(future: asyncio.Future[None], failure: Exception) -> None:
    if not future.done():
        future.set_exception(failure)
        future.exception()  # marks it as seen: who left it running is not to be nagged at exit
