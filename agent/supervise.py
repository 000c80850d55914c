"""The only place that catches any exception: a fault of ours is logged, counted, shown and survived.

Everything else returns, or raises what it knows. A task that dies is started
again after a pause that grows; what it was doing goes on from the store.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from drivers.clock import Clock

Result = TypeVar("Result")

log = logging.getLogger(__name__)

PAUSE_FIRST_S: Final = 0.5
PAUSE_MAX_S: Final = 30.0
QUIET_S: Final = 60.0
"""A task that ran for so long has recovered: its next pause is short again."""


class Supervisor:
    """Runs tasks for ever and calls functions safely; `faults` counts what went wrong, by name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.faults: dict[str, int] = {}

    async def keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run `run` until cancelled; when it fails or returns, run it again."""
        pause_s = PAUSE_FIRST_S
        while True:
            started_ns = self._clock.monotonic_ns()
            try:
                await run()
                log.error("%s ended; it should run for ever", name)
            except Exception:
                log.exception("%s failed; started again in %g s", name, pause_s)
            self._count(name)
            if self._clock.monotonic_ns() - started_ns > QUIET_S * 1e9:
                pause_s = PAUSE_FIRST_S
            await self._clock.sleep_until(self._clock.monotonic_ns() + round(pause_s * 1e9))
            pause_s = min(PAUSE_MAX_S, 2 * pause_s)

    async def once(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run `run` to its end; a fault is logged and counted, and touches nobody else."""
        try:
            await run()
        except Exception:
            self._count(name)
            log.exception("%s failed", name)

    def contain(self, name: str, call: Callable[[], Result]) -> Result | Exception:
        """Return what `call` returns, or the exception it raised, logged at its first time by name."""
        try:
            return call()
        except Exception as fault:
            if self._count(name) == 1:
                log.exception("%s failed", name)
            return fault

    def _count(self, name: str) -> int:
        self.faults[name] = self.faults.get(name, 0) + 1
        return self.faults[name]
