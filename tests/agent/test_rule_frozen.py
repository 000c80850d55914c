"""Values that do not move though they should, and values that move as they cannot: read as shift logs."""

from pathlib import Path

from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Shift, minutes

CLOGGED = """{kind: frozen, name: {zh: 取压管堵塞, en: Tube clogged}, point: plc.dp, window: 10 min,
    deadband: 2 Pa, during: {point: plc.fan, equals: 1}, off_delay: 10 s}"""
STILL = "{kind: frozen, name: 不变, point: plc.dp, window: 10 s, off_delay: 0 s}"
JUMP = "{kind: jump, name: {zh: 液位跳变, en: Level jumps}, point: plc.level, limit: 60 mm}"


def test_a_value_that_stays_raises_on_the_clock(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CLOGGED)
    shift.read(fan=True, dp=800.0)
    shift.wait(minutes(5))
    assert shift.read(fan=True, dp=802.0) == [], "noise is no movement"
    assert shift.wait(minutes(5) - 1) == []
    assert shift.wait(1) == ["raised"]
    assert shift.said[0] == "取压管堵塞：机组 压差 停在 802 Pa，10 min 没有变化，测量可能失灵（企业自定）"
    assert shift.said[1].startswith("Tube clogged: 机组 压差 has stayed at 802 Pa for 10 min")


def test_it_clears_once_the_value_has_moved_and_goes_on_living(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CLOGGED)
    shift.read(fan=True, dp=800.0)
    assert shift.wait(minutes(10)) == ["raised"]
    assert shift.read(fan=True, dp=805.0) == []
    shift.wait(5)
    assert shift.read(fan=True, dp=805.0) == [], "once moved it need not move at every reading"
    assert shift.wait(5) == ["cleared"]
    assert shift.wait(minutes(10) - 10) == ["raised"]


def test_a_movement_begins_the_time_anew(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CLOGGED)
    shift.read(fan=True, dp=800.0)
    shift.wait(minutes(9))
    shift.read(fan=True, dp=810.0)
    assert shift.wait(minutes(9)) == []
    assert shift.wait(minutes(1)) == ["raised"]


def test_a_stopped_fan_may_leave_the_pressure_where_it_is(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CLOGGED)
    shift.read(fan=False, dp=0.0)
    assert shift.wait(minutes(60)) == []
    shift.read(fan=True, dp=0.0)
    assert shift.wait(minutes(10) - 1) == [], "time counts from the start of the fan"
    assert shift.wait(1) == ["raised"]


def test_a_gap_begins_the_time_anew_and_is_no_movement(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STILL)
    shift.read(dp=800.0)
    shift.wait(8)
    shift.read(dp=BAD)
    shift.wait(1)
    shift.read(dp=800.0)
    assert shift.wait(9) == []
    assert shift.wait(1) == ["raised"]
    shift.read(dp=BAD)
    assert shift.read(dp=800.0) == []
    assert shift.read(dp=800.1) == ["cleared"]


def test_a_restart_is_no_movement(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STILL)
    shift.read(dp=800.0)
    assert shift.wait(10) == ["raised"]
    assert shift.restart() == []
    assert shift.read(dp=800.0) == []
    assert shift.wait(9) == []
    assert shift.read(dp=801.0) == ["cleared"]


def test_a_movement_that_is_not_sure_clears_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STILL)
    shift.read(dp=800.0)
    assert shift.wait(10) == ["raised"]
    assert shift.read(dp=(900.0, Quality.SIMULATION)) == []
    assert shift.read(dp=900.0) == []
    assert shift.read(dp=901.0) == ["cleared"]


def test_what_is_not_sure_holds_up_a_clearing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CLOGGED)
    shift.read(fan=True, dp=800.0)
    assert shift.wait(minutes(10)) == ["raised"]
    shift.read(fan=True, dp=900.0)
    shift.wait(5)
    shift.read(fan=True, dp=(900.0, Quality.SUSPECT))
    assert shift.wait(60) == []
    shift.read(fan=(False, Quality.SUSPECT))
    assert shift.wait(60) == []
    shift.read(fan=False)
    assert shift.wait(10) == ["cleared"]


def test_a_value_or_a_fan_that_is_lost_is_a_lost_protection(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CLOGGED)
    shift.read(fan=BAD, dp=800.0)
    assert shift.wait(10) == ["not-evaluated"]
    assert shift.read(fan=True, dp=800.0) == ["evaluated"]


def test_a_step_that_the_process_cannot_make_raises_and_is_soon_over(tmp_path: Path) -> None:
    shift = Shift(tmp_path, JUMP)
    assert shift.each_second("level", [150.0, 209.0, 150.0]) == []
    assert shift.each_second("level", [210.0]) == ["raised"]
    zh, en = shift.said
    assert zh == "液位跳变：机组 液位 一次跳变 60 mm，达到 60 mm，测量可能失灵（企业自定）"
    assert en.startswith("Level jumps: 机组 液位 jumped by 60 mm, which is 60 mm or more")
    assert shift.each_second("level", [(212.0, Quality.SUSPECT)] * 20) == [], "not sure"
    assert shift.each_second("level", [212.0] * 11) == []
    assert shift.each_second("level", [212.0] * 2) == ["cleared"]


def test_after_a_gap_nothing_is_known_of_the_step(tmp_path: Path) -> None:
    shift = Shift(tmp_path, JUMP)
    assert shift.each_second("level", [150.0, BAD, 290.0, 290.0]) == []


def test_a_subscribed_value_that_stays_after_its_jump_clears(tmp_path: Path) -> None:
    shift = Shift(tmp_path, JUMP.replace("plc.", "ua."), subscribed=True)
    shift.read(level=150.0)
    shift.wait(minutes(5))
    assert shift.read(level=250.0) == ["raised"]
    assert shift.wait(11) == ["cleared"]
