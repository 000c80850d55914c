"""Heat that cooling water carries off, over one stave or several."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.reading import Quality
from tests.agent.rule_shift import BAD, Shift

STAVE = """{kind: heat-load, name: {zh: 热负荷, en: Heat load}, limit: 2 MW, deadband: 100 kW,
    branches: [{flow: plc.inlet, inlet: plc.water-in, outlet: plc.water-out}]}"""
ROW = STAVE.replace("]}", ", {flow: plc.kilos, inlet: plc.water-in, outlet: plc.water-out}]}")
COLD = STAVE.replace("limit: 2 MW", "direction: down, limit: 500 kW")


def test_a_heat_load_is_flow_times_rise_in_kilowatts(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STAVE)
    assert shift.read(inlet=200.0, water_in=30.0, water_out=38.0) == [], "200 m³/h and 8 K: 1850 kW"
    assert shift.read(inlet=200.0, water_in=30.0, water_out=39.0) == ["raised"]
    assert shift.events[-1].value == pytest.approx(200 / 3600 * 4162 * 9)
    assert (shift.events[-1].unit, shift.events[-1].limit) == ("kW", 2000.0)
    assert shift.said[0].startswith("热负荷：热负荷 2081 kW，超过 2000 kW（机组 进水流量、")
    assert shift.read(inlet=200.0, water_in=30.0, water_out=38.4) == [], "within the deadband"
    assert shift.wait(60) == []
    shift.read(inlet=200.0, water_in=30.0, water_out=38.0)
    assert shift.wait(10) == ["cleared"]


def test_branches_are_added_whether_by_volume_or_by_mass(tmp_path: Path) -> None:
    shift = Shift(tmp_path, ROW)
    assert shift.read(inlet=100.0, kilos=20.0, water_in=30.0, water_out=40.0) == []
    assert shift.read(inlet=100.0, kilos=21.0, water_in=30.0, water_out=40.0) == ["raised"]
    assert shift.events[-1].value == pytest.approx(100 / 3600 * 4162 * 10 + 21 * 4.18 * 10)


def test_too_little_is_an_alarm_where_the_rule_says_so(tmp_path: Path) -> None:
    shift = Shift(tmp_path, COLD)
    assert shift.read(inlet=200.0, water_in=30.0, water_out=33.0) == []
    assert shift.read(inlet=200.0, water_in=30.0, water_out=32.0) == ["raised"]
    assert "it should be above 500 kW" in shift.said[1]
    shift.read(inlet=200.0, water_in=30.0, water_out=(33.0, Quality.SUSPECT))
    assert shift.wait(60) == []
    shift.read(inlet=200.0, water_in=30.0, water_out=33.0)
    assert shift.wait(10) == ["cleared"]


def test_a_branch_without_a_value_makes_the_sum_unknown(tmp_path: Path) -> None:
    shift = Shift(tmp_path, ROW)
    assert shift.read(inlet=300.0, kilos=BAD, water_in=30.0, water_out=40.0) == []
    assert shift.wait(10) == ["not-evaluated"]
    assert shift.read(kilos=0.0) == ["evaluated", "raised"]


def test_an_uncertain_value_may_raise_and_clears_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, STAVE)
    assert shift.read(inlet=300.0, water_in=30.0, water_out=(60.0, Quality.SUSPECT)) == ["raised"]
    shift.read(inlet=(0.0, Quality.CALIBRATION), water_in=30.0, water_out=60.0)
    assert shift.wait(60) == []
    shift.read(inlet=0.0)
    assert shift.wait(10) == ["cleared"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flow=st.floats(0, 400), cold=st.floats(0, 100), hot=st.floats(0, 100))
def test_it_is_raised_exactly_from_the_limit_on(tmp_path: Path, flow: float, cold: float, hot: float) -> None:
    shift = Shift(tmp_path, STAVE)
    load_kw = flow / 3.6 * 4.162 * (hot - cold)
    if abs(load_kw - 2000) > 1e-6:
        assert shift.read(inlet=flow, water_in=cold, water_out=hot) == (["raised"] if load_kw > 2000 else [])
