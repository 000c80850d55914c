"""Keeping to the number of messages in a time that a platform takes.

Turns are spread evenly, so that no minute holds too many, wherever it is taken to
begin. Who must wait stands in one line. A destination with a rate has one message
of each stream under way, so that what is read now stands behind at most one message
of each other stream, and takes in all that was recorded meanwhile with the next.

Alarms and heartbeats do not stand in line. They count: the next turn comes later.
"""

import asyncio

from drivers.clock import Clock


class Pace:
    """The turns of one destination."""

    def __init__(self, per_s: float, clock: Clock) -> None:
        self._gap_ns = round(1e9 / per_s)
        self._clock = clock
        self._due_ns = clock.monotonic_ns()
        self._line = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for the next turn, and take it."""
        async with self._line:
            while self._clock.monotonic_ns() < self._due_ns:
                await self._clock.sleep_until(self._due_ns)
            self.count()

    def count(self) -> None:
        """Something was sent out of turn."""
        self._due_ns = max(self._due_ns, self._clock.monotonic_ns()) + self._gap_ns
