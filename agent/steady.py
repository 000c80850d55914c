"""Whether the time of day can be relied on: synchronised, and without a step, for an hour.

What is removed by age depends on it. A gateway that came up in 1970, or whose
clock was set a year ahead, must not remove what is not old.
"""

from typing import Final

from drivers.clock import Clock

TRUSTED_AFTER_NS: Final = 3600 * 10**9
STEP_NS: Final = 2 * 10**9
"""Between two looks wall time may gain or lose less than this: NTP slews by 0.05 %."""


class SteadyClock:
    """Looked at once a minute or so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ns = 0
        self._since_ns: int | None = None  # on the monotonic clock

    def is_trusted(self) -> bool:
        """Look at the clock; return whether it has been right for an hour, as far as one can tell."""
        mono_ns = self._clock.monotonic_ns()
        before_ns, self._offset_ns = self._offset_ns, self._clock.now_ns() - mono_ns
        if not self._clock.synchronised():
            self._since_ns = None
        elif self._since_ns is None or abs(self._offset_ns - before_ns) > STEP_NS:
            self._since_ns = mono_ns
        return self._since_ns is not None and mono_ns - self._since_ns >= TRUSTED_AFTER_NS
