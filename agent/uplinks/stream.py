"""One stream of one destination: messages out in order, a window of them under way at once.

Messages start in sequence, so that on one connection they arrive in sequence.
When one fails, nothing new starts until everything that was under way has been
delivered again, oldest first: the first arrival of records stays in order.

But no alarm may hold up another for ever: one that a platform fails at again and
again, while it takes other messages, is tried on beside those that come after it.
What the platform has taken and will judge later lets others go past, too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, Protocol

from agent.uplinks.cut import Settled
from agent.uplinks.results import ALARMS_PENDING_MAX, PENDING_MAX, Results
from agent.uplinks.retry import Retry
from agent.uplinks.shipment import Shipment
from agent.uplinks.standing import Standing
from agent.uplinks.uplink import Failure, Pending, RetryAfter, Verdict
from buffering.record import Message

REFUSAL_DOUBLINGS: Final = 2
"""The pause after a refusal begins at up to 4 s: a passing error must not refuse thrice in one second."""


ASIDE_AFTER: Final = 3
"""Failures of one alarm, the platform having taken something else after each but the last."""
ASIDE_MAX: Final = 8
"""Alarms that may be tried on beside the others."""


class Source(Protocol):
    """Where messages come from and go back to."""

    async def next(self) -> tuple[Message, Shipment]:
        """Return the next message of the stream, rendered; waits until there is one."""
        ...

    async def conclude(self, message: Message, shipment: Shipment, verdict: Verdict) -> Settled:
        """Take a message's verdict; return what is to be done with it."""
        ...

    def release(self, message: Message) -> None:
        """Take a message back that has no final verdict."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Flight:
    message: Message
    shipment: Shipment
    first: asyncio.Task[Verdict]
    aside: asyncio.Event  # nobody waits for it any more


class StreamSender:
    """Sends one stream until cancelled."""

    def __init__(
        self,
        source: Source,
        attempt: Callable[[Shipment], Awaitable[Verdict]],
        retry: Retry,
        standing: Standing,
        results: Results | None,
        *,
        window: int,
        is_urgent: bool,
    ) -> None:
        """Take `is_urgent` for alarms: they knock even at a platform that is down, and step aside.

        `results` asks for what the platform tells later, if it does so.
        """
        self._source = source
        self._attempt = attempt
        self._retry = retry
        self._standing = standing
        self._results = results
        self._is_urgent = is_urgent
        self._free = asyncio.Semaphore(window)
        self._may_step_aside = asyncio.Semaphore(ASIDE_MAX if is_urgent else 0)
        self._may_wait = asyncio.Semaphore(ALARMS_PENDING_MAX if is_urgent else PENDING_MAX)
        self._flying: asyncio.Queue[_Flight] = asyncio.Queue()
        self._in_order = asyncio.Event()
        self._in_order.set()

    async def run(self) -> None:
        """Start messages as the window allows, and see each to its end."""
        held: set[Message] = set()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._land(held))
                while True:
                    await self._free.acquire()
                    # Asked for sooner, what waited for the platform would be cut as live before go_live.
                    await self._gate()
                    message, shipment = await self._source.next()
                    held.add(message)
                    await self._in_order.wait()
                    await self._gate()
                    first = tasks.create_task(self._first(message, shipment))
                    self._flying.put_nowait(_Flight(message, shipment, first, asyncio.Event()))
        finally:
            for message in held:
                self._source.release(message)

    async def _first(self, message: Message, shipment: Shipment) -> Verdict:
        pending = None if self._results is None else self._results.resume(message, shipment)
        verdict = pending or await self._attempt(shipment)
        if isinstance(verdict, Failure):
            self._in_order.clear()
        return verdict

    async def _land(self, held: set[Message]) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                flight = await self._flying.get()
                landing = tasks.create_task(self._see_through(flight, held))
                await self._until_landed_or_aside(landing, flight.aside)
                if self._flying.empty():
                    self._in_order.set()
                self._free.release()

    async def _until_landed_or_aside(self, landing: asyncio.Task[None], aside: asyncio.Event) -> None:
        waiting = asyncio.ensure_future(aside.wait())
        try:
            await asyncio.wait([landing, waiting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    async def _see_through(self, flight: _Flight, held: set[Message]) -> None:
        verdict, refusals = await flight.first, 0
        while True:
            if isinstance(verdict, Failure):
                verdict = await self._again(flight, verdict)
            elif isinstance(verdict, Pending):
                verdict = await self._when_known(flight, verdict)
            else:
                held.discard(flight.message)
                settled = await self._source.conclude(flight.message, flight.shipment, verdict)
                if settled is Settled.DONE:
                    return
                held.add(flight.message)
                if not flight.aside.is_set():
                    self._in_order.clear()
                if settled is Settled.PAUSE:
                    refusals += 1
                    await self._standing.back_off(self._retry.pause_s(REFUSAL_DOUBLINGS + refusals))
                verdict = await self._attempt(flight.shipment)

    async def _when_known(self, flight: _Flight, pending: Pending) -> Verdict:
        """Wait for the result of what the platform has; return the verdict on what follows from it."""
        assert self._results is not None
        async with self._may_wait:
            flight.aside.set()
            await self._results.of(flight.message, flight.shipment, pending)
        return await self._attempt(flight.shipment)

    async def _again(self, flight: _Flight, verdict: Failure) -> Verdict:
        recovered, failures = self._standing.recoveries, 1

        async def attempt() -> Verdict:
            nonlocal failures
            verdict = await self._attempt(flight.shipment)
            failures += isinstance(verdict, Failure)
            if min(failures, self._standing.recoveries - recovered + 1) >= ASIDE_AFTER:
                await self._step_aside(flight, stepping)
            return verdict

        if isinstance(verdict, RetryAfter):
            await self._standing.back_off(verdict.seconds, kickable=False)
        await self._gate()
        async with AsyncExitStack() as stepping:
            return await self._retry.until_final(attempt, gate=self._gate)

    async def _step_aside(self, flight: _Flight, stepping: AsyncExitStack) -> None:
        """Let others go past until `stepping` ends, unless too many are aside already."""
        if not flight.aside.is_set() and not self._may_step_aside.locked():
            await stepping.enter_async_context(self._may_step_aside)
            flight.aside.set()

    async def _gate(self) -> None:
        if not self._is_urgent:
            await self._standing.up.wait()
