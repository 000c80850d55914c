"""The machines behave as the figures say, whatever the step they are computed in."""

from itertools import pairwise
from math import exp
from typing import Any

import pytest

from simulator.process import Process
from simulator.process.casting_machine import CASTING_MACHINE, LEVEL_MM
from simulator.process.cooling_water import COOLING_WATER
from simulator.process.dust_collector import DUST_COLLECTOR
from simulator.process.gas_leak import GAS_LEAK
from simulator.process.tilting_furnace import TILTING_FURNACE
from simulator.processes import PROCESSES
from tests.simulator.process_run import HOUR, MINUTE, last, run

LEAK = {"leak": {"to": 320.0, "tau": 90.0, "decay": 120.0}}


# CO


def test_a_leak_rises_steadily_towards_its_final_concentration() -> None:
    leaked = [state.leaked_ppm for state, _ in run(GAS_LEAK, 15 * MINUTE, LEAK)]
    assert leaked == sorted(leaked)
    assert leaked[-1] == pytest.approx(320, rel=1e-3)


@pytest.mark.parametrize("dt_s", [0.5, 3, 30])
def test_a_leak_follows_the_exponential_whatever_the_step(dt_s: float) -> None:
    state, _ = last(run(GAS_LEAK, 90, LEAK, dt_s=dt_s))
    assert state.leaked_ppm == pytest.approx(320 * (1 - exp(-1)))


def test_the_cell_shows_nine_tenths_of_a_step_after_its_t90() -> None:
    at_once = {"leak": {"to": 100.0, "tau": 1e-6, "decay": 1.0}}
    state, _ = last(run(GAS_LEAK, 30, at_once))
    assert state.sensed_ppm == pytest.approx(90)


def test_a_leak_passes_24_then_160_ppm_and_airs_out_below_24_again() -> None:
    rising = [values["concentration"] for _, values in run(GAS_LEAK, 5 * MINUTE, LEAK)]
    first_24, first_160 = (next(n for n, ppm in enumerate(rising) if ppm >= limit) for limit in (24, 160))
    assert first_24 < first_160
    state, _ = last(run(GAS_LEAK, 5 * MINUTE, LEAK))
    _, aired = last(run(GAS_LEAK, 8 * MINUTE, state=state))
    assert aired["concentration"] < 20


def test_hydrogen_is_taken_for_a_tenth_of_co() -> None:
    leak = {"leak": {"to": 0.0, "hydrogen": 400.0, "tau": 90.0, "decay": 120.0}}
    state, _ = last(run(GAS_LEAK, 20 * MINUTE, leak))
    assert state.sensed_ppm == pytest.approx(40, abs=0.1)
    state, _ = last(run(GAS_LEAK, 20 * MINUTE, leak, parameters={"cross": 5.0}))
    assert state.sensed_ppm == pytest.approx(20, abs=0.1)


def test_without_a_leak_there_is_a_little_co_but_never_an_alarm() -> None:
    readings = [values["concentration"] for _, values in run(GAS_LEAK, 8 * HOUR, dt_s=5)]
    assert 0 <= min(readings) < 1 < max(readings) <= 6


# Dust


def test_the_pressure_difference_is_a_saw_tooth_between_500_and_1200_pa() -> None:
    teeth = [state.pressure_pa for state, _ in run(DUST_COLLECTOR, 2 * HOUR)]
    assert min(teeth) >= 500
    assert 1190 < max(teeth) <= 1200
    drops = [before - after for before, after in pairwise(teeth) if after < before]
    assert len(drops) >= 10
    assert max(drops) <= 400
    assert sum(drop >= 250 for drop in drops) > len(drops) / 2  # the last of a cleaning stops at the floor


def test_a_tooth_takes_ten_to_twenty_minutes() -> None:
    states = [state for state, _ in run(DUST_COLLECTOR, 3 * HOUR)]
    starts = [
        n
        for n, (before, after) in enumerate(pairwise(states))
        if before.pulse_due_s is None and after.pulse_due_s is not None
    ]
    periods = [after - before for before, after in pairwise(starts)]
    assert all(10 * MINUTE <= period <= 20 * MINUTE for period in periods)


def test_each_pulse_takes_air_out_of_the_vessel() -> None:
    pressures = [state.vessel_kpa for state, _ in run(DUST_COLLECTOR, HOUR)]
    assert min(pressures) < 300
    assert pressures[-1] <= 400


def test_a_clogged_tube_reads_a_perfect_constant_and_a_stopped_fan_nothing() -> None:
    state, _ = last(run(DUST_COLLECTOR, MINUTE))
    clogged = {
        values["differential-pressure"]
        for _, values in run(DUST_COLLECTOR, HOUR, {"clogged-tube": {}}, state=state)
    }
    assert len(clogged) == 1
    for _, values in run(DUST_COLLECTOR, MINUTE, {"fan-off": {}}):
        assert 0 <= values["differential-pressure"] <= 5
        assert values["fan"] is False


