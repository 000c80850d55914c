"""The simulator's one place that asks for the time.

Its own, not the agent's: a clock fault in the agent must not be hidden by the
very thing that is to show it.
"""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Wall time, monotonic time and waiting."""

    def now_ns(self) -> int:
        """Return UTC in nanoseconds since 1970."""
        ...

    def monotonic_ns(self) -> int:
        """Return a time in nanoseconds that never steps back."""
        ...

    async def sleep_until(self, mono_ns: int) -> None:
        """Wait until `monotonic_ns()` has reached `mono_ns`; at least one turn of the loop."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ns(self) -> int:
        """Return UTC in nanoseconds since 1970."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Return CLOCK_MONOTONIC in nanoseconds."""
        return time.monotonic_ns()

    async def sleep_until(self, mono_ns: int) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0, mono_ns - time.monotonic_ns()) / 1e9)
