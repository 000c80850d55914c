"""Steps of the wall clock go on record: what is stored is found by its time.

Set ahead, the clock leaves a time in which nothing can have been recorded: a gap with its reason.
Set back, times come twice: an event says so.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from agent import words_store
from agent.records import Json
from agent.steady import STEP_NS
from drivers.clock import Clock

LOOK_NS: Final = 1_000_000_000


class ClockSteps:
    """Compares the wall clock with the monotonic one, once a second."""

    def __init__(self, clock: Clock, on_event: Callable[[Json], None]) -> None:
        self._clock = clock
        self._on_event = on_event
        self._offset_ns = clock.now_ns() - clock.monotonic_ns()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic_ns() + LOOK_NS)
            self._look()

    def _look(self) -> None:
        mono_ns, now_ns = self._clock.monotonic_ns(), self._clock.now_ns()
        expected_ns, self._offset_ns = mono_ns + self._offset_ns, now_ns - mono_ns
        if abs(now_ns - expected_ns) <= STEP_NS:
            return
        times = {"from_ns": expected_ns, "to_ns": now_ns}
        text = asdict(words_store.clock_set(expected_ns, now_ns))
        if now_ns > expected_ns:
            self._on_event({"kind": "gap", "cause": "clock", **times, "text": text})
        else:
            self._on_event({"kind": "clock-set-back", **times, "text": text})
