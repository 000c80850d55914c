"""A step from one reading to the next that the process cannot make: a sensor at fault, or something broke.

After a gap the first reading is compared with nothing.
"""

from agent.alarms.rules.judging import BLIND, Input, Judgement
from agent.alarms.states import Signal
from config.condition import Jump
from config.model import Point
from config.source import NodeSource
from drivers.reading import Quality


class JumpJudge:
    """Judges one `Jump`."""

    def __init__(self, jump: Jump, point: Point) -> None:
        self._limit = jump.limit
        self._is_held = isinstance(point.source, NodeSource)
        self._period_ns = round(point.period_s * 1e9)
        self._before: Input | None = None
        self._last: Input | None = None

    def take(self, _place: int, given: Input) -> None:
        """Take a reading."""
        self._before, self._last = self._last, given

    def judge(self, mono_ns: int) -> Judgement:
        """Say how far it moved in the last step."""
        last, before = self._last, self._before
        if last is None or last.value is None:
            return BLIND
        if self._is_held and mono_ns - last.mono_ns >= self._period_ns:
            before = last  # silent for a period: it has not moved
        due_ns = last.mono_ns + self._period_ns if self._is_held and before is not last else None
        if before is None or before.value is None:
            return Judgement(Signal.LOST, due_ns=due_ns)
        step, quality = last.value - before.value, max(last.quality, before.quality)
        if abs(step) >= self._limit:
            return Judgement(Signal.BEYOND, step, quality, due_ns)
        return Judgement(_inside(quality), step, quality, due_ns)


def _inside(quality: Quality) -> Signal:
    return Signal.BACK if quality.is_good else Signal.LOST
