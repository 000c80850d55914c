"""A clock that runs faster than the machine's, for agent and plant alike.

Schedule, rules, physics and stamps follow it; time-outs on the wire do not, because
they run on the event loop's own time. Whatever keeps the loop busy for longer than
HOLD_NS of the plant's time stops this clock meanwhile: a rehearsal gets slower on a
small machine, and the plant's delays stay what they are.
"""

import asyncio
from typing import Final

from simulator.clock import Clock

HOLD_NS: Final = 250_000_000
"""Of the plant's time: the furthest that it goes on in one turn of the loop."""

_HOLD_MIN_NS: Final = 2_000_000  # of the machine's time: epoll cannot wait for less than 1 ms


class PlantClock:
    """Wall time, monotonic time and waiting, `speed` times as fast as `machine`; see clock.py for each."""

    def __init__(self, machine: Clock) -> None:
        self.held_ns = 0  # of the machine's time
        self._machine = machine
        self._speed = 1.0
        self._sleepers: set[asyncio.Future[None]] = set()
        self._seen_ns = self._now_ns = machine.monotonic_ns()
        self._to_utc_ns = machine.now_ns() - self._now_ns

    @property
    def machine_ns(self) -> int:
        """The machine's own monotonic time."""
        return self._machine.monotonic_ns()

    @property
    def speed(self) -> float:
        """How many times as fast as the machine it runs."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        """Run at another speed; whoever waits learns of it now, and does not oversleep."""
        self.monotonic_ns()
        self._speed = speed
        for sleeper in self._sleepers:
            _wake(sleeper)

    def now_ns(self) -> int:
        """Return the plant's UTC; it begins with the machine's."""
        return self.monotonic_ns() + self._to_utc_ns

    def monotonic_ns(self) -> int:
        """Return the plant's monotonic time."""
        seen_ns = self._machine.monotonic_ns()
        passed_ns = seen_ns - self._seen_ns
        counted_ns = min(passed_ns, self._hold_ns)
        self._seen_ns = seen_ns
        self.held_ns += passed_ns - counted_ns
        self._now_ns += round(counted_ns * self._speed)
        return self._now_ns

    def synchronised(self) -> bool:
        """Return True: a rehearsal is not about the machine's clock."""
        return True

    async def sleep_until(self, mono_ns: int) -> None:
        """Wait until `monotonic_ns()` has reached `mono_ns`; at least one turn of the loop."""
        while True:
            left_ns = max(0, mono_ns - self.monotonic_ns())
            await self._sleep(left_ns / self._speed / 1e9)
            if self.monotonic_ns() >= mono_ns:
                return

    async def _sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        alarm = loop.call_later(seconds, _wake, sleeper)
        self._sleepers.add(sleeper)
        try:
            await sleeper
        finally:
            self._sleepers.discard(sleeper)
            alarm.cancel()

    async def run(self) -> None:
        """Look at the time often enough that only a busy loop stops it; until cancelled."""
        while True:
            self.monotonic_ns()
            await asyncio.sleep(self._hold_ns / 2e9)

    @property
    def _hold_ns(self) -> int:
        return max(_HOLD_MIN_NS, round(HOLD_NS / self._speed))


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)
