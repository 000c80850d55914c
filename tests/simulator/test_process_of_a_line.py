"""A casting line: its instruments tell of one cast, whichever of them is asked, and whoever is befallen."""

from pathlib import Path
from typing import Final

import pytest

from config.load import load_plant
from simulator.devices import PlayedDevice, play_devices
from simulator.faults import Target
from simulator.process import Inputs
from simulator.process.casting_line import CASTING_LINE
from simulator.scenario import Event, Scenario
from simulator.timeline import NS_PER_S, Timeline
from tests.agent.parts import HandClock
from tests.simulator.process_run import HOUR, MINUTE, last, run

ALUMINIUM: Final = Path(__file__).parents[2] / "config" / "plants" / "aluminium.yaml"
CAST: Final[Inputs] = {"cast": {}}
LOSS: Final[Inputs] = {"pressure-loss": {"to": 3.0}}


def test_a_cast_shows_in_every_instrument_in_its_phase() -> None:
    seen = [values for _, values in run(CASTING_LINE, 51 * MINUTE, {}, parameters={"rest": 60.0})]
    by_phase = {n: [v for v in seen if v["casting-machine.step"] == n] for n in range(7)}
    assert all(by_phase.values()), "every phase is there"
    outlet = {n: float(of[-1]["cooling-water.outlet-temperature"]) for n, of in by_phase.items()}
    tilt = {n: float(of[-1]["tilting-furnace.tilt-angle"]) for n, of in by_phase.items()}
    assert outlet[1] == pytest.approx(30, abs=1.7), "no heat before there is metal"
    assert outlet[4] == pytest.approx(45, abs=1.7), "3.5 MW into 200 m3/h are 15 K"
    assert outlet[6] < outlet[4] - 5, "the ingots cool down"
    assert (tilt[1], tilt[2]) == pytest.approx((0, 0), abs=0.2)
    assert tilt[4] == pytest.approx(28, abs=0.2)
    assert tilt[6] == 0


def test_the_furnace_pours_as_long_as_the_machine_takes_metal() -> None:
    for state, values in run(CASTING_LINE, 51 * MINUTE, {}, parameters={"rest": 60.0}):
        if state.machine.metal_runs:
            assert state.furnace.phase == "pouring"
            share = state.machine.position_mm / state.machine.length_mm
            assert state.furnace.tilt_deg == pytest.approx(28 * share, abs=0.05)
        elif values["casting-machine.step"] in (0, 1):
            assert values["tilting-furnace.launder-level"] == pytest.approx(0, abs=3)


def test_a_furnace_without_pressure_leaves_the_launder_without_metal() -> None:
    state, _ = last(run(CASTING_LINE, 10 * MINUTE, CAST))
    starved, values = last(run(CASTING_LINE, 25, LOSS, state=state))
    assert starved.furnace.tilt_deg == state.furnace.tilt_deg, "check valves hold it"
    assert values["casting-machine.launder-level"] < 110
    assert values["tilting-furnace.launder-level"] < 60
    recovered, _ = last(run(CASTING_LINE, 3 * MINUTE, state=starved))
    share = recovered.machine.position_mm / recovered.machine.length_mm
    assert recovered.furnace.tilt_deg == pytest.approx(28 * share, abs=0.05), "it makes up for it"


@pytest.mark.parametrize(
    ("befalls", "after_s"),
    [
        ({"surge": {"to": 230.0, "tau": 5.0}}, 7),
        ({"level-loss": {"to": 60.0, "tau": 12.0}}, 14),
        ({"pump-trip": {"to": 20.0, "tau": 4.0}}, 6),
    ],
    ids=["surge", "level-loss", "pump-trip"],
)
def test_a_level_or_water_out_of_bounds_ends_a_steady_cast_by_its_interlock(
    befalls: Inputs, after_s: float
) -> None:
    state, before = last(run(CASTING_LINE, 15 * MINUTE, CAST))
    assert (before["cooling-water.cut-off-closed"], before["cooling-water.discharge-open"]) == (False, False)
    steps = [values for _, values in run(CASTING_LINE, 30, befalls, state=state)]
    cut_off_s = next(n for n, values in enumerate(steps) if values["cooling-water.cut-off-closed"])
    tilts_s = next(
        n
        for n, v in enumerate(steps)
        if v["tilting-furnace.tilt-angle"] < before["tilting-furnace.tilt-angle"] - 1
    )
    ends_s = next(n for n, values in enumerate(steps) if values["casting-machine.phase"] == 3)
    assert cut_off_s == pytest.approx(after_s, abs=3)
    assert cut_off_s <= tilts_s + 1 <= ends_s <= cut_off_s + 7
    assert steps[-1]["cooling-water.discharge-open"]


def test_a_furnace_without_pressure_cannot_follow_its_interlock() -> None:
    state, _ = last(run(CASTING_LINE, 10 * MINUTE, CAST))
    tripped, values = last(run(CASTING_LINE, 60, LOSS, state=state))
    assert values["cooling-water.cut-off-closed"]
    assert tripped.furnace.tilt_deg == state.furnace.tilt_deg
    back, _ = last(run(CASTING_LINE, MINUTE, state=tripped))
    assert back.furnace.tilt_deg == 0, "as soon as it can"


