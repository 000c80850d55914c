"""Conditions over several points, read as shift logs; and a mean, held against its definition."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.alarms.rules.over_time import RunningMean
from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Read, Shift, minutes


def rule(when: str) -> str:
    return f"""{{kind: expression, name: {{zh: 条件, en: It}}, when: "{when}", off_delay: 0 s}}"""


SUCTION = rule("plc.fan and plc.dp < 200 Pa for 30 s")
LEAK = rule("plc.inlet > 20 m3/h and (plc.inlet - plc.outlet) / plc.inlet > 0.05")
HOT = rule("plc.level >= mean(plc.level, 10 min) + 10 mm")


def test_a_condition_that_lasts_raises_on_the_clock(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SUCTION)
    assert shift.read(fan=True, dp=100.0) == []
    assert shift.wait(29) == []
    assert shift.wait(1) == ["raised"]
    assert shift.said[0] == "条件：条件成立：plc.fan and plc.dp < 200 Pa for 30 s（企业自定）"
    assert shift.said[1] == "It: it is so that plc.fan and plc.dp < 200 Pa for 30 s (set by the plant)"
    assert shift.read(dp=300.0) == ["cleared"]


def test_a_condition_that_is_true_again_holds_up_the_clearing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SUCTION.replace("off_delay: 0 s", "off_delay: 10 s"))
    shift.read(fan=True, dp=100.0)
    assert shift.wait(30) == ["raised"]
    shift.read(dp=300.0)
    shift.wait(5)
    shift.read(dp=100.0)
    assert shift.wait(60) == []
    shift.read(dp=300.0)
    assert shift.wait(10) == ["cleared"]


def test_the_time_counts_from_when_all_of_it_is_true(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SUCTION)
    shift.read(fan=False, dp=0.0)
    shift.wait(60)
    shift.read(fan=True)
    assert shift.wait(29) == []
    shift.read(dp=300.0)
    shift.read(dp=100.0)
    assert shift.wait(29) == []
    assert shift.wait(1) == ["raised"]


def test_a_value_lost_within_the_time_still_raises_and_is_a_lost_protection(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SUCTION)
    shift.read(fan=True, dp=100.0)
    shift.wait(25)
    shift.read(dp=BAD)
    assert shift.wait(5) == ["raised"]
    shift.read(dp=300.0)
    shift.read(dp=BAD)
    assert shift.wait(10) == ["not-evaluated"]


def test_a_part_that_decides_needs_no_other(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SUCTION)
    shift.read(fan=False, dp=BAD)
    assert shift.wait(60) == []


def test_a_division_by_nothing_is_unknown_and_a_stopped_pump_decides_before(tmp_path: Path) -> None:
    shift = Shift(tmp_path, LEAK)
    shift.read(inlet=0.0, outlet=0.0)
    assert shift.wait(60) == []
    assert shift.read(inlet=100.0, outlet=94.0) == ["raised"]
    assert shift.read(inlet=100.0, outlet=96.0) == ["cleared"]


@pytest.mark.parametrize("outlet", [BAD, (100.0, Quality.SUSPECT)])
def test_what_is_not_sure_clears_nothing(tmp_path: Path, outlet: Read) -> None:
    shift = Shift(tmp_path, LEAK)
    assert shift.read(inlet=100.0, outlet=(90.0, Quality.SUSPECT)) == ["raised"], "but it raises"
    assert shift.read(inlet=100.0, outlet=outlet) == []
    assert "cleared" not in shift.wait(60)


def test_a_value_driven_off_its_range_is_beyond_every_number(tmp_path: Path) -> None:
    shift = Shift(tmp_path, rule("plc.co > 1000 ppm"))
    assert shift.read(co=(1000.0, Quality.OVER_RANGE)) == ["raised"]
    assert shift.read(co=(0.0, Quality.UNDER_RANGE)) == []
    assert shift.read(co=0.0) == ["cleared"]


def test_a_value_far_above_its_mean_raises_and_the_mean_follows(tmp_path: Path) -> None:
    shift = Shift(tmp_path, HOT)
    assert shift.each_second("level", [100.0] * 600) == []
    assert shift.each_second("level", [111.0]) == ["raised"]
    assert shift.each_second("level", [111.0] * 53) == []
    assert shift.each_second("level", [111.0] * 3) == ["cleared"], "a tenth of the mean's time later"


def test_a_mean_of_too_little_time_clears_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, HOT)
    shift.each_second("level", [100.0] * 10)
    assert shift.each_second("level", [150.0]) == ["raised"]
    assert shift.each_second("level", [100.0] * 400) == []
    assert shift.each_second("level", [100.0] * 200) == ["cleared"]


def test_the_mean_of_a_subscribed_point_follows_without_a_report(tmp_path: Path) -> None:
    shift = Shift(tmp_path, HOT.replace("plc.", "ua."), subscribed=True)
    shift.read(level=100.0)
    assert shift.wait(minutes(10)) == []
    assert shift.read(level=130.0) == ["raised"]
    assert shift.wait(minutes(10)) == ["cleared"]


def test_a_caster_that_moves_while_its_ropes_go_slack_raises(tmp_path: Path) -> None:
    shift = Shift(tmp_path, rule("change(plc.level, 10 s) > 10 mm and change(plc.rope-1, 10 s) < -5 kN"))
    heard = []
    for second in range(30):
        heard += [*shift.wait(1), *shift.read(level=20.0 + 2 * second, rope_1=40.0)]
    assert heard == ["not-evaluated", "evaluated"], (
        "10 s must have passed; then it moves, and the ropes carry"
    )
    assert [*shift.wait(1), *shift.read(level=80.0, rope_1=34.0)] == ["raised"]
    assert [*shift.wait(1), *shift.read(level=80.0, rope_1=BAD)] == []
    assert "cleared" not in shift.wait(60)


def test_a_change_is_not_known_before_its_time_and_not_over_a_gap(tmp_path: Path) -> None:
    shift = Shift(tmp_path, rule("plc.fan and change(plc.level, 5 s) < 1 mm"))
    shift.read(fan=True, level=100.0)
    assert shift.wait(4) == []
    assert shift.read(level=103.0) == []
    assert [*shift.wait(1), *shift.read(level=103.0)] == [], "3 mm in 5 s"
    assert [*shift.wait(4), *shift.read(level=103.0)] == ["raised"]
    shift.read(level=BAD)
    shift.wait(1)
    assert shift.read(level=110.0) == ["cleared"], "what it was before the gap is known"
    assert [*shift.wait(4), *shift.read(level=110.0)] == [], "what it was in the gap is not"
    assert [*shift.wait(1), *shift.read(level=110.0)] == ["raised"]


def test_a_change_of_a_subscribed_point_is_over_without_a_report(tmp_path: Path) -> None:
    shift = Shift(tmp_path, rule("change(ua.level, 10 s) > 5 mm"), subscribed=True)
    shift.read(level=100.0)
    shift.wait(60)
    assert shift.read(level=110.0) == ["raised"]
    assert shift.wait(9) == []
    assert shift.wait(1.2) == ["cleared"]


@given(st.lists(st.tuples(st.integers(1, 30), st.one_of(st.none(), st.integers(-100, 100))), min_size=1))
def test_a_running_mean_is_the_mean_of_what_was_known_in_its_time(
    steps: Sequence[tuple[int, int | None]],
) -> None:
    running, each_ns, now = RunningMean(60.0), [], 0
    for seconds, value in steps:
        running.feed(None if value is None else float(value), Quality.GOOD, now * 10**9)
        each_ns += [value] * seconds
        now += seconds
        known = [v for v in each_ns[-60:] if v is not None]
        found, quality = running.now(now * 10**9)
        assert found == (pytest.approx(sum(known) / len(known)) if known else None)
        assert quality.is_good is (len(known) >= 54)