def test_smouldering_dust_heats_the_hopper_ever_faster_and_cools_when_quenched() -> None:
    fire = {"smoulder": {"rate": 2.0, "decay": 60.0}}
    heat = [state.hopper_c for state, _ in run(DUST_COLLECTOR, 20 * MINUTE, fire)]
    assert heat == sorted(heat)
    first, final = heat[60] - heat[0], heat[-1] - heat[-61]
    assert first == pytest.approx(2.0, abs=0.1)
    assert final > 2 * first
    state, _ = last(run(DUST_COLLECTOR, 20 * MINUTE, fire))
    quenched, _ = last(run(DUST_COLLECTOR, 10 * MINUTE, state=state))
    assert quenched.hopper_c < 45


def test_with_the_fan_off_nothing_is_cleaned_and_everything_cools_down() -> None:
    state, _ = last(run(DUST_COLLECTOR, 9 * MINUTE))
    off = list(run(DUST_COLLECTOR, 3 * HOUR, {"fan-off": {}}, state=state))
    assert {values["pulse"] for _, values in off} == {False}
    final, values = off[-1]
    assert final.hopper_c == pytest.approx(25, abs=0.1)
    assert values["inlet-temperature"] == pytest.approx(25, abs=2)
    assert final.pressure_pa == state.pressure_pa, "the dust stays on the bags"


# Furnace


def test_a_pour_tilts_from_0_to_28_degrees_and_back() -> None:
    states = [state for state, _ in run(TILTING_FURNACE, 2 * HOUR)]
    tilts = [state.tilt_deg for state in states]
    assert min(tilts) == 0
    assert max(tilts) == 28
    top = tilts.index(28)
    assert tilts[top + 28] == pytest.approx(0)
    pour_s = sum(state.phase == "pouring" for state in states[: top + 1])
    assert pour_s == pytest.approx(56 * MINUTE, rel=0.01)


def test_the_shown_tilt_never_leaves_its_range() -> None:
    shown = [values["tilt-angle"] for _, values in run(TILTING_FURNACE, 2 * HOUR)]
    assert 0 <= min(shown) < max(shown) <= 28


def test_the_hydraulics_hold_at_5_to_6_and_move_at_8_to_10_mpa() -> None:
    for state, values in run(TILTING_FURNACE, 2 * HOUR):
        low, high = (5, 6) if state.phase == "resting" else (8, 10)
        assert low <= values["hydraulic-pressure"] <= high


def test_the_oil_warms_while_the_furnace_works_and_the_launder_fills() -> None:
    state, values = last(run(TILTING_FURNACE, 50 * MINUTE, {"pour": {"rate": 0.5}}))
    assert 45 < state.oil_c <= 50
    assert values["launder-level"] == pytest.approx(150, abs=6)


def test_a_burst_hose_shows_as_lost_pressure() -> None:
    _, values = last(run(TILTING_FURNACE, MINUTE, {"pressure-loss": {"to": 3.0}}))
    assert values["hydraulic-pressure"] == pytest.approx(3, abs=0.15)


# Cooling water


def test_steady_water_scatters_by_a_percent() -> None:
    flows = [float(values["inlet-flow"]) for _, values in run(COOLING_WATER, HOUR)]
    mean = sum(flows) / len(flows)
    spread = (sum((flow - mean) ** 2 for flow in flows) / len(flows)) ** 0.5
    assert mean == pytest.approx(200, rel=0.005)
    assert spread == pytest.approx(2, rel=0.1)


def test_a_tripped_pump_loses_flow_and_pressure_and_the_water_leaves_hotter() -> None:
    trip = {"pump-trip": {"to": 20.0, "tau": 4.0}}
    state, _ = last(run(COOLING_WATER, 4, trip))
    assert state.flow == pytest.approx(0.2 + 0.8 * exp(-1))
    _, values = last(run(COOLING_WATER, 2 * MINUTE, trip))
    assert values["inlet-flow"] == pytest.approx(40, rel=0.05)
    assert values["inlet-pressure"] < 0.1
    assert values["outlet-temperature"] > 80


def test_the_plcs_interlock_follows_a_trip_unless_its_valve_is_stuck() -> None:
    trip = {"pump-trip": {"to": 20.0, "tau": 4.0}}
    _, before = last(run(COOLING_WATER, MINUTE))
    assert (before["cut-off-closed"], before["discharge-open"]) == (False, False)
    state, values = last(run(COOLING_WATER, MINUTE, trip))
    assert (values["cut-off-closed"], values["discharge-open"]) == (True, True)
    _, stuck = last(run(COOLING_WATER, MINUTE, {**trip, "valve-stuck": {}}))
    assert (stuck["cut-off-closed"], stuck["discharge-open"]) == (False, True)
    _, back = last(run(COOLING_WATER, MINUTE, state=state))
    assert (back["cut-off-closed"], back["discharge-open"]) == (False, False)
    standby = {"demand": {"share": 0.0}}
    _, idle = last(run(COOLING_WATER, MINUTE, standby))
    assert (idle["cut-off-closed"], idle["discharge-open"]) == (False, False)


