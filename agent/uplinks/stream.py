"""One stream of one destination: messages out in order, a window of them under way at once.

Messages start in sequence, so that on one connection they arrive in sequence.
When one fails, nothing new starts until everything that was under way has been
delivered again, oldest first: the first arrival of records stays in order.

But no alarm may hold up another for ever: one that a platform fails at again and
again, while it takes other messages, is tried on beside those that come after it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from agent.uplinks.cut import Settled
from agent.uplinks.retry import Retry
from agent.uplinks.shipment import Shipment
from agent.uplinks.standing import Standing
from agent.uplinks.uplink import Failure, RetryAfter, Verdict
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


@dataclass(frozen=True, slots=True)
class _Flight:
    message: Message
    shipment: Shipment
    first: asyncio.Task[Verdict]


class StreamSender:
    """Sends one stream until cancelled."""

    def __init__(
        self,
        source: Source,
        attempt: Callable[[Shipment], Awaitable[Verdict]],
        retry: Retry,
        standing: Standing,
        *,
        window: int,
        is_urgent: bool,
    ) -> None:
        """Take `is_urgent` for alarms: they knock even at a platform that is down, and step aside."""
        self._source = source
        self._attempt = attempt
        self._retry = retry
        self._standing = standing
        self._is_urgent = is_urgent
        self._free = asyncio.Semaphore(window)
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
                    first = tasks.create_task(self._first(shipment))
                    self._flying.put_nowait(_Flight(message, shipment, first))
        finally:
            for message in held:
                self._source.release(message)

    async def _first(self, shipment: Shipment) -> Verdict:
        verdict = await self._attempt(shipment)
        if isinstance(verdict, Failure):
            self._in_order.clear()
        return verdict

    async def _land(self, held: set[Message]) -> None:
        async with asyncio.TaskGroup() as tasks:
            aside: set[asyncio.Task[None]] = set()
            while True:
                flight, stuck = await self._flying.get(), asyncio.Event()
                landing = tasks.create_task(self._see_through(flight, held, stuck))
                if self._is_urgent and len(aside) < ASIDE_MAX:
                    await self._until_landed_or_stuck(landing, stuck)
                    aside = {each for each in {*aside, landing} if not each.done()}
                else:
                    await landing
                if self._flying.empty():
                    self._in_order.set()
                self._free.release()

    async def _see_through(self, flight: _Flight, held: set[Message], stuck: asyncio.Event) -> None:
        verdict = await flight.first
        if isinstance(verdict, Failure):
            verdict = await self._again(flight.shipment, verdict, stuck)
        await self._settle(flight, verdict, held, stuck)

    async def _until_landed_or_stuck(self, landing: asyncio.Task[None], stuck: asyncio.Event) -> None:
        waiting = asyncio.ensure_future(stuck.wait())
        try:
            await asyncio.wait([landing, waiting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    async def _settle(
        self, flight: _Flight, verdict: Verdict, held: set[Message], stuck: asyncio.Event
    ) -> None:
        message, shipment, refusals = flight.message, flight.shipment, 0
        while True:
            held.discard(message)
            settled = await self._source.conclude(message, shipment, verdict)
            if settled is Settled.DONE:
                return
            held.add(message)
            if not stuck.is_set():  # it is aside, and nobody waits for it
                self._in_order.clear()
            if settled is Settled.PAUSE:
                refusals += 1
                await self._standing.back_off(self._retry.pause_s(REFUSAL_DOUBLINGS + refusals))
            verdict = await self._retry.until_final(lambda: self._attempt(shipment), gate=self._gate)

    async def _again(self, shipment: Shipment, verdict: Failure, stuck: asyncio.Event) -> Verdict:
        recovered, failures = self._standing.recoveries, 1

        async def attempt() -> Verdict:
            nonlocal failures
            verdict = await self._attempt(shipment)
            failures += isinstance(verdict, Failure)
            if min(failures, self._standing.recoveries - recovered + 1) >= ASIDE_AFTER:
                stuck.set()
            return verdict

        if isinstance(verdict, RetryAfter):
            await self._standing.back_off(verdict.seconds, kickable=False)
        await self._gate()
        return await self._retry.until_final(attempt, gate=self._gate)

    async def _gate(self) -> None:
        if not self._is_urgent:
            await self._standing.up.wait()
