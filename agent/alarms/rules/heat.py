"""Heat that cooling water carries off: flow × (outlet − inlet), added up over all branches, in kW.

Where the factor comes from: config/rule_heat.py. A branch of which a value is missing is
not left out of the sum: a total without it would be a smaller number, not a known one.
"""

from agent.alarms.rules.excess import judge_excess
from agent.alarms.rules.judging import BLIND, Judgement, Latest
from agent.alarms.states import Signal
from config.condition import Direction, HeatLoad
from config.model import Point


class HeatLoadJudge(Latest):
    """Judges one `HeatLoad`."""

    def __init__(self, heat: HeatLoad, points: tuple[Point, ...]) -> None:
        super().__init__(len(points))
        at = {point.id: place for place, point in enumerate(points)}
        self._heat = heat
        self._branches = tuple((at[b.flow], at[b.inlet], at[b.outlet], b.kw_per_unit) for b in heat.branches)

    def judge(self, _mono_ns: int) -> Judgement:
        """Say how much heat it is."""
        total_kw, values = 0.0, self.values
        for flow_at, inlet_at, outlet_at, factor in self._branches:
            flow, inlet, outlet = values[flow_at], values[inlet_at], values[outlet_at]
            if flow is None or inlet is None or outlet is None:
                return BLIND
            total_kw += factor * flow * (outlet - inlet)
        threshold = self._heat.threshold
        if self._heat.direction is Direction.UP:
            return judge_excess(total_kw, total_kw, threshold, Direction.UP, self.worst)
        return self._low(total_kw)

    def _low(self, total_kw: float) -> Judgement:
        threshold, quality = self._heat.threshold, self.worst
        if total_kw <= threshold.limit:
            return Judgement(Signal.BEYOND, total_kw, quality)
        if not quality.is_good:
            return Judgement(Signal.LOST, total_kw, quality)
        is_back = total_kw > threshold.limit + threshold.deadband
        return Judgement(Signal.BACK if is_back else Signal.BETWEEN, total_kw, quality)
