"""How many messages may be under way at a broker, and who goes next.

A broker that takes few at once (Receive Maximum, MQTT 5) would have the rest wait
inside the client library, in order of coming: an alarm behind readings, and all of
them running out of their time before they are sent. So they wait here, alarms first,
and one place is kept for them where there is more than one.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """The places of one connection."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._kept = 1 if count > 1 else 0
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def taken(self, *, urgent: bool) -> AsyncIterator[None]:
        """Hold a place; wait for one first, urgent ones before all others."""
        if self._urgent or self._others or self._free <= (0 if urgent else self._kept):
            await self._wait(urgent=urgent)
        else:
            self._free -= 1
        try:
            yield
        finally:
            self._free += 1
            self._hand_on()

    async def _wait(self, *, urgent: bool) -> None:
        waiting = self._urgent if urgent else self._others
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        self._hand_on()
        try:
            await turn
        except asyncio.CancelledError:
            if turn in waiting:
                waiting.remove(turn)
            elif not turn.cancelled():  # it had its turn, and was given up before it knew
                self._free += 1
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        for waiting, kept in ((self._urgent, 0), (self._others, self._kept)):
            while waiting and self._free > kept:
                turn = waiting.popleft()
                if not turn.cancelled():
                    self._free -= 1
                    turn.set_result(None)
