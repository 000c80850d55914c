"""Calls into the writer's thread that somebody waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from buffering.errors import StoreFailed
from buffering.ledger import Ledger
from buffering.writer import Rank, Urgency, Writer


def nothing(_: object) -> None:
    """Do nothing: the job has no consequences on the event loop."""


class Calls:
    """Runs jobs at once, and tells who waits when they are durable."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: set[asyncio.Future[Any]] = set()
        self._failure: StoreFailed | None = None

    async def run(
        self,
        work: Callable[[Ledger], Any],
        done: Callable[[Any], None] = nothing,
        *,
        rank: Rank = Rank.REST,
    ) -> Any:
        """Run a job, wait until it is durable, and return its result; `done` gets it first.

        It happens also if the caller is cancelled. Raises StoreFailed: the outbox
        was closed first.
        """
        if self._failure is not None:
            raise self._failure
        durable: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def finished(result: Any) -> None:
            done(result)
            if not durable.done():
                durable.set_result(result)

        self._waiting.add(durable)
        durable.add_done_callback(self._waiting.discard)
        self._writer.submit(work, finished, urgency=Urgency.NOW, rank=rank)
        return await durable

    def ride(self, work: Callable[[Ledger], Any], done: Callable[[Any], None] = nothing) -> None:
        """Run a job with the next commit, whenever that is."""
        self._writer.submit(work, done, urgency=Urgency.RIDE)

    def soon(self, work: Callable[[Ledger], Any], done: Callable[[Any], None] = nothing) -> None:
        """Run a job with the next commit, at the latest `lazy_s` from now."""
        self._writer.submit(work, done, urgency=Urgency.SOON)

    async def run_quietly(self, call: Awaitable[Any]) -> None:
        """Await a call that nobody waits for: that the outbox is closed meanwhile is no news."""
        with suppress(StoreFailed):
            await call

    def fail(self, failure: StoreFailed) -> None:
        """Nothing more will become durable: tell who waits, and who will."""
        self._failure = failure
        for call in tuple(self._waiting):
            if not call.done():
                call.set_exception(failure)
