"""Two ways to one platform: the second is used while the first is down, never both at once.

A way is left when nobody can say what became of a message on it; what was under
way there is cut off and goes again by the other, under its id. On the second way
a heartbeat tries the first one every few minutes; an alarm ends that at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, cast

from agent.uplinks.uplink import ALARMS, Asker, Failure, Kind, Parcel, Result, Unknown, Uplink, Verdict, Wire
from agent.uplinks.words_connect import route_changed
from drivers.clock import Clock

LOOK_BACK_NS: Final = 300 * 10**9
FIRST: Final = 0
SECOND: Final = 1


class TwoWays:
    """An uplink made of two."""

    def __init__(self, first: Uplink, second: Uplink, clock: Clock, on_change: Callable[[int], None]) -> None:
        """Take `on_change`, called with 0 or 1 once something is delivered by another way than before."""
        self.window = min(first.window, second.window)
        self._ways = (first, second)
        self._clock = clock
        self._on_change = on_change
        self._at = FIRST
        self._told = FIRST
        self._since_ns = 0
        self._busy = 0
        self._left = asyncio.Event()  # set when the way is left, and replaced by a new one
        self._leaving: asyncio.Task[None] | None = None
        self._look: asyncio.Task[Verdict] | None = None

    async def send(self, parcel: Parcel) -> Verdict:
        """Send by the way that works, as far as is known."""
        await self._settled(parcel)
        if parcel.kind is Kind.HEARTBEAT and self._may_look_back():
            verdict = await self._look_back(parcel)
            if verdict is not None:
                return verdict
        return await self._by_the_way(parcel)

    async def ask(self, query: bytes) -> Result:
        """Ask for a result by the way that works, as far as is known; both lead to the same platform."""
        return await cast("Asker", self._ways[self._at]).ask(query)

    def question(self, query: bytes) -> Wire:
        """Return what is asked by the first way."""
        return cast("Asker", self._ways[FIRST]).question(query)

    def wires(self, parcel: Parcel) -> Sequence[Wire]:
        """Return what goes by the first way."""
        return self._ways[FIRST].wires(parcel)

    async def close(self) -> None:
        """Let go of both."""
        for way in self._ways:
            await way.close()

    async def _settled(self, parcel: Parcel) -> None:
        """Wait until only one way is in use; an alarm does not wait for a look at the first one."""
        if self._look is not None:
            if parcel.kind in ALARMS:
                self._look.cancel()
            await asyncio.wait([self._look])
        if self._leaving is not None:
            await asyncio.wait([self._leaving])

    async def _by_the_way(self, parcel: Parcel) -> Verdict:
        at, left = self._at, self._left
        sending = asyncio.ensure_future(self._ways[at].send(parcel))
        leaving = asyncio.ensure_future(left.wait())
        self._busy += 1
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                return Unknown(route_changed())
            verdict = sending.result()
        finally:
            self._busy -= 1
            await _end(sending, leaving)
        if isinstance(verdict, Unknown):
            if left is self._left:
                self._leave()
        elif not isinstance(verdict, Failure):
            self._tell(at)
        return verdict

    def _may_look_back(self) -> bool:
        rested_ns = self._clock.monotonic_ns() - self._since_ns
        return self._at == SECOND and not self._busy and rested_ns >= LOOK_BACK_NS

    async def _look_back(self, heartbeat: Parcel) -> Verdict | None:
        """Try the first way; None if it is still down, or if there was no time for it."""
        self._since_ns = self._clock.monotonic_ns()
        self._look = asyncio.ensure_future(self._ways[FIRST].send(heartbeat))
        try:
            await asyncio.wait([self._look])
            verdict = None if self._look.cancelled() else self._look.result()
        finally:
            await _end(self._look)
            self._look = None
        if verdict is None or isinstance(verdict, Unknown):
            await self._ways[FIRST].close()
            return None
        self._leave()
        self._tell(FIRST)
        return verdict

    def _leave(self) -> None:
        left, self._at = self._at, 1 - self._at
        self._since_ns = self._clock.monotonic_ns()
        self._left.set()
        self._left = asyncio.Event()
        self._leaving = asyncio.ensure_future(self._ways[left].close())

    def _tell(self, way: int) -> None:
        if way != self._told:
            self._told = way
            self._on_change(way)


async def _end(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
