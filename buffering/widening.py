"""Lets a message of which nothing is to be sent cover what comes next, too, in place of sending it empty.

It keeps its number and its id, which nobody has seen yet: numbers stay gapless, and
whatever goes next says of all records before it that they were considered.
"""

import asyncio
from collections.abc import Mapping

from buffering.calls import Calls
from buffering.dispatch import Dispatch
from buffering.errors import StoreFailed
from buffering.exchange import Outgoing
from buffering.record import Lane, Message

_Rest = tuple[Message, asyncio.Future[None]]


class Widening:
    """The messages of an outbox that rest until there is more for them to cover."""

    def __init__(self, calls: Calls, dispatch: Dispatch) -> None:
        self._calls = calls
        self._dispatch = dispatch
        self._epoch = 0
        self._heads: Mapping[Lane, int] = {}
        self._resting: list[_Rest] = []
        self._failure: StoreFailed | None = None

    async def widen(self, message: Message, *, records_max: int, bytes_max: int) -> bool:
        """Hand a message back as soon as it covers more; meanwhile it is no backlog.

        It goes out again to who asks next. False: what the stream sends next is not next to
        it (back-fill ends here, or its epoch does), and it was handed back as it is.
        Raises ValueError: it is not in flight. Raises StoreFailed: the outbox was closed.
        """
        if self._dispatch.is_orphan(message):
            return True
        self._dispatch.rest(message)
        try:
            await self._grown(message)
        except (asyncio.CancelledError, StoreFailed):
            self._hand_back(message)
            raise
        if self._dispatch.is_orphan(message):
            return True
        self._dispatch.take_back(message)

        def done(outgoing: Outgoing | None) -> None:
            if outgoing is not None:
                self._dispatch.arrive(outgoing)

        work = lambda ledger: ledger.widen(message, records_max, bytes_max)  # noqa: E731
        outgoing: Outgoing | None = await self._calls.run(work, done)
        return outgoing is None or outgoing.message.last > message.last

    def progress(self, epoch: int, heads: Mapping[Lane, int]) -> None:
        """A transaction is on the disk: wake those for whom there is more."""
        self._epoch, self._heads = epoch, heads
        for message, future in self._resting:
            if self._has_grown(message) and not future.done():
                future.set_result(None)

    def fail(self, failure: StoreFailed) -> None:
        """Nothing more will become durable."""
        self._failure = failure
        for _, future in self._resting:
            if not future.done():
                future.set_exception(failure)

    async def _grown(self, message: Message) -> None:
        if self._failure is not None:
            raise self._failure
        if self._has_grown(message):
            return
        rest = (message, asyncio.get_running_loop().create_future())
        self._resting.append(rest)
        try:
            await rest[1]
        finally:
            self._resting.remove(rest)

    def _has_grown(self, message: Message) -> bool:
        return self._epoch != message.epoch or self._heads[message.lane] > message.last

    def _hand_back(self, message: Message) -> None:
        if not self._dispatch.is_orphan(message):
            self._dispatch.arrive(self._dispatch.take_back(message))
