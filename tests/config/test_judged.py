"""What `check` judges of statutory points beyond their numbers: each in a plant that is sound but for it."""

import datetime
from pathlib import Path

import pytest

from config.advice import advise_today
from config.fault import Findings, InvalidPlant
from config.load import load_with_source

TODAY = datetime.date(2026, 12, 1)
PLANT = """
plant: {{id: P-1, name: {{zh: 厂, en: Plant}}, region: "140800", sectors: [aluminium]}}
alarms: {{engineers: [张总工]}}
connections: {{plc: {{modbus-tcp: {{host: 192.168.10.20}}}}}}
devices:
  water:
    name: {{zh: 水, en: Water}}
    profile: mould-water
    connection: plc
    unit: 1
    rules:
      inlet-flow: {{lo: {limit}}}
{rest}
"""
SOUND = "{limit: 170 m3/h, deadband: 4 m3/h, on_delay: 2 s}"
INTERLOCK = """
rules:
  trip:
    kind: interlock
    name: {zh: 断水, en: Trip}
    trigger: water.inlet-pressure <= 0.08 MPa or water.inlet-flow <= 60 m3/h
    effects: {closed: {name: {zh: 关, en: closed}, must: valve.closed, within: 2 s}}
"""
VALVE = """
  valve:
    name: {zh: 阀, en: Valve}
    connection: plc
    unit: 2
    points: {closed: {name: {zh: 关, en: Closed}, modbus: {table: discrete-input, address: 0}}}
"""


def approved(date: str, until: str) -> str:
    said = f"{{reason: r, approved_by: w, date: {date}, until: {until}}}"
    return f"{{limit: 170 m3/h, deadband: 4 m3/h, deviation: {said}}}"


def judged(folder: Path, limit: str = SOUND, rest: str = "") -> dict[str, str]:
    """Return code → severity of what is told on the day, but for what the plant does not have."""
    path = folder / "plant.yaml"
    path.write_text(PLANT.format(limit=limit, rest=rest), encoding="utf-8")
    loaded, findings = load_with_source(path), Findings()
    advise_today(loaded.plant, loaded.source, findings, environ={}, today=TODAY)
    return {each.code: each.severity for each in (*findings.faults, *findings.warnings)}


def test_an_interlock_that_only_one_of_the_points_sets_off_is_told_with_the_other(tmp_path: Path) -> None:
    half = INTERLOCK.replace(" or water.inlet-flow <= 60 m3/h", "")
    assert judged(tmp_path, rest=VALVE + half) == {"interlock-unproven": "warning"}


def test_a_plant_that_has_its_alarms_and_shows_that_they_act_is_told_nothing(tmp_path: Path) -> None:
    assert judged(tmp_path, rest=VALVE + INTERLOCK) == {}


def test_where_no_interlock_is_watched_that_is_a_warning(tmp_path: Path) -> None:
    assert judged(tmp_path) == {"interlock-unproven": "warning"}


@pytest.mark.parametrize(
    ("limit", "code", "severity"),
    [
        ("{limit: 1 m3/h, deadband: 0.1 m3/h}", "statutory-never", "fault"),
        ("{limit: 170 m3/h, deadband: 4 m3/h, on_delay: 30 min}", "statutory-late", "warning"),
        (
            approved("2026-11-01", "2199-01-01"),
            "approval-too-long",
            "fault",
        ),
        (
            approved("2026-12-02", "2027-01-01"),
            "approval-to-come",
            "fault",
        ),
    ],
)
def test_each_way_around_it_is_told(tmp_path: Path, limit: str, code: str, severity: str) -> None:
    assert judged(tmp_path, limit, VALVE + INTERLOCK) == {code: severity}


LAUNDER = """
  launder:
    name: {zh: 流槽, en: Launder}
    profile: launder-level/mould-inlet
    connection: plc
    unit: 3
"""


def test_a_level_watched_on_one_side_only_is_told(tmp_path: Path) -> None:
    """The profile has the high limits; a launder that runs empty is a leak."""
    trip = INTERLOCK.replace("flow <= 60 m3/h", "flow <= 60 m3/h or launder.level > 210 mm")
    low = "  low:\n    kind: expression\n    name: {zh: 低, en: Low}\n    when: launder.level < 90 mm\n"
    assert judged(tmp_path, rest=VALVE + LAUNDER + trip) == {"statutory-one-side": "warning"}
    assert judged(tmp_path, rest=VALVE + LAUNDER + trip + low) == {}


COLLECTOR = """
  collector:
    name: {zh: 除尘器, en: Collector}
    connection: plc
    unit: 4
    points:
      fan: {name: {zh: 风机, en: Fan}, modbus: {table: discrete-input, address: 0}}
      dp:
        name: {zh: 压差, en: dP}
        serves: collector-differential-pressure
        unit: Pa
        range: [0, 5000]
        modbus: {table: holding-register, address: 1, type: uint16}
    rules: {dp: {lo: {limit: 300 Pa}, hi: {limit: 1800 Pa}}}
"""
BASELINE = """
  aged:
    kind: baseline
    name: {zh: 偏离, en: Off}
    point: collector.dp
    swing: 100 Pa
    during: {point: collector.fan, equals: 1}
"""


