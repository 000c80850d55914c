"""Areas, gates and what is always watched, from what is written to the model; faults: fixtures/plants."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar_window import DAYS, parse_window
from config.fault import Findings, Objection, Place
from config.library import Library
from config.load import load_plant
from config.model import Phase, Plant
from config.production import WEEK_MINUTES, ByCalendar, ByDeclaration, ByTag, ProductionState
from config.sector import Statutes
from tests.config.texts import write

CASTER = "  caster: {name: 机, profile: hydraulic-caster, connection: plc, unit: 1, area: a}\n"
NEVER_REST = {
    "co-concentration",
    "gas-main-pressure",
    "gas-holder-level",
    "gas-holder-pressure",
    "collector-hopper-temperature",
    "emergency-water-level",
}


def plant_with(folder: Path, state: str, more: str = "") -> Plant:
    return load_plant(
        write(folder, f"areas: {{a: {{name: 区, state: {state}}}}}\n{more}devices:\n{CASTER}"),
        profile_dirs=(),
    )


def test_a_state_is_told_by_a_value_a_number_a_calendar_or_people(tmp_path: Path) -> None:
    on_off = plant_with(tmp_path, "{tag: caster.casting}").areas["a"].knowing
    assert isinstance(on_off, ByTag)
    assert [on_off.of(v) for v in (0, 1, 2)] == ["idle", "running", "unknown"]
    word = plant_with(tmp_path, "{tag: caster.position, values: {7: planned-stop}}").areas["a"].knowing
    assert isinstance(word, ByTag)
    assert (word.of(7.0), word.of(0)) == ("planned-stop", "unknown")
    speed = plant_with(tmp_path, "{tag: caster.speed, above: 1 mm/s}").areas["a"].knowing
    assert isinstance(speed, ByTag)
    assert (speed.above, speed.of(60), speed.of(59.9)) == (60, "running", "idle")
    assert isinstance(plant_with(tmp_path, "{declared: true}").areas["a"].knowing, ByDeclaration)


def test_a_calendar_goes_over_midnight_and_over_the_week_s_end(tmp_path: Path) -> None:
    knowing = plant_with(
        tmp_path,
        "{calendar: {running: daily 20:00-06:00, otherwise: idle, dates: {2026-12-01: planned-stop}}}",
    )
    calendar = knowing.areas["a"].knowing
    assert isinstance(calendar, ByCalendar)
    for time, state in (
        ("2026-11-30T05:59", "running"),  # a Monday; its window began on Sunday
        ("2026-11-30T06:00", "idle"),
        ("2026-11-30T20:00", "running"),
        ("2026-12-01T00:00", "planned-stop"),
        ("2026-12-02T00:00", "running"),
    ):
        assert calendar.at(datetime.fromisoformat(time)) == state, time


CLOCK = st.integers(0, 24 * 60 - 1)


@given(st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True), CLOCK, CLOCK)
def test_a_window_lasts_as_long_as_it_says_on_each_of_its_days(days: list[str], first: int, end: int) -> None:
    text = f"{','.join(days)} {first // 60:02}:{first % 60:02}-{end // 60:02}:{end % 60:02}"
    if first == end:
        with pytest.raises(Objection):
            parse_window(text)
        return
    minutes = parse_window(text)
    assert sum(b - a for a, b in minutes) == len(days) * ((end - first) % (24 * 60))
    assert all(0 <= a < b <= WEEK_MINUTES for a, b in minutes)
    begins = {DAYS.index(day) * 24 * 60 + first for day in days}
    assert begins <= {a for a, _ in minutes}


@pytest.mark.parametrize(
    "text", ["Mon 08:00", "Mon-Fri 24:00-08:00", "Mon 08:60-09:00", "Mo 08:00-09:00", ""]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(Objection):
        parse_window(text)


def test_the_sectors_points_that_never_rest_are_marked_in_their_data() -> None:
    marked = {role for role, found in Statutes().roles.items() if found.point.always_watched}
    assert marked == NEVER_REST


def test_no_profile_lets_gas_rest(tmp_path: Path) -> None:
    """Whatever is read in a unit of gas in the air, and every role that never rests."""
    findings = Findings()
    library = Library((), findings)
    seen = 0
    for name in library.names():
        profile = library.get(name, Place(name))
        assert profile is not None
        roles = Statutes().roles
        standards = set(profile.entry.standards) or {
            standard
            for point in profile.entry.points.values()
            if point.serves is not None
            for standard in roles[point.serves].point.standards
        }
        needs = f", standard: {min(standards)}" if standards else ""
        device = f"  d: {{name: 机, profile: {name}, connection: plc, unit: 1{needs}}}\n"
        plant = load_plant(write(tmp_path, "devices:\n" + device), profile_dirs=())
        for point in plant.points:
            if point.unit in ("ppm", "%LEL", "mg/m3", "%VOL") or point.serves in NEVER_REST:
                seen += 1
                assert point.always_watched, point.id
    assert seen > 10


def test_a_limit_by_phase_has_the_steady_one_where_it_has_none_of_its_own(tmp_path: Path) -> None:
    gates = "gates: {g: {name: 阶段, when: {idle: not caster.casting}, contradicted_by: caster.pump}}\n"
    rules = ", rules: {oil-level: {lo: {gate: g, sets: {idle: none, start: 10 %, steady: 30 %}}}}}\n"
    path = write(
        tmp_path, f"{gates}areas: {{a: {{name: 区}}}}\ndevices:\n{CASTER.replace('}', rules, 1)}".rstrip("\n")
    )
    plant = load_plant(path, profile_dirs=())
    [rule] = [rule for rule in plant.devices["caster"].rules if rule.id == "caster.oil-level.lo"]
    assert (rule.gate, rule.limit, rule.deadband) == ("g", 30, 2)
    assert [rule.limit_in(phase) for phase in (None, *Phase)] == [30, None, 10, 30, 30]
    gate = plant.gates["g"]
    assert [each.phase for each in gate.phases] == [Phase.IDLE]
    assert gate.contradicted is not None
    assert (gate.contradicted.id, gate.contradicted.on_delay_s) == ("g.gate-contradicted", 60)
    assert not [fault for fault in plant.warnings if fault.code == "gate-unused"]


def test_only_a_planned_stop_is_a_stop() -> None:
    assert {state.value for state in ProductionState} == {"running", "idle", "planned-stop", "unknown"}
