"""A filter's pressure against its baseline, with the simulator's own dust collector: read as shift logs."""

from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.alarms.acting import ActRefused
from agent.alarms.event import Act
from agent.alarms.rules.baseline_watch import BaselineWatch
from agent.alarms.rules.cycles import CycleFinder
from drivers.reading import Quality
from simulator.process.dust_collector import start, step
from tests.agent.rule_shift import BAD, Shift

RULE = """{kind: baseline, name: {zh: 压差偏离基线, en: Off its baseline}, point: plc.dp, swing: 100 Pa,
    during: {point: plc.fan, equals: 1}, off_delay: 10 s, standard: AQ 4273-2016, clause: 5.1.4 b)}"""
PERMITTED = RULE.replace("swing", "of: permitted, permitted: 1500 Pa, swing")
STEP_S = 5.0
HOUR_S = 3600.0
BY = Act("王工", reason="换袋")


class Collector:
    """A dust collector of the simulator whose pressure is read every five seconds, and its rule."""

    def __init__(self, folder: Path, rule: str = RULE, *, ramp_s: float = 900.0, seed: int = 1) -> None:
        self.shift = Shift(folder, rule)
        self._rng = Random(seed)
        self.state = start({"ramp": ramp_s}, self._rng)

    @property
    def watch(self) -> BaselineWatch:
        [watch] = self.shift.engine.baselines
        return watch

    def record(self, changed_ns: int | None = None) -> list[str]:
        return self.shift.act(partial(self.watch.record, BY, changed_ns))

    def run(self, seconds: float, *faults: str, times: float = 1.0) -> list[str]:
        """Run for so long, with the pressure so many times what it should be."""
        heard = []
        for _ in range(round(seconds / STEP_S)):
            self.state, values = step(self.state, STEP_S, {fault: {} for fault in faults}, self._rng)
            fan, dp = values["fan"], values["differential-pressure"] * times
            heard += [*self.shift.wait(STEP_S), *self.shift.read(dp=dp, fan=bool(fan))]
        return heard

    def standing(self) -> str:
        """Return what the list of alarms says, the loss among them."""
        return " ".join(str(each["text"]) for each in self.shift.engine.standing())

    def recorded(self) -> "Collector":
        """Have a baseline."""
        self.record()
        self.run(1.5 * HOUR_S)
        assert self.watch.kept.recorded is not None
        self.shift.events.clear()
        return self


def told(collector: Collector) -> list[Any]:
    return [noted["baseline"] for noted in collector.shift.noted]


