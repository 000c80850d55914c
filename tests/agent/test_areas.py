"""Areas and planned stops, read as a shift log: what an area does, and what rests meanwhile."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.alarms.acting import ActRefused
from agent.alarms.area import DECLARED_MAX_S, AreaWatch
from tests.agent.area_shift import GONE, PRESS, WANG, Shift

BY_TAG = "  shop: {name: 车间, state: {tag: press.running, values: {0: planned-stop, 1: running}}}\n"
BY_PLAIN_TAG = "  shop: {name: 车间, state: {tag: press.running}}\n"
DECLARED = "  shop: {name: 车间, state: {declared: true}}\n"
CALENDAR = """\
  shop:
    name: 车间
    state:
      calendar: {running: Mon-Fri 08:00-20:00, idle: Mon-Fri 20:00-22:00, dates: {2026-10-01: planned-stop}}
"""
GAS = """\
  co:
    name: 探头
    connection: plc
    unit: 2
    area: shop
    modbus: {table: input-register}
    points:
      co: {name: 一氧化碳, unit: ppm, range: [0, 500], modbus: {address: 0, type: uint16}}
    rules: {co: {hi: {limit: 24 ppm}}}
"""
LO = "press.flow.lo"
STOPPED = ["production-state planned-stop", "planned-stop begun"]
GOES_ON = ["production-state running", "planned-stop over"]


def test_a_point_tells_the_state_and_in_its_planned_stop_process_rules_rest(tmp_path: Path) -> None:
    shift = Shift(tmp_path, BY_TAG)
    assert shift.state == "unknown"
    assert shift.read(press__running=1, press__flow=50) == ["production-state running"]
    assert shift.read(press__running=0, press__flow=3) == STOPPED
    assert shift.told[-1].fields["rules"] == [LO, "press.comm-fault", "plc.comm-fault"]
    assert shift.wait(3600) == []
    assert shift.read(press__running=1, press__flow=3) == [
        "production-state running",
        "planned-stop over",
        f"{LO} raised",
    ]


def test_an_area_goes_on_after_a_stop_also_where_nobody_knew_in_between(tmp_path: Path) -> None:
    """On Monday the PLC is on after the declared end: the checklist is due all the same."""
    shift = Shift(tmp_path, BY_TAG)
    shift.read(press__running=1, press__flow=50)
    assert not shift.told[-1].fields.get("goes_on")
    shift.read(press__running=0, press__flow=50)
    shift.read(press__running=GONE, press__flow=50)
    shift.wait(11)
    assert shift.state == "unknown"
    shift.restart()
    shift.read(press__running=1, press__flow=50)
    runs = [told for told in shift.told if told.fields["state"] == "running"]
    assert [told.fields.get("goes_on") for told in runs] == [None, True]


def test_a_zero_and_one_point_says_idle_and_running_and_idle_rests_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, BY_PLAIN_TAG)
    assert shift.read(press__running=0, press__flow=3) == ["production-state idle", f"{LO} raised"]


def test_a_state_whose_point_is_lost_is_unknown_after_a_while_and_all_is_watched(tmp_path: Path) -> None:
    shift = Shift(tmp_path, BY_TAG)
    shift.read(press__running=0, press__flow=3)
    shift.read(press__running=GONE)
    assert shift.state == "planned-stop"
    assert shift.wait(10) == ["production-state unknown", "planned-stop over", f"{LO} raised"]
    assert "press.running" in shift.told[-2].text.en


def test_what_stood_before_a_stop_goes_on_standing_until_it_is_back(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED)
    assert shift.read(press__flow=3) == [f"{LO} raised"]
    shift.declare("planned-stop", for_s=3600)
    assert [alarm["rule"] for alarm in shift.engine.standing()] == [LO]
    assert shift.read(press__flow=50) == [f"{LO} cleared"]
    assert shift.read(press__flow=3) == []


def test_a_delay_that_runs_when_a_stop_begins_raises_nothing(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED, PRESS.replace("off_delay", "on_delay: 5 s, off_delay"))
    shift.read(press__flow=3)
    shift.declare("planned-stop", for_s=60)
    assert shift.wait(30) == []
    assert "press.flow.lo raised" not in shift.wait(34.9)
    assert shift.wait(0.2) == ["press.flow.lo raised"], "its delay begins at the end of the stop"


def test_a_declaration_ends_by_itself_also_over_a_restart_and_wakes_what_is_beyond_its_limit(
    tmp_path: Path,
) -> None:
    shift = Shift(tmp_path, DECLARED)
    assert shift.state == "running"
    assert shift.declare("planned-stop", for_s=3600) == STOPPED
    assert shift.told[-2].fields["by"] == WANG.by
    assert shift.restart(after_s=1800) == []
    assert shift.state == "planned-stop"
    assert shift.read(press__flow=3) == []
    assert shift.wait(1800) == ["production-state running", "planned-stop over", f"{LO} raised"]
    assert shift.restart() == []


def test_a_declaration_that_ended_while_the_agent_was_down_is_over_at_the_start(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED)
    shift.declare("planned-stop", for_s=3600)
    assert shift.restart(after_s=7200)[0] == "production-state running"
    assert shift.read(press__flow=3) == [f"{LO} raised"]


def test_a_declaration_ends_in_time_though_the_wall_clock_was_years_off_at_the_start(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED)
    shift.declare("planned-stop", for_s=7200)
    years_ns = 5 * 365 * 86400 * 10**9
    shift.clock.utc_ns -= years_ns
    assert shift.restart() == []
    shift.clock.utc_ns += years_ns  # synchronised
    assert shift.wait(7200)[:2] == GOES_ON


def test_noise_about_the_value_above_which_it_runs_is_no_change(tmp_path: Path) -> None:
    shift = Shift(tmp_path, "  shop: {name: 车间, state: {tag: press.flow, above: 30 m3/h}}\n")
    heard = [shift.read(press__flow=flow) for flow in (29, 30, 29, 31, 28, 26)]
    assert heard == [
        ["production-state idle"],
        ["production-state running"],
        [],
        [],
        [],
        ["production-state idle"],
    ]


def test_nothing_is_declared_backwards_nor_for_ever(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED)
    for seconds in (-1, 0, DECLARED_MAX_S + 1):
        with pytest.raises(ActRefused, match="never backwards"):
            shift.declare("planned-stop", for_s=seconds)
    with pytest.raises(ActRefused, match="nothing is declared"):
        shift.do(AreaWatch.end)
    shift.declare("planned-stop", for_s=60)
    assert shift.do(AreaWatch.end) == GOES_ON
    assert shift.wait(60) == ["press.flow.lo not-evaluated"]


def test_nobody_declares_a_stop_of_what_runs_and_what_runs_after_all_ends_it(tmp_path: Path) -> None:
    shift = Shift(tmp_path, BY_PLAIN_TAG)
    shift.read(press__running=1, press__flow=50)
    with pytest.raises(ActRefused, match="as press"):
        shift.declare("planned-stop", for_s=3600)
    shift.read(press__running=0)
    shift.declare("planned-stop", for_s=3600)
    assert shift.read(press__running=GONE) == []
    assert shift.wait(60) == [], "over a point that is lost the declaration holds"
    assert shift.read(press__running=1, press__flow=50) == GOES_ON
    assert shift.area.declared is None


def test_a_calendar_goes_by_the_plants_clock_and_single_dates_come_first(tmp_path: Path) -> None:
    shift = Shift(tmp_path, CALENDAR)
    shift.at("2026-09-28T12:00")  # a Monday
    shift.read(press__flow=50)
    assert shift.state == "running"
    for time, state in (
        ("2026-09-28T19:59", "running"),
        ("2026-09-28T20:00", "idle"),
        ("2026-09-28T22:00", "planned-stop"),
        ("2026-09-29T07:59", "planned-stop"),
        ("2026-09-29T08:00", "running"),
        ("2026-10-01T12:00", "planned-stop"),
        ("2026-10-02T12:00", "running"),
        ("2026-10-03T12:00", "planned-stop"),
    ):
        shift.at(time)
        assert shift.state == state, time


def test_gas_never_rests_and_neither_does_the_silence_of_its_detector(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED, more=GAS)
    shift.declare("planned-stop", for_s=86400)
    assert "co.co.hi" not in shift.told[-1].fields["rules"]  # type: ignore[operator]
    assert shift.told[-1].fields["devices"] == ["press"]
    assert shift.read(co__co=99) == ["co.co.hi raised"]
    shift.read(co__co=GONE)
    assert "co.comm-fault raised" in shift.wait(60)


def test_devices_that_fall_silent_in_a_stop_are_one_expected_event_and_alarms_after(
    tmp_path: Path,
) -> None:
    other = GAS.replace("co:", "pump:", 1).replace("unit: ppm", "unit: kPa").replace("24 ppm", "24 kPa")
    shift = Shift(tmp_path, DECLARED, more=other.replace("unit: 2", "unit: 3"))
    shift.declare("planned-stop", for_s=3600)
    shift.read(press__flow=GONE)
    shift.read(pump__co=GONE)
    assert shift.wait(600) == ["planned-stop-silent"]
    assert shift.told[-1].fields["devices"] == ["press", "pump"]
    shift.read(press__flow=GONE)
    assert shift.wait(1200) == []
    shift.read(press__flow=3)
    shift.read(press__flow=GONE)
    assert shift.wait(90) == ["planned-stop-silent"], "it had answered meanwhile"
    heard = shift.wait(1810)
    assert {"press.comm-fault raised", "pump.comm-fault raised"} <= set(heard)


def test_a_rule_over_two_areas_rests_only_while_both_are_stopped(tmp_path: Path) -> None:
    areas = DECLARED + "  yard: {name: 料场, state: {declared: true}}\n"
    pump = GAS.replace("co:", "pump:", 1).replace("unit: ppm", "unit: m3/h").replace("24 ppm", "400 m3/h")
    rules = """\
