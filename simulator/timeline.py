"""Where a run of a scenario stands: which faults are on, and how late it is in the plant.

Every process of a demo is told the same beginning and length, so that all agree
on the moment without talking to each other.
"""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.faults import Target
from simulator.scenario import Event, Scenario

NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Timeline:
    """A scenario played from `begin_ns` (UTC) on, `length_s` of the clock long; for ever if it loops.

    After the end the plant goes on, without faults.
    """

    scenario: Scenario
    begin_ns: int
    length_s: float
    clock: Clock
    loops: bool = False

    def fraction(self, now_ns: int) -> float:
        """Return how much of the length is over: below 0 before it begins, above 1 after its end."""
        fraction = (now_ns - self.begin_ns) / (self.length_s * NS_PER_S)
        return fraction % 1.0 if self.loops and fraction > 0 else fraction

    def process_s(self, now_ns: int) -> float:
        """Return the plant's own time, in seconds; it runs at duration / length."""
        return (now_ns - self.begin_ns) / NS_PER_S * self.scenario.duration_s / self.length_s

    def active(self, now_ns: int, target: Target, target_id: str) -> tuple[Event, ...]:
        """Return what befalls one target now."""
        return self.scenario.active(self.fraction(now_ns), target, target_id)

    def is_on(self, do: str, target: Target, target_id: str) -> bool:
        """Return whether one fault befalls one target at this very moment."""
        return any(event.do == do for event in self.active(self.clock.now_ns(), target, target_id))

    def turns(self, since_ns: int, until_ns: int, target: Target, target_id: str) -> Iterator[int]:
        """Yield, ascending, when something begins or ends for one target between two times, without them."""
        fractions = self.scenario.edges(target, target_id)
        length_ns = round(self.length_s * NS_PER_S)
        first, last = ((ns - self.begin_ns) // length_ns for ns in (since_ns, until_ns))
        for lap in range(max(first, 0), last + 1) if self.loops and fractions else range(1):
            for fraction in fractions:
                at_ns = self.begin_ns + round((lap + fraction) * length_ns)
                if since_ns < at_ns < until_ns:
                    yield at_ns

    async def edges(self, target: Target, target_id: str) -> AsyncIterator[None]:
        """Yield whenever a fault has begun or ended for one target; returns after the last one."""
        fractions = self.scenario.edges(target, target_id)
        rounds = itertools.count() if self.loops and fractions else range(1)
        for lap in rounds:
            for fraction in fractions:
                offset_ns = int((lap + fraction) * self.length_s * NS_PER_S) + 1  # never a hair too early
                await self._wait_until(self.begin_ns + offset_ns)
                yield

    async def _wait_until(self, wall_ns: int) -> None:
        while (left_ns := wall_ns - self.clock.now_ns()) > 0:
            await self.clock.sleep_until(self.clock.monotonic_ns() + left_ns)
