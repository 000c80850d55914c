"""Change over a window, from the medians of three readings at either end.

One outlier, a spike of dross under a level laser, moves neither median; the price
is one reading of delay. A ramp and a step give their true size, because the ends lie
a whole window apart, from middle to middle. Where less than a window is known (after
a start or a gap) a change may already be too much, but never small enough to clear.
A point that gives too few readings for its window, on a line that is asked for more
than it can carry, is not watched, and that is said.

A subscribed point is silent while it does not change: its last value is then taken
again at every period, until it is told to be bad.
"""

from collections import deque
from typing import Final

from agent.alarms.rules.excess import judge_excess
from agent.alarms.rules.judging import BLIND, Input, Judgement
from agent.alarms.states import Signal
from config.condition import Rate
from config.model import Point
from config.source import NodeSource
from drivers.reading import Quality

END: Final = 3
"""Readings at either end."""
SAMPLES_MAX: Final = 600
"""Readings kept over a window; of a long window with a short period, every n-th is kept."""

_Sample = tuple[float, Quality, int]


class RateJudge:
    """Judges one `Rate`."""

    def __init__(self, rate: Rate, point: Point) -> None:
        self._rate = rate
        self._is_held = isinstance(point.source, NodeSource)
        self._window_ns = round(rate.window_s * 1e9)
        self._period_ns = round(point.period_s * 1e9)
        self._apart_ns = max(self._period_ns, self._window_ns // SAMPLES_MAX)
        self._samples: deque[_Sample] = deque()
        self._last: Input | None = None
        self._there_since_ns = 0

    def take(self, _place: int, given: Input) -> None:
        """Take a reading."""
        if self._last is None or self._last.value is None:
            self._there_since_ns = given.mono_ns
        self._last = given
        if given.value is not None:
            self._keep(given.value, given.quality, given.mono_ns)

    def judge(self, mono_ns: int) -> Judgement:
        """Say how much the value has changed."""
        last = self._last
        if last is None or last.value is None:
            return BLIND
        due_ns = None
        if self._is_held:
            if mono_ns - self._samples[-1][2] >= self._apart_ns:
                self._keep(last.value, last.quality, mono_ns)
            due_ns = mono_ns + self._apart_ns
        judged = self._judge()
        is_late = mono_ns - self._there_since_ns > self._window_ns + 2 * END * self._apart_ns
        return judged._replace(due_ns=due_ns, blind=judged.blind and is_late)

    def _judge(self) -> Judgement:
        """Judge what there is; `blind` where it is less than a whole window."""
        s = self._samples
        if len(s) < 2 * END:
            return BLIND
        begin, end = (s[0], s[1], s[2]), (s[-3], s[-2], s[-1])
        worst = max(begin[0][1], begin[1][1], begin[2][1], end[0][1], end[1][1], end[2][1])
        old, new = _median(begin), _median(end)
        judged = judge_excess(new - old, old, self._rate.threshold, self._rate.direction, worst)
        is_whole = end[1][2] - begin[1][2] >= self._window_ns - self._apart_ns // 2
        if is_whole or judged.signal is Signal.BEYOND:
            return judged
        return judged._replace(signal=Signal.LOST, blind=True)

    def _keep(self, value: float, quality: Quality, mono_ns: int) -> None:
        samples = self._samples
        if samples and mono_ns - samples[-1][2] < self._apart_ns // 2:
            return
        samples.append((value, quality, mono_ns))
        middle_ns = samples[-2][2] if len(samples) > 1 else mono_ns
        begin_ns = middle_ns - self._window_ns
        # The next three serve as well, or the first is from before a gap.
        while len(samples) > END and (
            samples[2][2] <= begin_ns + self._apart_ns // 2
            or samples[0][2] < begin_ns - 2 * self._apart_ns - self._apart_ns // 2
        ):
            samples.popleft()


def _median(of: tuple[_Sample, _Sample, _Sample]) -> float:
    return sorted((of[0][0], of[1][0], of[2][0]))[1]