rules:
  apart: {kind: difference, name: 差, point: press.flow, other: pump.co, limit: 5 m3/h, deadband: 1 m3/h}
"""
    shift = Shift(tmp_path, areas, more=pump.replace("area: shop", "area: yard") + rules)
    shift.declare("planned-stop", for_s=3600)
    assert "apart" not in shift.told[-1].fields["rules"]  # type: ignore[operator]
    assert shift.read(press__flow=50, pump__co=10) == ["apart raised"]


def test_an_area_that_is_gone_from_the_file_is_told_and_forgotten(tmp_path: Path) -> None:
    shift = Shift(tmp_path, DECLARED)
    shift.declare("planned-stop", for_s=3600)
    shift.plant = Shift(tmp_path, "  shop: {name: 车间}\n").plant
    assert shift.restart() == ["production-state unknown"]
    assert shift.stored.keys() == set()
    assert shift.read(press__flow=3) == [f"{LO} raised"]


STEP = st.one_of(
    st.tuples(st.just("read"), st.sampled_from((0, 1, 7, None)), st.sampled_from((3, 50))),
    st.tuples(st.just("declare"), st.sampled_from(("running", "idle", "planned-stop")), st.just(0)),
    st.tuples(st.just("end"), st.just(0), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from((1, 11, 5000)), st.just(0)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=25))
def test_whatever_happens_only_a_stop_that_holds_rests_anything(
    tmp_path: Path, steps: list[tuple[str, object, int]]
) -> None:
    shift = Shift(tmp_path, BY_TAG)
    for what, with_what, flow in steps:
        if what == "read":
            running = GONE if with_what is None else with_what
            shift.read(press__running=running, press__flow=flow)  # type: ignore[arg-type]
        elif what == "wait":
            shift.wait(float(str(with_what)))
        elif what == "restart":
            before = shift.state, shift.area.declared
            assert shift.restart() == []
            assert (shift.state, shift.area.declared) == before
        else:
            try:
                shift.declare(str(with_what), for_s=3600) if what == "declare" else shift.do(AreaWatch.end)
            except ActRefused:
                assert shift.engine.acted() is None
        alarm = shift.engine.alarm(LO)
        assert alarm is not None
        assert alarm.rests == (shift.state == "planned-stop")
        if what == "read" and flow == 3 and not alarm.rests:
            assert alarm.state.is_raised
        if what == "read" and with_what == 1:
            assert shift.state == "running" or shift.area.declared is None
    states = [told for told in shift.told if told.kind == "production-state"]
    for former, later in pairwise(states):
        assert later.fields["before"] == former.fields["state"], "no change goes untold"
    stops = [told.fields["state"] for told in shift.told if told.kind == "planned-stop"]
    assert stops == ["begun", "over"] * (len(stops) // 2) + ["begun"] * (len(stops) % 2)
