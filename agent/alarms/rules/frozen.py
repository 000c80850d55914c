"""A value that does not move: a clogged tube, a head outside its tank, a register nobody writes.

Time counts while the value is there, and while the rule's `during` is true. It
begins anew after a gap: nobody knows what the value did meanwhile.
"""

from agent.alarms.rules.judging import BLIND, Input, Judgement, Latest
from agent.alarms.rules.truth import Truth, compile_comparison
from agent.alarms.states import Signal
from config.condition import Frozen


class FrozenJudge(Latest):
    """Judges one `Frozen`."""

    def __init__(self, frozen: Frozen) -> None:
        super().__init__(len(frozen.points))
        self._frozen = frozen
        self._window_ns = round(frozen.window_s * 1e9)
        self._during = compile_comparison(frozen.during) if frozen.during else None
        self._still: float | None = None  # the value from which it has not moved
        self._since_ns = 0
        self._is_there = False
        self._has_moved = False  # since it was last found still

    def take(self, place: int, given: Input) -> None:
        """Take a reading."""
        applied = self._applies()
        super().take(place, given)
        if place == 0:
            self._follow(given)
        elif applied is not True:
            self._since_ns = given.mono_ns

    def _follow(self, given: Input) -> None:
        was_there, self._is_there = self._is_there, given.value is not None
        if given.value is None:
            return
        has_moved = self._still is not None and abs(given.value - self._still) > self._frozen.deadband
        if has_moved or not was_there:
            self._since_ns = given.mono_ns
        if has_moved or self._still is None:
            self._still = given.value
        self._has_moved |= has_moved and given.quality.is_good

    def judge(self, mono_ns: int) -> Judgement:
        """Say whether it has been still for too long."""
        value, quality, applies = self.values[0], self.qualities[0], self._applies()
        if applies is False:
            return Judgement(Signal.BACK if self.qualities[1].is_good else Signal.LOST)
        if value is None or applies is None:
            return BLIND
        due_ns = self._since_ns + self._window_ns
        if mono_ns >= due_ns:
            self._has_moved = False
            return Judgement(Signal.BEYOND, value, quality)
        is_back = self._has_moved and self.worst.is_good
        return Judgement(Signal.BACK if is_back else Signal.BETWEEN, value, quality, due_ns)

    def _applies(self) -> Truth:
        if self._during is None:
            return True
        value = self.values[1]
        return None if value is None else self._during(value, self.qualities[1])
