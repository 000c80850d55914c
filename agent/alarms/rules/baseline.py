"""A value held against its recorded baseline: a filter's pressure difference after the change of bags.

AQ 4273-2016, 5.1.4 b) has the pressure difference recorded within 8 h of a change of bags, and
an alarm when it moves by more than 20 %. The raw value of a filter that is cleaned on demand does that
twice in each cycle, so means over whole cycles are compared with means over whole cycles.
What is no part of a cycle any more is judged by its mean over `window`: a broken bag lies below
every cycle, a blinded one above. A long cycle, at little dust, is within them and waits for its end.
What went before such a stretch is forgotten: only a new whole cycle says that all is well again.

Only time counts in which the value is GOOD and `during` is true.
"""

from collections import deque
from typing import Final

from agent.alarms.rules.cycles import CYCLES_KEPT, Cycle, CycleFinder, Extent, extent_of
from agent.alarms.rules.excess import judge_excess
from agent.alarms.rules.judging import BLIND, Input, Judgement, Latest
from agent.alarms.rules.kept_baseline import Recorded
from agent.alarms.rules.over_time import RunningMean
from agent.alarms.rules.truth import Truth, compile_comparison
from agent.alarms.states import Signal
from config.condition import Baseline, Threshold
from drivers.reading import Quality

SETTLES_NS: Final = 60 * 10**9
"""A fan that was just switched on needs so long to have its pressure [E]."""
OUTSIDE: Final = 0.5
"""Share of the limit by which a mean must lie beyond all cycles to be none of them: cycles rise slowly,
and the first that is higher than those before is still one [E]."""
CYCLE_MAX_NS: Final = 8 * 3600 * 10**9
"""Running for so long without a whole cycle, nothing can be said of the value [E]."""
_RANGED: Final = (Quality.OVER_RANGE, Quality.UNDER_RANGE)


class BaselineJudge(Latest):
    """Judges one `Baseline`; `recorded` is set from outside, None: there is none."""

    def __init__(self, baseline: Baseline) -> None:
        super().__init__(len(baseline.points))
        self._baseline = baseline
        self._during = compile_comparison(baseline.during) if baseline.during else None
        self._mean = RunningMean(baseline.window_s)
        self._finder = CycleFinder(baseline.swing) if baseline.swing else None
        self._cycles: deque[Cycle] = deque(maxlen=CYCLES_KEPT)
        self._running_ns = self._known_ns = 0  # how long it ran, and had when it last could be judged
        self._since_ns: int | None = None  # when it began to run
        self._last_ns = 0
        self.cycle: Cycle | None = None  # that the last reading completed
        self.recorded: Recorded | None = None

    @property
    def running(self) -> tuple[float, int] | None:
        """The value, and for how long it has run in all; None while it is not to be counted."""
        value = self.values[0]
        if value is None or self._since_ns is None or self._last_ns - self._since_ns < SETTLES_NS:
            return None
        return value, self._running_ns

    def take(self, place: int, given: Input) -> None:
        """Take a reading."""
        was_running = self.running is not None
        super().take(place, given)
        passed_ns, self._last_ns = given.mono_ns - self._last_ns, given.mono_ns
        if place == 0:
            self.cycle = None
        if not self._counts():
            self._stop()
        elif self._since_ns is None:
            self._since_ns = given.mono_ns
        else:
            self._running_ns += passed_ns if was_running else 0
            if place == 0 and self.running is not None:
                self._follow()

    def judge(self, _mono_ns: int) -> Judgement:
        """Say how far it is from the baseline, in percent."""
        recorded = self.recorded
        if recorded is None or self.values[0] is None or self._applies() is None:
            return BLIND
        now = self._now(recorded)
        if now is None:
            is_long = self._running_ns - self._known_ns > CYCLE_MAX_NS
            return Judgement(Signal.LOST, blind=is_long or (self._applies() is True and not self._counts()))
        self._known_ns = self._running_ns
        of = self._baseline
        percent = Threshold(of.threshold.limit, of.threshold.deadband)
        return judge_excess(
            100 * (now - recorded.mean) / self._base(recorded),
            100.0,
            percent,
            of.direction,
            self.qualities[0],
        )

    def renew(self) -> None:
        """Forget what was before a change of bags."""
        self._stop()
        self._cycles.clear()
        self._known_ns = self._running_ns

    def _now(self, recorded: Recorded) -> float | None:
        """Return what is to be compared with the baseline; None where that is not known yet."""
        if self.running is None:
            return None
        mean, quality = self._mean.now(self._running_ns)
        is_known = mean is not None and quality.is_good
        if self._finder is None:
            return mean if is_known else None
        cycles = extent_of(self._cycles)
        if mean is not None and is_known and self._is_outside(mean, recorded, cycles):
            self._cycles.clear()
            return mean
        return None if cycles is None else cycles.mean

    def _follow(self) -> None:
        value = self.values[0]
        assert value is not None  # else it would not run
        self._mean.feed(value, self.qualities[0], self._running_ns)
        if self._finder is not None:
            self.cycle = self._finder.feed(value, self._running_ns)
            if self.cycle is not None:
                self._cycles.append(self.cycle)

    def _stop(self) -> None:
        if self._since_ns is not None:
            self._since_ns = None
            self._mean = RunningMean(self._baseline.window_s)
            if self._finder is not None:
                self._finder.forget()

    def _is_outside(self, mean: float, recorded: Recorded, cycles: Extent | None) -> bool:
        margin = OUTSIDE * self._baseline.threshold.limit / 100 * self._base(recorded)
        low, high = recorded.low, recorded.high
        if cycles is not None:
            low, high = min(low, cycles.low), max(high, cycles.high)
        return not low - margin <= mean <= high + margin

    def _base(self, recorded: Recorded) -> float:
        return recorded.mean if self._baseline.permitted is None else self._baseline.permitted

    def _counts(self) -> bool:
        quality = self.qualities[0]
        return (
            self.values[0] is not None and (quality.is_good or quality in _RANGED) and bool(self._applies())
        )

    def _applies(self) -> Truth:
        if self._during is None:
            return True
        value = self.values[1]
        return None if value is None else self._during(value, self.qualities[1])
