"""What points say together, read as shift logs: a fan without pressure, a valve that hangs."""

from pathlib import Path

import pytest

from agent.alarms.rules.truth import Truth, both, differ, opposite
from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Read, Shift

STATE = """{kind: state, name: {zh: 风机, en: Fan},
    point: plc.fan, equals: 0, on_delay: 5 s, off_delay: 0 s}"""
NO_PRESSURE = """{kind: contradiction, name: {zh: 除尘失效, en: No suction},
    when: {point: plc.fan, equals: 1}, must: {point: plc.dp, above: 200 Pa},
    on_delay: 30 s, off_delay: 0 s}"""
CUT_OFF = """{kind: feedback, name: {zh: 切断阀超时, en: Cut-off late},
    command: {point: plc.valve, equals: 1}, feedback: {point: plc.closed, equals: 1},
    within: 2 s, off_delay: 0 s, latched: true}"""


def test_a_state_raises_once_it_has_lasted(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STATE)
    assert shift.read(fan=True) == []
    assert shift.read(fan=False) == []
    assert shift.wait(4) == []
    assert shift.wait(1) == ["raised"]
    assert shift.said[0] == "风机：机组 风机运行 为 0，已持续 5 s（企业自定）"
    assert shift.said[1].startswith("Fan: 机组 风机运行 is 0, and has been for 5 s")
    assert shift.read(fan=BAD) == []
    assert shift.read(fan=True) == ["cleared"]


def test_a_short_state_raises_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STATE)
    shift.read(fan=False)
    shift.wait(4)
    assert shift.read(fan=True) == []
    assert shift.wait(9) == []


def test_a_fan_without_pressure_difference_raises_after_its_delay(tmp_path: Path) -> None:
    shift = Shift(tmp_path, NO_PRESSURE)
    assert shift.read(fan=True, dp=800.0) == []
    assert shift.read(fan=True, dp=20.0) == []
    assert shift.wait(29) == []
    assert shift.wait(1) == ["raised"]
    zh, en = shift.said
    assert zh == "除尘失效：机组 风机运行 等于 1，而 机组 压差 为 20 Pa，应当不低于 200 Pa（企业自定）"
    assert en.startswith(
        "No suction: 机组 风机运行 equals 1, but 机组 压差 is 20 Pa: it should be one that is"
    )
    assert shift.read(fan=True, dp=200.0) == ["cleared"]


def test_a_stopped_fan_needs_no_pressure_difference_not_even_one_that_is_read(tmp_path: Path) -> None:
    shift = Shift(tmp_path, NO_PRESSURE)
    shift.read(fan=False, dp=BAD)
    assert shift.wait(60) == []


def test_a_running_fan_whose_pressure_nobody_knows_is_a_lost_protection(tmp_path: Path) -> None:
    shift = Shift(tmp_path, NO_PRESSURE)
    shift.read(fan=True, dp=BAD)
    assert shift.wait(10) == ["not-evaluated"]
    assert shift.read(fan=False, dp=BAD) == ["evaluated"]


def test_an_unknown_fan_over_a_sound_pressure_is_no_lost_protection(tmp_path: Path) -> None:
    shift = Shift(tmp_path, NO_PRESSURE)
    shift.read(fan=BAD, dp=800.0)
    assert shift.wait(60) == []


@pytest.mark.parametrize(
    ("fan", "dp"),
    [(BAD, 20.0), (True, BAD), (BAD, BAD), ((False, Quality.SUSPECT), 20.0), (True, (800.0, Quality.MANUAL))],
)
def test_what_is_not_sure_clears_nothing(tmp_path: Path, fan: Read, dp: Read) -> None:
    shift = Shift(tmp_path, NO_PRESSURE)
    shift.read(fan=True, dp=20.0)
    assert shift.wait(30) == ["raised"]
    assert shift.read(fan=fan, dp=dp) == []
    assert "cleared" not in shift.wait(60)


def test_a_value_driven_off_its_range_keeps_its_direction_whatever_it_shows(tmp_path: Path) -> None:
    shift = Shift(tmp_path, NO_PRESSURE.replace("above: 200 Pa", "below: 2000 Pa").replace("30 s", "0 s"))
    assert shift.read(fan=True, dp=(2500.0, Quality.UNDER_RANGE)) == []
    assert shift.read(fan=True, dp=(3000.0, Quality.OVER_RANGE)) == ["raised"]
    shift = Shift(tmp_path, NO_PRESSURE.replace("30 s", "0 s"))
    assert shift.read(fan=True, dp=(100.0, Quality.OVER_RANGE)) == []
    assert shift.read(fan=True, dp=(0.0, Quality.UNDER_RANGE)) == ["raised"]


def test_a_valve_that_follows_in_time_raises_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CUT_OFF)
    assert shift.read(valve=False, closed=False) == []
    assert shift.read(valve=True, closed=False) == []
    shift.wait(1.5)
    assert shift.read(closed=True) == []
    assert shift.wait(60) == []


def test_a_valve_that_hangs_raises_and_stays_until_somebody_resets_it(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CUT_OFF)
    shift.read(valve=True, closed=False)
    assert shift.wait(2) == ["raised"]
    assert shift.said[0] == "切断阀超时：机组 切断阀关到位 为 0，2 s 内未跟随 机组 切断阀命令（企业自定）"
    assert shift.read(valve=True, closed=True) == []
    assert shift.wait(60) == []
    [alarm] = shift.engine.standing()
    assert alarm["rule"] == "the-rule"


def test_a_valve_that_opens_without_a_command_raises_too(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CUT_OFF)
    shift.read(valve=False, closed=True)
    assert shift.wait(2) == ["raised"]


def test_a_lost_feedback_is_not_a_valve_that_follows(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CUT_OFF)
    shift.read(valve=True, closed=False)
    assert shift.read(closed=BAD) == []
    assert shift.wait(2) == ["raised"], "the last thing that was seen was the danger"


@pytest.mark.parametrize("a", [True, False, None])
@pytest.mark.parametrize("b", [True, False, None])
def test_what_is_unknown_decides_nothing(a: Truth, b: Truth) -> None:
    known = {True: (True,), False: (False,), None: (True, False)}
    for statement, plain in ((both, lambda x, y: x and y), (differ, lambda x, y: x is not y)):
        possible = {plain(x, y) for x in known[a] for y in known[b]}
        assert statement(a, b) is (possible.pop() if len(possible) == 1 else None)
    assert opposite(a) is (None if a is None else not a)
