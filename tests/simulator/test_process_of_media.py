"""Water, gas and valves behave as the figures say."""

import pytest

from simulator.process.furnace_cooling import FURNACE_COOLING
from simulator.process.gas_holder import GAS_HOLDER
from simulator.process.gas_main import GAS_MAIN
from simulator.process.steady import STEADY
from simulator.process.tank import TANK
from simulator.process.valve import VALVE
from simulator.process.wet_collector import WET_COLLECTOR
from tests.simulator.process_run import HOUR, MINUTE, last, run


def test_a_wet_collector_saws_between_550_and_600_mm() -> None:
    levels = [state.level_mm for state, _ in run(WET_COLLECTOR, 3 * HOUR)]
    assert 549 < min(levels) < 552
    assert 598 < max(levels) <= 600


def test_without_water_it_runs_dry_and_the_pump_draws_air() -> None:
    dry = {"no-top-up": {"leak": 40.0}}
    states = list(run(WET_COLLECTOR, 12 * MINUTE, dry))
    assert states[0][0].level_mm - states[60][0].level_mm == pytest.approx(45, abs=1)
    assert states[-1][1]["circulation-flow"] < 20
    assert states[120][1]["circulation-flow"] == pytest.approx(42, rel=0.05)


def test_a_sensor_outside_its_tank_shows_where_it_hangs() -> None:
    state, _ = last(run(WET_COLLECTOR, MINUTE))
    outside = list(run(WET_COLLECTOR, HOUR, {"sensor-outside": {}}, state=state))
    assert len({values["water-level"] for _, values in outside}) == 1
    assert len({round(state.level_mm) for state, _ in outside}) > 20


def test_hydrogen_gathers_while_the_fan_stands_and_is_carried_away_again() -> None:
    state, off = last(run(WET_COLLECTOR, 60 * HOUR, {"off": {}}, dt_s=5))
    assert 0.25 < float(off["hydrogen"]) < 0.5
    assert off["circulation-flow"] == pytest.approx(0, abs=0.1)
    _, on = last(run(WET_COLLECTOR, 5 * MINUTE, state=state))
    assert on["hydrogen"] == pytest.approx(0.02, abs=0.03)


def test_a_tank_empties_in_half_an_hour_and_hangs_20_m_high() -> None:
    _, full = last(run(TANK, HOUR))
    assert float(full["outlet-pressure"]) == pytest.approx(0.24, abs=0.01)
    state, _ = last(run(TANK, 25 * MINUTE, {"drawn": {}}))
    assert state.level_m < 0.8
    _, empty = last(run(TANK, 31 * MINUTE, {"drawn": {}}))
    assert empty["pump"] is True
    assert empty["level"] == pytest.approx(0, abs=0.02)


def test_a_gas_holder_swings_and_its_speed_is_the_level_s() -> None:
    seen = [values for _, values in run(GAS_HOLDER, HOUR)]
    levels = [float(values["level"]) for values in seen]
    assert 30 < min(levels) < 35
    assert 65 < max(levels) < 70
    rose_m = (levels[600] - levels[0]) / 100 * 40
    gone_m = sum(float(values["speed"]) / 60 for values in seen[1:601])
    assert gone_m == pytest.approx(rose_m, abs=0.2)


def test_a_gas_holder_that_fills_passes_85_then_90_percent() -> None:
    full = {"drift-off": {"to": 95.0, "tau": 600.0}}
    assert max(float(values["level"]) for _, values in run(GAS_HOLDER, HOUR, full)) > 90


def test_a_main_without_supply_falls_and_its_valve_shuts_at_2_kpa() -> None:
    loss = {"supply-loss": {"to": 10.0, "tau": 20.0}}
    shut = [
        (float(v["pressure"]), v["flow"]) for _, v in run(GAS_MAIN, 3 * MINUTE, loss) if v["shut-off-closed"]
    ]
    assert shut[0][0] == pytest.approx(2, abs=0.3)
    assert {flow for _, flow in shut} == {0.0}
    state, _ = last(run(GAS_MAIN, 3 * MINUTE, loss))
    _, back = last(run(GAS_MAIN, 5 * MINUTE, state=state))
    assert (back["shut-off-closed"], float(back["pressure"]) > 7) == (False, True)


def test_a_burnt_through_element_shows_in_the_flow_difference_and_hotter_water() -> None:
    calm = [float(values["flow-difference"]) for _, values in run(FURNACE_COOLING, HOUR)]
    assert max(abs(difference) for difference in calm) < 4
    _, burnt = last(run(FURNACE_COOLING, 2 * MINUTE, {"burn-through": {"lost": 15.0, "tau": 10.0}}))
    assert float(burnt["flow-difference"]) == pytest.approx(15, abs=2)


def test_a_heat_warms_the_water_and_it_cools_between_heats() -> None:
    outlet = [float(values["outlet-temperature"]) for _, values in run(FURNACE_COOLING, HOUR)]
    assert max(outlet) == pytest.approx(38, abs=2)
    assert min(outlet) == pytest.approx(29, abs=2)


def test_a_valve_is_there_after_its_travel_and_a_stuck_one_never() -> None:
    seen = [values for _, values in run(VALVE, 3, {"act": {}}, dt_s=0.1)]
    assert next(n for n, values in enumerate(seen) if values["closed"]) == pytest.approx(14, abs=1)
    assert not any(values["open"] for values in seen)
    _, stuck = last(run(VALVE, MINUTE, {"act": {}, "stuck": {}}))
    assert (stuck["command"], stuck["open"], stuck["closed"]) == (True, True, False)
    _, discharge = last(run(VALVE, 3, {"act": {}}, parameters={"open": 0.0}))
    assert (discharge["open"], discharge["closed"]) == (True, False)


@pytest.mark.parametrize("dt_s", [1.0, 30.0])
def test_what_is_steady_scatters_by_its_sigma_whatever_the_step(dt_s: float) -> None:
    parameters = {"x.at": 20.9, "x.by": 0.05}
    values = [float(v["x"]) for _, v in run(STEADY, 100 * HOUR, dt_s=dt_s, parameters=parameters)]
    mean = sum(values) / len(values)
    assert mean == pytest.approx(20.9, abs=0.01)
    assert (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 == pytest.approx(
        0.05, rel=0.15
    )
    assert max(abs(value - 20.9) for value in values) <= 0.2 + 1e-9
