"""Steps of the wall clock go on record: what is stored is found by its time.

Set ahead, the clock leaves a time in which nothing can have been recorded: a gap with its reason, but for
what was recorded of that time before the clock was set back. Set back, times come twice: an event says so.
A clock that comes up in 1970 and is put right leaves no gap of half a century: nothing is missing but what
lies after the latest time on record.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Final

from agent import words_store
from agent.records import Json
from agent.steady import STEP_NS
from buffering.ranges import Range, Ranges, merge, subtract
from drivers.clock import Clock

LOOK_NS: Final = 1_000_000_000
PLAUSIBLE_NS: Final = 1_577_836_800 * 10**9
"""2020-01-01: a time before is a clock that was wrong."""
SPANS_MAX: Final = 64
"""Times that the clock has shown, from one step to the next, as many as are remembered."""


def steps_of(expected_ns: int, now_ns: int, *, latest_ns: int, recorded: Ranges = ()) -> Iterator[Json]:
    """Yield the events of one step: the clock shows `now_ns` where it should show `expected_ns`.

    `latest_ns` is the latest time on record, 0 for none; `recorded` are times that the clock showed before.
    """
    times = {"from_ns": expected_ns, "to_ns": now_ns}
    text = asdict(words_store.clock_set(expected_ns, now_ns))
    if now_ns <= expected_ns:
        yield {"kind": "clock-set-back", **times, "text": text}
        return
    begun_ns = expected_ns if expected_ns >= PLAUSIBLE_NS else (latest_ns or now_ns)
    missing: Ranges = (Range(begun_ns, now_ns - 1),) if begun_ns < now_ns else ()
    for one in recorded:
        missing = subtract(missing, one)
    for one in missing:
        assert one.last is not None, one
        yield {"kind": "gap", "cause": "clock", "from_ns": one.first, "to_ns": one.last + 1, "text": text}
    if not missing:
        passed = asdict(words_store.clock_passed(expected_ns, now_ns))
        yield {"kind": "clock-set-ahead", **times, "text": passed}


class ClockSteps:
    """Compares the wall clock with the monotonic one, once a second."""

    def __init__(self, clock: Clock, on_event: Callable[[Json], None], *, latest_ns: int = 0) -> None:
        self._clock = clock
        self._on_event = on_event
        self._latest_ns = latest_ns
        self._since_ns = clock.now_ns()
        self._offset_ns = self._since_ns - clock.monotonic_ns()
        self._recorded: Ranges = ()

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
        for event in steps_of(expected_ns, now_ns, latest_ns=self._latest_ns, recorded=self._recorded):
            self._on_event(event)
        shown = Range(self._since_ns, max(self._since_ns, expected_ns - 1))
        self._recorded = merge((*self._recorded, shown))[-SPANS_MAX:]
        self._latest_ns = max(self._latest_ns, expected_ns)
        self._since_ns = now_ns
