"""Time above a limit, added up until there was a rest: what people breathe, not what a moment shows.

Time goes on counting as it was last seen: a value that is lost above the limit counts
as above, one that is lost below it does not count as rest. So it is with the time in
which the agent was down.
"""

from agent.alarms.rules.gathered import Kept
from agent.alarms.rules.judging import Input, Judgement
from agent.alarms.states import Signal
from config.condition import Dose
from drivers.reading import Quality


class DoseJudge:
    """Judges one `Dose`."""

    def __init__(self, dose: Dose) -> None:
        self._limit = dose.limit
        self._allowed_ns, self._rest_ns = round(dose.allowed_s * 1e9), round(dose.rest_s * 1e9)
        self._last: Input | None = None
        self._is_above = self._is_resting = False
        self._until_ns = 0  # up to here time has been counted
        self._above_ns = self._below_ns = 0

    def take(self, _place: int, given: Input) -> None:
        """Take a reading."""
        self._count(given.mono_ns)
        self._last = given
        if given.value is None:
            self._is_resting = False
            return
        self._is_above = given.quality is Quality.OVER_RANGE or given.value >= self._limit
        self._is_resting = not self._is_above and given.quality.is_good
        if self._is_above:
            self._below_ns = 0

    def judge(self, mono_ns: int) -> Judgement:
        """Say how long it was above, in minutes."""
        self._count(mono_ns)
        last = self._last
        is_blind = last is None or last.value is None
        quality = None if last is None else last.quality
        return Judgement(self._signal(), self._above_ns / 60e9, quality, self._due_ns(mono_ns), is_blind)

    def kept(self, utc_ns: int, mono_ns: int) -> Kept | None:
        """Return the time above and the rest so far; see gathered.py."""
        self._count(mono_ns)
        if not (self._above_ns or self._is_above):
            return None
        return {"above_ns": self._above_ns, "below_ns": self._below_ns, "is_above": self._is_above}

    def take_up(self, kept: Kept, down_ns: int, _utc_ns: int, mono_ns: int) -> bool:
        """Go on from what was kept. A time that nobody saw makes the alarm due, and no minutes beyond."""
        above_ns, self._below_ns = int(str(kept["above_ns"])), int(str(kept["below_ns"]))
        self._is_above = bool(kept["is_above"])
        self._above_ns = (
            max(above_ns, min(above_ns + down_ns, self._allowed_ns)) if self._is_above else above_ns
        )
        self._until_ns = mono_ns
        return True

    def _signal(self) -> Signal:
        if self._above_ns >= self._allowed_ns:
            return Signal.BEYOND
        if self._above_ns:
            return Signal.BETWEEN
        return Signal.BACK if self._is_resting else Signal.LOST

    def _due_ns(self, mono_ns: int) -> int | None:
        if self._is_above and self._above_ns < self._allowed_ns:
            return mono_ns + self._allowed_ns - self._above_ns
        if self._is_resting and self._above_ns:
            return mono_ns + self._rest_ns - self._below_ns
        return None

    def _count(self, mono_ns: int) -> None:
        passed_ns, self._until_ns = mono_ns - self._until_ns, mono_ns
        if self._is_above:
            self._above_ns += passed_ns
        elif self._is_resting:
            self._below_ns += passed_ns
            if self._below_ns >= self._rest_ns:
                self._above_ns = 0
