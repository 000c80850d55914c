"""What adds up, read as shift logs: time in carbon monoxide, sparks in an hour."""

from pathlib import Path

from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Shift, minutes

DOSE = """{kind: dose, name: {zh: CO 停留时间, en: Time in CO}, point: plc.co, limit: 100 mg/m3,
    allowed: 30 min, rest: 2 h, off_delay: 0 s, standard: GB 6222}"""
SPARKS = """{kind: count, name: {zh: 火花频繁, en: Sparks}, point: plc.sparks, times: 3, window: 1 h,
    off_delay: 0 s}"""
STARTS = """{kind: count, name: 频繁启动, point: plc.fan, equals: 1, times: 3, window: 10 min,
    off_delay: 0 s}"""


def test_time_above_the_limit_adds_up_over_visits(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DOSE)
    assert shift.read(co=90.0) == []
    assert shift.wait(minutes(20)) == []
    assert shift.read(co=10.0) == []
    assert shift.wait(minutes(60)) == []
    assert shift.read(co=90.0) == []
    assert shift.wait(minutes(10) - 1) == []
    assert shift.wait(1) == ["raised"]
    zh, en = shift.said
    assert zh == (
        "CO 停留时间：机组 一氧化碳 不低于 80.0214 ppm 累计 30 min，达到允许时间 30 min，请人员撤离"
        "（企业自定） [GB 6222]"
    )
    assert en.startswith("Time in CO: 机组 一氧化碳 was at 80.0214 ppm or more for 30 min in all, 30 min are")


def test_it_clears_after_a_whole_rest_and_counts_anew(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DOSE)
    shift.read(co=90.0)
    assert shift.wait(minutes(30)) == ["raised"]
    shift.read(co=10.0)
    assert shift.wait(minutes(119)) == []
    shift.read(co=90.0)
    shift.read(co=10.0)
    assert shift.wait(minutes(119)) == [], "a rest is without a break"
    assert shift.wait(minutes(1)) == ["cleared"]
    shift.read(co=90.0)
    assert shift.wait(minutes(29)) == []
    assert shift.wait(minutes(1)) == ["raised"]


def test_a_value_that_is_lost_above_the_limit_goes_on_counting(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DOSE)
    shift.read(co=90.0)
    shift.wait(minutes(20))
    shift.read(co=BAD)
    assert shift.wait(minutes(10)) == ["not-evaluated", "raised"]


def test_a_value_that_is_lost_below_the_limit_is_no_rest(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DOSE)
    shift.read(co=90.0)
    assert shift.wait(minutes(30)) == ["raised"]
    shift.read(co=10.0)
    shift.read(co=BAD)
    assert shift.wait(minutes(600)) == ["not-evaluated"]
    assert shift.read(co=10.0) == ["evaluated"]
    assert shift.wait(minutes(120)) == ["cleared"]


def test_an_uncertain_value_counts_and_is_no_rest(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DOSE)
    shift.read(co=(50.0, Quality.OVER_RANGE))
    assert shift.wait(minutes(30)) == ["raised"]
    shift.read(co=(0.0, Quality.CALIBRATION))
    assert shift.wait(minutes(600)) == []


def test_a_counter_is_judged_by_what_it_rose_in_the_window(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SPARKS)
    assert shift.read(sparks=1000) == [], "what was before the start is not known"
    assert shift.read(sparks=1002) == []
    shift.wait(minutes(30))
    assert shift.read(sparks=1003) == ["raised"]
    assert shift.said[0] == "火花频繁：机组 火花计数 1 h 内 3 次，达到 3 次（企业自定）"
    assert shift.said[1].startswith("Sparks: 机组 火花计数: 3 times within 1 h, the limit is 3")
    assert shift.wait(minutes(30)) == ["cleared"], "the first two lie an hour back"


def test_a_counter_that_was_set_back_shows_what_came_since(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SPARKS)
    shift.read(sparks=65535)
    assert shift.read(sparks=2) == []
    assert shift.read(sparks=3) == ["raised"]


def test_each_start_of_a_fan_counts_once(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STARTS)
    assert [shift.read(fan=on) for on in (True, False, True, True, False, True, False)] == [[]] * 7
    assert shift.read(fan=True) == ["raised"], "the first reading was no start"


def test_a_start_in_a_gap_counts(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STARTS.replace("times: 3", "times: 1"))
    shift.read(fan=False)
    shift.read(fan=BAD)
    assert shift.read(fan=True) == ["raised"]


def test_a_lost_counter_clears_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, SPARKS)
    shift.read(sparks=0)
    assert shift.read(sparks=5) == ["raised"]
    shift.read(sparks=BAD)
    assert shift.wait(minutes(120)) == ["not-evaluated"]
    assert shift.read(sparks=(5, Quality.MAINTENANCE)) == ["evaluated"]
    assert shift.read(sparks=5) == ["cleared"]
