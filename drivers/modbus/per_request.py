"""A connection of its own for every request: for devices that hang up after each answer.

Such a device is in order (its server allows one question per connection, or must
stay free for others), so that its hanging up is no fault, and nothing is told.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from drivers.clock import Clock
from drivers.modbus.guard import Guard
from drivers.modbus.identification import Page
from drivers.modbus.plan import Block

Content = TypeVar("Content")
Open = Callable[[Callable[[], None]], Awaitable[Guard]]


class PerRequest:
    """A link (see poll.py) that dials, asks and hangs up, each time anew."""

    def __init__(self, open_: Open, clock: Clock, *, pause_s: float) -> None:
        self._open = open_
        self._clock = clock
        self._pause_ns = round(pause_s * 1e9)
        self._free_ns = clock.monotonic_ns()

    @property
    def connected(self) -> bool:
        """Always: it is connected when it needs to be."""
        return True

    async def read(self, block: Block, timeout_s: float) -> bytes:
        """Return one block's data bytes.

        Raises Refused, Unreachable or NoLocalAddress where there is no connection to
        be had, and whatever the guard raises.
        """
        return await self._carry(lambda guard: guard.read(block, timeout_s))

    async def identify(self, unit_id: int, category: int, object_id: int, timeout_s: float) -> Page:
        """Return one page of a unit's identification. Raises as `read` does."""
        return await self._carry(lambda guard: guard.identify(unit_id, category, object_id, timeout_s))

    async def _carry(self, ask: Callable[[Guard], Awaitable[Content]]) -> Content:
        await self._clock.sleep_until(self._free_ns)
        guard = await self._open(_nobody_waits)
        try:
            return await ask(guard)
        finally:
            guard.close()
            self._free_ns = self._clock.monotonic_ns() + self._pause_ns

    def take_late_units(self) -> Collection[int]:
        """Return none: what comes late finds nobody there."""
        return ()

    def close(self) -> None:
        """Nothing stays open."""


def _nobody_waits() -> None:
    """The device hangs up when it likes: only the request in flight needs to know, and its guard tells it."""