# Casting machine


def test_a_cast_takes_six_metres_down_in_46_minutes_and_the_platen_comes_up_again() -> None:
    steps = list(run(CASTING_MACHINE, 90 * MINUTE))
    casting = [n for n, (_, values) in enumerate(steps) if values["casting"]]
    assert casting[0] == pytest.approx(10 * MINUTE + 30 + 75, abs=2)
    first = [n for n in casting if n < casting[0] + 50 * MINUTE]
    assert len(first) == pytest.approx(46 * MINUTE, abs=20)
    assert steps[first[-1]][1]["position"] == 6000
    assert 0.0 in {values["position"] for _, values in steps[first[-1] :]}


def test_the_launder_fills_stands_still_and_empties() -> None:
    state, _ = last(run(CASTING_MACHINE, 10 * MINUTE, {"cast": {}}))
    levels = [float(values["launder-level"]) for _, values in run(CASTING_MACHINE, 5 * MINUTE, state=state)]
    assert max(abs(level - LEVEL_MM) for level in levels) < 15
    drained, values = last(run(CASTING_MACHINE, 42 * MINUTE, state=state))
    assert drained.phase in ("draining", "resting")
    assert values["launder-level"] < 10


def test_a_surge_lifts_the_launder_s_level_only_while_metal_runs() -> None:
    surge = {"surge": {"to": 230.0, "tau": 5.0}}
    _, resting = last(run(CASTING_MACHINE, MINUTE, surge))
    assert resting["launder-level"] == 0
    _, casting = last(run(CASTING_MACHINE, 2 * MINUTE, surge | {"cast": {}}))
    assert casting["launder-level"] > 210


def test_a_level_that_is_lost_falls_by_20_mm_in_3_s() -> None:
    state, before = last(run(CASTING_MACHINE, 6 * MINUTE, {"cast": {}}))
    lost = {"level-loss": {"to": 60.0, "tau": 12.0}}
    fallen, _ = last(run(CASTING_MACHINE, 3, lost, state=state))
    assert state.level_mm - fallen.level_mm == pytest.approx(20, abs=1.5)
    assert before["step"] == 4


def test_dross_under_the_gauge_is_no_metal() -> None:
    state, _ = last(run(CASTING_MACHINE, 10 * MINUTE, {"cast": {}}))
    after, seen = last(run(CASTING_MACHINE, 1, {"dross": {"height": 60.0}}, state=state))
    assert float(seen["launder-level"]) == pytest.approx(210, abs=10)
    assert after.level_mm == pytest.approx(LEVEL_MM, abs=1)


def test_a_stuck_ingot_is_no_load_while_the_platen_goes_on() -> None:
    state, before = last(run(CASTING_MACHINE, 10 * MINUTE, {"cast": {}}))
    stuck, after = last(run(CASTING_MACHINE, 20, {"stuck-ingot": {"to": 60.0, "tau": 3.0}}, state=state))
    assert stuck.position_mm - state.position_mm == pytest.approx(130 / 3, rel=0.01)
    assert float(after["hydraulic-pressure"]) == pytest.approx(0.6 * 5.5, abs=0.3)
    assert float(before["hydraulic-pressure"]) > 5


def test_a_plc_shows_the_phases_in_their_order() -> None:
    shown = [v["phase"] for _, v in run(CASTING_MACHINE, 51 * MINUTE, parameters={"rest": 60.0})]
    turns = [after for before, after in pairwise(shown) if before != after]
    assert turns == [1, 2, 3, 0]


def test_a_plant_that_is_idle_begins_no_cast_and_one_that_runs_is_cast_to_its_end() -> None:
    assert {v["step"] for _, v in run(CASTING_MACHINE, 5 * HOUR, {"idle": {}}, dt_s=5)} == {0}
    casting, _ = last(run(CASTING_MACHINE, 20 * MINUTE))
    phases = [v["step"] for _, v in run(CASTING_MACHINE, 2 * HOUR, {"idle": {}}, state=casting)]
    assert [phases[0], 5 in phases, 6 in phases, phases[-1]] == [4, True, True, 0]


# All


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
def test_the_same_seed_plays_the_same_plant(process: Process[Any]) -> None:
    parameters = {"value.at": 3.0, "value.by": 0.1}
    one, other = ([v for _, v in run(process, MINUTE, parameters=parameters)] for _ in range(2))
    assert one == other
    assert [values for _, values in run(process, MINUTE)] == [values for _, values in run(process, MINUTE)]