def test_without_a_baseline_nobody_watches_and_that_is_told_at_once(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    assert [event.happening for event in collector.shift.events] == ["not-evaluated"]
    zh, en = collector.shift.said
    assert "尚无基线" in zh
    assert "edge-agent baseline record the-rule" in en
    assert collector.run(HOUR_S) == []
    assert collector.shift.restart() == [], "it is told once"


def test_a_baseline_is_recorded_over_an_hour_of_whole_cycles_and_watched_from_then_on(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    assert collector.record() == []
    assert "正在重新记录" not in collector.shift.said[0], "it was lost before"
    assert collector.run(HOUR_S) == []
    assert collector.run(10 * 60) == ["evaluated"]
    assert told(collector) == ["begun", "recorded"]
    [_, noted] = collector.shift.noted
    assert (noted["rule"], noted["point"], noted["by"], noted["reason"]) == (
        "the-rule",
        "plc.dp",
        "王工",
        "换袋",
    )
    assert 800 < noted["value"] < 900
    assert noted["low"] < 520
    assert noted["high"] > 1180
    assert noted["cycles"] >= 3
    assert "王工" in noted["text"]["zh"]


def test_a_baseline_outlives_a_restart(tmp_path: Path) -> None:
    collector = Collector(tmp_path).recorded()
    kept = collector.watch.kept
    assert collector.shift.restart() == []
    assert collector.watch.kept == kept
    assert collector.run(HOUR_S, "broken-bag")[0] == "raised"


def test_a_baseline_that_was_reckoned_otherwise_is_none(tmp_path: Path) -> None:
    """The plant file says another swing from now on: cycles are cut elsewhere, and their mean is another."""
    collector = Collector(tmp_path).recorded()
    other = Shift(tmp_path, RULE.replace("swing: 100 Pa", "swing: 200 Pa"))
    other.stored = collector.shift.stored
    assert other.restart() == ["not-evaluated"]
    assert "尚无基线" in other.said[0]


def test_a_restart_in_between_gathers_anew_and_its_time_goes_on(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.record()
    collector.run(0.9 * HOUR_S)
    collector.shift.restart()
    collector.run(0.9 * HOUR_S)
    assert told(collector) == ["begun"]
    collector.run(0.3 * HOUR_S)
    assert told(collector) == ["begun", "recorded"]


def test_a_fan_that_hardly_runs_leaves_no_baseline_after_eight_hours(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.record()
    collector.run(0.7 * HOUR_S)
    collector.run(7 * HOUR_S, "fan-off")
    assert told(collector) == ["begun"]
    collector.run(0.4 * HOUR_S, "fan-off")
    assert told(collector) == ["begun", "failed"]
    assert collector.watch.kept.recorded is None
    assert "重新记录" in collector.shift.noted[-1]["text"]["zh"]


def test_time_without_a_valid_value_is_no_time(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.record()
    for _ in range(round(2 * HOUR_S)):
        collector.shift.wait(1)
        collector.shift.read(dp=(800.0, Quality.SIMULATION), fan=True)
    assert told(collector) == ["begun"]


def test_a_change_too_long_ago_or_yet_to_come_is_refused(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    now_ns = collector.shift.clock.now_ns()
    for hours in (-7.5, 1):
        with pytest.raises(ActRefused) as refused:
            collector.record(now_ns + round(hours * HOUR_S * 1e9))
        assert "--changed" in refused.value.text.en
    assert collector.record(now_ns - round(2 * HOUR_S * 1e9)) == []


def test_a_list_asks_for_no_recording_that_is_under_way(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.run(60)
    assert "尚无基线" in collector.standing()
    collector.record()
    assert "正在重新记录基线" in collector.standing()


def test_recording_anew_takes_the_old_baseline_away_and_says_so(tmp_path: Path) -> None:
    collector = Collector(tmp_path).recorded()
    assert collector.record() == ["not-evaluated"]
    assert "正在重新记录基线" in collector.shift.said[0]
    assert collector.run(HOUR_S, times=0.6) == [], "the old one is void"
    assert collector.run(HOUR_S, times=0.6) == ["evaluated"]
    assert collector.run(2 * HOUR_S, times=0.6) == []
    assert "raised" in collector.run(2 * HOUR_S), "what was normal before is 67 % too much now"


@pytest.mark.parametrize("rule", [RULE, PERMITTED], ids=["baseline", "permitted"])
def test_a_broken_bag_and_a_blinded_filter_are_told_within_minutes(tmp_path: Path, rule: str) -> None:
    collector = Collector(tmp_path, rule).recorded()
    assert collector.run(6 * 60, "broken-bag") == ["raised"]
    assert collector.shift.events[-1].value is not None
    zh, en = collector.shift.said
    assert "压差偏离基线：机组 压差 偏离基线 -" in zh
    assert "小时前记录" in zh
    assert "AQ 4273-2016" in en
    assert "recorded 0 h ago" in en
    assert collector.run(2 * HOUR_S) == ["cleared"]
    assert collector.run(6 * 60, "clogged-tube", times=1.8) in (["raised"], []), "a tube may clog low"


def test_cycles_that_rise_as_a_whole_are_told(tmp_path: Path) -> None:
    collector = Collector(tmp_path).recorded()
    assert collector.run(3 * HOUR_S, times=1.15) == []
    assert collector.run(2 * HOUR_S, times=1.3) == ["raised"]


def test_percent_of_what_is_permitted_are_fewer_pascals(tmp_path: Path) -> None:
    collector = Collector(tmp_path, PERMITTED).recorded()
    assert collector.run(2 * HOUR_S, times=1.15) == []
    assert collector.run(3 * HOUR_S, times=1.3) == [], "255 Pa, of 1500 Pa permitted 17 %"
    assert collector.run(3 * HOUR_S, times=1.45) == ["raised"]


def test_a_stopped_fan_neither_raises_nor_clears(tmp_path: Path) -> None:
    collector = Collector(tmp_path).recorded()
    assert collector.run(3 * HOUR_S, "fan-off") == []
    assert collector.run(HOUR_S) == []
    assert collector.run(6 * 60 + 120, "broken-bag") == ["raised"]
    assert collector.run(3 * HOUR_S, "fan-off") == []
    assert collector.run(HOUR_S, "broken-bag") == []
    assert collector.run(2 * HOUR_S) == ["cleared"], "by a whole cycle"


def test_a_value_that_is_lost_is_a_lost_protection(tmp_path: Path) -> None:
    collector = Collector(tmp_path).recorded()
    collector.shift.read(dp=BAD, fan=True)
    assert collector.shift.wait(10) == ["not-evaluated"]
    assert "缺少有效数据" in collector.shift.said[0]
    assert collector.run(10) == ["evaluated"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ramp_s=st.floats(400, 10_000), seed=st.integers(0, 1000), stop_s=st.floats(60, 3600))
def test_the_saw_tooth_alone_never_crosses(tmp_path: Path, ramp_s: float, seed: int, stop_s: float) -> None:
    """However much dust there is, whenever the fan stands meanwhile."""
    collector = Collector(tmp_path, ramp_s=ramp_s, seed=seed)
    collector.record()
    collector.run(8 * HOUR_S)
    assert collector.watch.kept.recorded is not None
    collector.shift.events.clear()
    collector.run(2 * HOUR_S)
    collector.run(stop_s, "fan-off")
    collector.run(6 * HOUR_S)
    assert collector.shift.events == []


@given(tops=st.lists(st.floats(300, 1000), min_size=2, max_size=10), bottom=st.floats(0, 100))
def test_a_cycles_mean_is_that_of_its_triangle(tops: list[float], bottom: float) -> None:
    """Up in 100 s, down in 100 s, between the same bottoms: half-way up, whatever the heights were."""
    finder, at_s, found = CycleFinder(150.0), 0, []
    for top in tops:
        for n in range(200):
            share = n / 100 if n <= 100 else 2 - n / 100
            cycle = finder.feed(bottom + (top - bottom) * share, at_s * 10**9)
            found += [cycle] if cycle else []
            at_s += 1
    halfway = [(bottom + top) / 2 for top in tops[1 : 1 + len(found)]]
    assert [cycle.mean for cycle in found] == pytest.approx(halfway)
    assert len(found) == max(0, len(tops) - 2)
