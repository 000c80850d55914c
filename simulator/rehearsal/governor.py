"""How fast a rehearsal may go: slower as soon as slots are skipped, faster again once none are.

A request that takes 5 ms takes 100 ms of a plant that runs twenty times as fast. Where
that is more than a line can do, an alarm would come late for no reason of the plant's.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from simulator.rehearsal.clock import PlantClock

LOOK_S: Final = 0.5
SLOWER: Final = 1.5
FASTER: Final = 1.25
CALM_LOOKS: Final = 6

OnSpeed = Callable[[float], None]


class Governor:
    """Keeps a clock's speed between 1 and `wanted`; `overruns` counts the slots skipped so far."""

    def __init__(
        self, clock: PlantClock, wanted: float, overruns: Callable[[], int], on_lowered: OnSpeed
    ) -> None:
        self.lowest = wanted
        self.overruns = 0
        self._clock = clock
        self._wanted = wanted
        self._count = overruns
        self._on_lowered = on_lowered
        self._before = overruns()
        self._calm = 0

    def look(self) -> None:
        """Judge what has happened since the last look."""
        skipped, self._before = self._count() - self._before, self._count()
        self.overruns += skipped
        if skipped > 0:
            self._slower()
            return
        self._calm += 1
        if self._calm >= CALM_LOOKS:
            self._clock.speed = min(self._wanted, self._clock.speed * FASTER)

    async def run(self) -> None:
        """Look until cancelled."""
        self._clock.speed = self._wanted
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def _slower(self) -> None:
        self._calm = 0
        speed = max(1.0, self._clock.speed / SLOWER)
        is_news = speed < self.lowest
        self._clock.speed = speed
        if is_news:
            self.lowest = speed
            self._on_lowered(speed)
