"""A change over a window, read as a shift log: a caster's water may not drop by 15 % within 5 s."""

from pathlib import Path

from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Read, Shift, minutes, ramp

DROP = """{kind: rate, name: {zh: 结晶器水流量突降, en: Mould water drops}, point: plc.inlet, window: 5 s,
    limit_percent: 15, deadband_percent: 2, at_least: 20 m3/h, direction: down, priority: critical,
    off_delay: 0 s}"""
LEVEL = "{kind: rate, name: 液位突变, point: plc.level, window: 5 s, limit: 50 mm, off_delay: 0 s}"
STEADY: list[Read] = [200.0] * 10


def test_a_step_raises_once_two_readings_have_it(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    assert shift.each_second("inlet", STEADY) == []
    assert shift.each_second("inlet", [160.0]) == [], "one reading may be an outlier"
    assert shift.each_second("inlet", [160.0]) == ["raised"]
    zh, en = shift.said
    assert zh == "结晶器水流量突降：机组 进水流量 5 s 内变化 -20 %，达到限值 15 %（企业自定）"
    assert en.startswith("Mould water drops: 机组 进水流量 changed by -20 % within 5 s, the limit is 15 %")


def test_it_clears_once_the_step_lies_a_window_back(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    shift.each_second("inlet", [*STEADY, 160.0, 160.0])
    assert shift.each_second("inlet", [160.0] * 4) == []
    assert shift.each_second("inlet", [160.0] * 2) == ["cleared"]


def test_one_outlier_raises_nothing_at_either_end_of_the_window(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    assert shift.each_second("inlet", [*STEADY, 20.0, *STEADY, *STEADY]) == []


def test_a_ramp_is_taken_at_its_true_size(tmp_path: Path) -> None:
    shift = Shift(tmp_path, LEVEL)
    assert shift.each_second("level", ramp(100, 9.9, 15)) == [], "49.5 mm in 5 s"
    shift = Shift(tmp_path, LEVEL)
    assert shift.each_second("level", ramp(100, 10.0, 15)) == ["raised"]


def test_only_the_direction_that_counts_raises(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    assert shift.each_second("inlet", [*STEADY, *[300.0] * 10]) == []


def test_noise_of_a_pump_that_stands_still_is_no_drop(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    assert shift.each_second("inlet", [2.0] * 10 + [0.0] * 10) == []


def test_a_change_in_less_than_a_window_raises_right_after_the_start(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    assert shift.each_second("inlet", [200.0, 200.0, 200.0, 100.0, 100.0]) == []
    assert shift.each_second("inlet", [100.0]) == ["raised"]


def test_a_bad_reading_clears_nothing_and_a_gap_is_not_bridged(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    shift.each_second("inlet", [*STEADY, 160.0, 160.0])
    assert shift.each_second("inlet", [BAD] * 9) == []
    assert shift.each_second("inlet", [BAD] * 9) == ["not-evaluated"]
    assert shift.each_second("inlet", [160.0]) == ["evaluated"]
    assert shift.each_second("inlet", [160.0] * 6) == []
    assert shift.each_second("inlet", [160.0]) == ["cleared"], "a whole window without a change"


def test_a_slow_change_over_a_gap_is_no_fast_one(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    shift.each_second("inlet", STEADY)
    shift.each_second("inlet", [BAD] * 9)
    assert shift.each_second("inlet", [150.0] * 20) == []


def test_uncertain_readings_raise_and_never_clear(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    shift.each_second("inlet", STEADY)
    assert shift.each_second("inlet", [(100.0, Quality.SUSPECT)] * 2) == ["raised"]
    assert shift.each_second("inlet", [(100.0, Quality.SUSPECT)] * 20) == []
    assert shift.each_second("inlet", [100.0] * 8) == ["cleared"]


def test_a_subscribed_value_that_stays_where_it_fell_raises_without_a_further_report(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP.replace("plc.", "ua."), subscribed=True)
    assert shift.read(inlet=200.0) == []
    assert shift.wait(minutes(5)) == []
    assert shift.read(inlet=150.0) == []
    assert shift.wait(2) == ["raised"]
    assert shift.wait(10) == ["cleared"]


def test_a_point_that_is_read_too_seldom_for_its_window_is_not_watched(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    heard = shift.read(inlet=200.0)
    for _ in range(10):
        heard += [*shift.wait(10), *shift.read(inlet=200.0)]
    assert heard == ["not-evaluated"]


def test_an_alarm_that_stood_outlives_a_restart(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    shift.each_second("inlet", [*STEADY, 160.0, 160.0])
    assert shift.restart() == []
    assert shift.each_second("inlet", [160.0] * 7) == []
    assert shift.each_second("inlet", [160.0]) == ["cleared"]


def test_a_plant_without_rules_has_nothing_to_do_for_them(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DROP)
    shift.read(outlet=1.0)
    [compiled] = shift.engine._compiled.values()
    assert compiled.rules == ()
