"""Points held against each other, read as shift logs: water that is lost, ropes that pull unevenly."""

from pathlib import Path

from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Shift

LOST = """{kind: difference, name: {zh: 冷却水漏失, en: Cooling water lost}, point: plc.inlet,
    other: plc.outlet, limit_percent: 5, deadband_percent: 1, at_least: 20 m3/h, direction: up,
    on_delay: 3 s, off_delay: 0 s}"""
APART = """{kind: difference, name: 流量不符, point: plc.inlet, other: plc.outlet, limit: 10 m3/h,
    off_delay: 0 s}"""
UNEVEN = """{kind: imbalance, name: {zh: 绳张力不平衡, en: Ropes uneven},
    points: [plc.rope-1, plc.rope-2, plc.rope-3], limit_percent: 10, at_least: 5 kN, off_delay: 0 s}"""


def test_water_that_does_not_come_back_raises_after_its_delay(tmp_path: Path) -> None:
    shift = Shift(tmp_path, LOST)
    assert shift.read(inlet=200.0, outlet=191.0) == []
    assert shift.read(inlet=200.0, outlet=190.0) == []
    assert shift.wait(2.9) == []
    assert shift.wait(0.1) == ["raised"]
    zh, en = shift.said
    assert zh == "冷却水漏失：机组 进水流量 与 机组 出水流量 相差 5 %，达到限值 5 %（企业自定）"
    assert en.startswith("Cooling water lost: 机组 进水流量 less 机组 出水流量 is 5 %, the limit is 5 %")
    assert shift.read(inlet=200.0, outlet=192.0) == [], "inside the deadband"
    assert shift.read(inlet=200.0, outlet=192.1) == ["cleared"]


def test_more_water_out_than_in_is_not_what_this_rule_watches(tmp_path: Path) -> None:
    shift = Shift(tmp_path, LOST)
    shift.read(inlet=200.0, outlet=250.0)
    assert shift.wait(9) == []


def test_either_way_counts_where_nothing_else_is_written(tmp_path: Path) -> None:
    shift = Shift(tmp_path, APART)
    assert shift.read(inlet=100.0, outlet=110.0) == ["raised"]
    assert shift.read(inlet=100.0, outlet=100.0) == ["cleared"]
    assert shift.read(inlet=110.0, outlet=100.0) == ["raised"]


def test_a_stopped_pump_raises_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, LOST)
    shift.read(inlet=0.5, outlet=0.0)
    assert shift.wait(9) == []


def test_points_of_different_scans_are_compared_by_their_newest_values(tmp_path: Path) -> None:
    shift = Shift(tmp_path, APART)
    assert shift.read(inlet=100.0) == [], "nothing is known of the other"
    assert shift.read(outlet=80.0) == ["raised"]
    assert shift.read(inlet=80.0) == ["cleared"]


def test_points_of_one_scan_are_compared_with_each_other_and_not_with_older_values(tmp_path: Path) -> None:
    shift = Shift(tmp_path, APART)
    shift.read(inlet=100.0, outlet=100.0)
    assert shift.read(inlet=300.0, outlet=300.0) == []


def test_one_lost_point_is_a_lost_protection_and_clears_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, APART)
    assert shift.read(inlet=100.0, outlet=80.0) == ["raised"]
    assert shift.read(outlet=BAD) == []
    assert shift.read(inlet=80.0) == []
    assert shift.wait(9) == []
    assert shift.wait(1) == ["not-evaluated"]
    assert shift.said[0] == "流量不符：机组 进水流量、机组 出水流量 缺少有效数据，该报警当前失去保护"
    assert shift.read(outlet=80.0) == ["evaluated", "cleared"]


def test_an_uncertain_point_may_raise_and_clears_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, APART)
    assert shift.read(inlet=100.0, outlet=(80.0, Quality.SUSPECT)) == ["raised"]
    assert shift.read(inlet=100.0, outlet=(100.0, Quality.SUSPECT)) == []
    assert shift.read(inlet=100.0, outlet=100.0) == ["cleared"]


def test_the_tightest_and_the_slackest_rope_make_the_imbalance(tmp_path: Path) -> None:
    shift = Shift(tmp_path, UNEVEN)
    assert shift.read(rope_1=40.0, rope_2=41.0, rope_3=42.0) == []
    assert shift.read(rope_1=38.0, rope_2=40.0, rope_3=42.0) == ["raised"]
    zh, en = shift.said
    assert zh == "绳张力不平衡：机组 绳1、机组 绳2、机组 绳3 最大相差 10 %，达到限值 10 %（企业自定）"
    assert en.startswith("Ropes uneven: 机组 绳1, 机组 绳2, 机组 绳3 lie up to 10 % apart, the limit is 10 %")
    assert shift.read(rope_1=BAD, rope_2=40.0, rope_3=40.0) == []
    assert shift.read(rope_1=40.0, rope_2=40.0, rope_3=40.0) == ["cleared"]


def test_slack_ropes_are_not_uneven(tmp_path: Path) -> None:
    shift = Shift(tmp_path, UNEVEN)
    assert shift.read(rope_1=0.1, rope_2=0.4, rope_3=0.0) == []
