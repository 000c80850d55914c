"""What a value was over the last while: its mean, and by how much it changed.

A value holds until the next one. A mean is weighted by time; what was not known for
a time does not weigh. A change is known once both its ends are.
"""

from collections import deque
from typing import Final

from drivers.reading import Quality

KEPT_MAX: Final = 600
"""Values kept of a window; in between the last one stands for all."""
WHOLE: Final = 0.9
"""Share of a window that must be known before its mean is sure enough to clear an alarm."""

Known = tuple[float | None, Quality]


class RunningMean:
    """The mean of what was fed into it over the last `window_s`."""

    def __init__(self, window_s: float) -> None:
        self._window_ns = round(window_s * 1e9)
        self._apart_ns = self._window_ns // KEPT_MAX
        self._values: deque[tuple[int, float | None]] = deque()  # from when on it was what
        self._sum = 0.0  # of all but the last, value × nanoseconds
        self._known_ns = 0

    def feed(self, value: float | None, _quality: Quality, mono_ns: int) -> None:
        """Take the value that holds from now on."""
        values = self._values
        if values:
            since_ns, last = values[-1]
            if last is None and value is None:
                return
            if mono_ns - since_ns < self._apart_ns and last is not None and value is not None:
                return
            self._weigh(last, mono_ns - since_ns)
        values.append((mono_ns, value))

    def now(self, mono_ns: int) -> Known:
        """Return it; uncertain while less than most of the window is known."""
        if not self._values:
            return None, Quality.STALE
        self._forget(mono_ns - self._window_ns)
        last_ns, last = self._values[-1]
        begun_ns, first = self._values[0]
        total, known_ns = self._sum, self._known_ns
        if last is not None:
            total, known_ns = total + last * (mono_ns - last_ns), known_ns + mono_ns - last_ns
        early_ns = max(0, mono_ns - self._window_ns - begun_ns)
        if first is not None:
            total, known_ns = total - first * early_ns, known_ns - early_ns
        if known_ns <= 0:
            return last, Quality.STALE if last is None else Quality.SUSPECT
        is_whole = known_ns >= WHOLE * self._window_ns
        return total / known_ns, Quality.GOOD if is_whole else Quality.SUSPECT

    def _forget(self, before_ns: int) -> None:
        values = self._values
        while len(values) > 1 and values[1][0] <= before_ns:
            since_ns, first = values.popleft()
            self._weigh(first, since_ns - values[0][0])

    def _weigh(self, value: float | None, lasted_ns: int) -> None:
        if value is not None:
            self._sum += value * lasted_ns
            self._known_ns += lasted_ns


class RunningChange:
    """The newest value that was fed into it, less that of `window_s` ago."""

    def __init__(self, window_s: float) -> None:
        self._window_ns = round(window_s * 1e9)
        self._apart_ns = self._window_ns // KEPT_MAX
        self._values: deque[tuple[int, float | None, Quality]] = deque()
        self._newest: Known = (None, Quality.STALE)

    def feed(self, value: float | None, quality: Quality, mono_ns: int) -> None:
        """Take the value that holds from now on."""
        before, self._newest = self._newest, (value, quality)
        is_close = bool(self._values) and mono_ns - self._values[-1][0] < self._apart_ns
        if self._newest != before and not (is_close and value is not None and before[0] is not None):
            self._values.append((mono_ns, value, quality))

    def now(self, mono_ns: int) -> Known:
        """Return it; nothing before a whole window is known."""
        values, begin_ns = self._values, mono_ns - self._window_ns
        while len(values) > 1 and values[1][0] <= begin_ns:
            values.popleft()
        new, quality = self._newest
        if not values or values[0][0] > begin_ns or new is None:
            return None, Quality.STALE
        _, old, old_quality = values[0]
        return (None, old_quality) if old is None else (new - old, max(quality, old_quality))