def test_a_collector_that_is_not_judged_against_its_own_baseline_is_a_fault(tmp_path: Path) -> None:
    assert judged(tmp_path, rest=VALVE + COLLECTOR + INTERLOCK) == {"baseline-absent": "fault"}
    assert judged(tmp_path, rest=VALVE + COLLECTOR + INTERLOCK + BASELINE) == {}


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("{limit: 170 m3/h, deadband: 325 m3/h}", "statutory-endless"),
        ("{limit: 170 m3/h, deadband: 4 m3/h, priority: low}", "statutory-low"),
    ],
)
def test_a_limit_that_never_ends_or_obliges_nobody_is_told(tmp_path: Path, limit: str, code: str) -> None:
    assert judged(tmp_path, limit, VALVE + INTERLOCK) == {code: "warning"}


SELDOM = """
  seldom:
    name: {zh: 流槽, en: Launder}
    connection: plc
    unit: 5
    period: 10 min
    modbus: {table: holding-register}
    points:
      level:
        name: {zh: 液位, en: Level}
        serves: mould-launder-level
        unit: mm
        range: [0, 300]
        modbus: {address: 0, type: uint16}
    rules: {level: {lo: {limit: 90 mm}, hi: {limit: 210 mm}}}
"""


def test_a_point_that_is_seldom_read_alarms_late(tmp_path: Path) -> None:
    told = judged(tmp_path, rest=VALVE + SELDOM + INTERLOCK)
    assert told == {"statutory-late": "warning", "interlock-unproven": "warning"}


@pytest.mark.parametrize(
    "when", ["launder.level > 9999 mm", "launder.level < -1 mm and water.inlet-flow > 1 m3/h"]
)
def test_a_comparison_out_of_the_range_is_a_fault(tmp_path: Path, when: str) -> None:
    rule = f"rules:\n  never: {{kind: expression, name: {{zh: 无, en: No}}, when: {when}}}\n"
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT.format(limit=SOUND, rest=LAUNDER + rule), encoding="utf-8")
    with pytest.raises(InvalidPlant) as caught:
        load_with_source(path)
    assert [fault.code for fault in caught.value.faults] == ["comparison-out-of-range"]


def test_an_expression_that_only_a_broken_sensor_meets_is_no_alarm(tmp_path: Path) -> None:
    bare = PLANT.format(limit=SOUND, rest=VALVE + INTERLOCK).replace(
        f"    rules:\n      inlet-flow: {{lo: {SOUND}}}\n", ""
    )
    path = tmp_path / "plant.yaml"
    low = "  low: {kind: expression, name: {zh: 低, en: Low}, when: water.inlet-flow <= 2 m3/h}\n"
    path.write_text(bare + low, encoding="utf-8")
    loaded, findings = load_with_source(path), Findings()
    advise_today(loaded.plant, loaded.source, findings, environ={}, today=TODAY)
    assert [fault.code for fault in findings.faults] == ["statutory-unwatched"]


def test_a_point_that_law_wants_watched_and_nothing_watches_is_a_fault(tmp_path: Path) -> None:
    """A rule about its drop or its standing still is no limit; an expression may be one."""
    text = PLANT.format(limit=SOUND, rest=VALVE + INTERLOCK)
    path = tmp_path / "plant.yaml"
    bare = text.replace(f"    rules:\n      inlet-flow: {{lo: {SOUND}}}\n", "")
    for text, code in (
        (bare, "statutory-unwatched"),
        (
            bare + "  low:\n    kind: expression\n    name: {zh: 低, en: Low}\n"
            "    when: water.inlet-flow < 140 m3/h\n    priority: critical\n",
            None,
        ),
    ):
        path.write_text(text, encoding="utf-8")
        loaded, findings = load_with_source(path), Findings()
        advise_today(loaded.plant, loaded.source, findings, environ={}, today=TODAY)
        assert [fault.code for fault in findings.faults] == ([code] if code else [])


AREA = "areas: {shop: {name: {zh: 车间, en: Shop}, state: STATE}}\n"
GATE = """
gates:
  cast:
    name: {zh: 铸造, en: Cast}
    when: {idle: water.inlet-flow < 5 m3/h}
    contradicted_by: water.inlet-flow > 9 m3/h
"""


@pytest.mark.parametrize(
    ("state", "gate", "is_told"),
    [
        ("{declared: true}", "", True),
        ("{calendar: {running: Mon-Fri 08:00-20:00}}", "", True),
        ("{declared: true}", GATE, False),
        ("{tag: water.inlet-flow, above: 20 m3/h}", "", False),
    ],
)
def test_a_planned_stop_that_nothing_could_deny_is_warned_of_where_law_s_rules_would_rest(
    tmp_path: Path, state: str, gate: str, is_told: bool
) -> None:
    path = tmp_path / "plant.yaml"
    text = PLANT.format(limit=SOUND, rest=gate).replace("unit: 1\n", "unit: 1\n    area: shop\n")
    path.write_text(AREA.replace("STATE", state) + text, encoding="utf-8")
    warnings = {each.code: each for each in load_with_source(path).plant.warnings}
    assert ("stop-undeniable" in warnings) is is_told
    if is_told:
        assert "water.inlet-flow.lo" in warnings["stop-undeniable"].render("en")
