"""How often something happened in a window: sparks, starts of a pump, trips.

Of a state, every change to the value counts, also one that happened in a gap. Of a
counter, what it rose by; one that fell was set back, and shows what came since.
"""

from collections import deque
from typing import Final

from agent.alarms.rules.gathered import Kept
from agent.alarms.rules.judging import BLIND, Input, Judgement
from agent.alarms.states import Signal
from config.condition import Count

KEPT_MAX: Final = 1000
"""Happenings kept; no rule asks for more."""


class CountJudge:
    """Judges one `Count`."""

    def __init__(self, count: Count) -> None:
        self._times, self._becomes = count.times, count.becomes
        self._window_ns = round(count.window_s * 1e9)
        self._happened_ns: deque[int] = deque(maxlen=KEPT_MAX)
        self._last: Input | None = None
        self._value: float | None = None  # the last one that there was

    def take(self, _place: int, given: Input) -> None:
        """Take a reading."""
        self._last = given
        if given.value is not None:
            self._happened_ns.extend([given.mono_ns] * self._happenings(given.value))
            self._value = given.value

    def _happenings(self, value: float) -> int:
        before = self._value
        if before is None:
            return 0
        if self._becomes is not None:
            return int(value == self._becomes != before)
        return min(KEPT_MAX, max(0, int(value - before if value >= before else value)))

    def kept(self, utc_ns: int, mono_ns: int) -> Kept | None:
        """Return when it happened last, as often as matters, and the last value; see gathered.py."""
        if self._value is None:
            return None
        newest = list(self._happened_ns)[-self._times :]
        return {"happened_ns": [utc_ns - (mono_ns - each) for each in newest], "value": self._value}

    def take_up(self, kept: Kept, down_ns: int, utc_ns: int, mono_ns: int) -> bool:
        """Go on from what was kept. What happened meanwhile shows in the value, if it is not too long ago."""
        happened = kept["happened_ns"]
        if not isinstance(happened, list):
            raise TypeError(type(happened))
        self._happened_ns.extend(sorted(mono_ns - max(0, utc_ns - int(each)) for each in happened))
        if down_ns < self._window_ns:
            self._value = float(str(kept["value"]))
        return bool(happened)

    def judge(self, mono_ns: int) -> Judgement:
        """Say how often it happened."""
        while self._happened_ns and mono_ns - self._happened_ns[0] >= self._window_ns:
            self._happened_ns.popleft()
        count, last = len(self._happened_ns), self._last
        if last is None or last.value is None:
            return Judgement(Signal.BEYOND, count, blind=True) if count >= self._times else BLIND
        if count >= self._times:
            return Judgement(Signal.BEYOND, count, last.quality, self._happened_ns[0] + self._window_ns)
        return Judgement(Signal.BACK if last.quality.is_good else Signal.LOST, count, last.quality)