def test_a_level_that_falls_while_the_cast_is_started_trips_nothing() -> None:
    loss = {**CAST, "level-loss": {"to": 60.0, "tau": 12.0}}
    assert not any(
        values["cooling-water.cut-off-closed"] for _, values in run(CASTING_LINE, 4 * MINUTE, loss)
    )


def test_without_water_no_cast_is_begun_and_with_it_the_interlock_goes_back() -> None:
    trip = {"pump-trip": {"to": 20.0, "tau": 4.0}}
    state, _ = last(run(CASTING_LINE, 15 * MINUTE, CAST))
    tripped, values = last(run(CASTING_LINE, HOUR / 2, {**trip, **CAST}, state=state))
    assert values["casting-machine.step"] == 0
    _, back = last(run(CASTING_LINE, MINUTE, state=tripped))
    assert (back["cooling-water.cut-off-closed"], back["cooling-water.discharge-open"]) == (False, False)


def test_the_water_follows_the_phases_where_the_plant_switches_it_off_between_casts() -> None:
    flows: dict[object, float] = {}
    for _, values in run(CASTING_LINE, 51 * MINUTE, {}, parameters={"rest": 120.0, "standby": 0.0}):
        flows[values["casting-machine.step"]] = float(values["cooling-water.inlet-flow"])
        if values["casting-machine.step"] == 4:
            break
    assert flows[0] == pytest.approx(0, abs=1)
    assert flows[1] == pytest.approx(120, rel=0.1), "60 %, 10 s late"
    assert flows[2] == pytest.approx(200, rel=0.05)
    assert flows[4] == pytest.approx(200, rel=0.05)


def test_water_that_fails_in_a_cast_leaves_hot_and_between_casts_does_not() -> None:
    trip = {"pump-trip": {"to": 20.0, "tau": 4.0}}
    casting, _ = last(run(CASTING_LINE, 15 * MINUTE, CAST))
    hot = [
        values["cooling-water.outlet-temperature"] for _, values in run(CASTING_LINE, 60, trip, state=casting)
    ]
    assert max(hot) > 65, "the ingots are hot for some minutes more"
    _, cold = last(run(CASTING_LINE, 2 * MINUTE, trip))
    assert cold["cooling-water.outlet-temperature"] < 35


def played(*events: Event, duration_s: float = HOUR) -> tuple[dict[str, PlayedDevice], HandClock]:
    clock = HandClock()
    timeline = Timeline(Scenario(duration_s, events), clock.now_ns(), duration_s, clock)
    groups = play_devices(load_plant(ALUMINIUM, profile_dirs=()), timeline, 1).values()
    return {each.device.id: each for group in groups for each in group}, clock


def test_the_instruments_of_the_example_plant_agree_in_whatever_order_they_are_asked() -> None:
    cast = Event(0.0, 0.1, Target.DEVICE, "caster", "cast")
    devices, clock = played(cast)
    for second in range(20 * 60):
        now_ns = clock.now_ns() + second * NS_PER_S
        order = ("caster", "tilt-1", "mould-water") if second % 2 else ("mould-water", "tilt-1", "caster")
        read = {name: value for each in order for name, value in devices[each].values(now_ns).items()}
    share = float(read["caster.position"]) / 6000
    assert share > 0.3
    assert float(read["tilt-1.tilt-angle"]) == pytest.approx(28 * share, abs=0.2)
    assert float(read["mould-water.outlet-temperature"]) == pytest.approx(45, abs=2)
    assert float(read["tilt-1.launder-level"]) == pytest.approx(150, abs=6)


def test_what_befalls_one_member_shows_at_the_others_and_not_at_another_machine() -> None:
    pour = Event(0.0, 0.5, Target.DEVICE, "tilt-1", "pour", {"rate": 2.0})
    devices, clock = played(pour)
    for second in range(0, 300, 5):
        now_ns = clock.now_ns() + second * NS_PER_S
        read = {name: v for each in devices.values() for name, v in each.values(now_ns).items()}
    assert read["caster.casting"] is True
    assert float(read["tilt-1.launder-level"]) > 140
    assert float(read["tilt-2.launder-level"]) == 0


def test_a_frozen_instrument_stands_still_and_the_machine_goes_on() -> None:
    cast = Event(0.0, 1.0, Target.DEVICE, "caster", "cast")
    freeze = Event(0.2, 0.4, Target.DEVICE, "caster", "freeze")
    devices, clock = played(cast, freeze)
    begin_ns = clock.now_ns()
    at = {minute: devices["caster"].values(begin_ns + int(minute * 60e9)) for minute in (1, 11, 13, 20, 25)}
    assert at[11]["caster.position"] == at[13]["caster.position"] == at[20]["caster.position"]
    down_mm = (25 - 1.75) * 130
    assert float(at[25]["caster.position"]) == pytest.approx(down_mm, abs=150)
