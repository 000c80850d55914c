"""Rules that a profile brings: of each device, changed or disabled by it; faults stand at their places."""

from datetime import date
from pathlib import Path

import pytest

from agent.alarms.engine import Engine
from config.advice import advise_today
from config.condition import Baseline, Frozen
from config.fault import Findings
from config.load import load_plant, load_with_source
from config.model import Confidence, Plant, Rule
from tests.agent.parts import HandClock
from tests.config.texts import codes, faults_of, write

DUST = """\
devices:
  dust-1:
    name: {zh: 1号除尘器, en: Dust collector 1}
    profile: dust-collector
    connection: line
    unit: 1
"""


def plant_with(folder: Path, conditions: str = "") -> Plant:
    return load_plant(write(folder, DUST + conditions), profile_dirs=())


def rule_of(plant: Plant, name: str) -> Rule:
    [rule] = [rule for rule in plant.rules if rule.id == name]
    return rule


def test_each_device_has_its_profiles_rules_under_its_own_name(tmp_path: Path) -> None:
    plant = plant_with(tmp_path)
    assert [rule.id for rule in plant.rules] == [
        "dust-1.hopper-heats",
        "dust-1.off-baseline",
        "dust-1.no-pressure-difference",
        "dust-1.tube-clogged",
    ]
    rule = rule_of(plant, "dust-1.off-baseline")
    assert isinstance(rule.condition, Baseline)
    assert [point.id for point in rule.points] == ["dust-1.differential-pressure", "dust-1.fan"]
    assert rule.name.zh == "1号除尘器 压差偏离基线"
    assert (rule.clause.standard, rule.clause.confidence) == ("AQ 4273-2016", Confidence.RECOMMENDED)


def test_a_device_changes_a_rule_key_by_key_and_then_quotes_no_standard(tmp_path: Path) -> None:
    plant = plant_with(
        tmp_path, "    conditions: {off-baseline: {limit_percent: 15}, tube-clogged: {window: 5 min}}\n"
    )
    baseline, frozen = rule_of(plant, "dust-1.off-baseline"), rule_of(plant, "dust-1.tube-clogged")
    assert isinstance(baseline.condition, Baseline)
    assert isinstance(frozen.condition, Frozen)
    assert (baseline.condition.threshold.limit, baseline.condition.swing) == (15.0, 100.0)
    assert (frozen.condition.window_s, frozen.condition.deadband) == (300.0, 2.0)
    assert baseline.clause.confidence is Confidence.PLANT
    assert baseline.clause.standard == ""


def test_a_device_may_add_a_rule_of_its_own(tmp_path: Path) -> None:
    own = "{kind: expression, name: 热, when: device.inlet-temperature > 60 °C and device.fan}"
    plant = plant_with(tmp_path, f"    conditions: {{hot: {own}}}\n")
    points = [point.id for point in rule_of(plant, "dust-1.hot").points]
    assert points == ["dust-1.inlet-temperature", "dust-1.fan"]


DISABLED = (
    "    conditions: {tube-clogged: {disabled: {reason: 返修, approved_by: 张总工, until: 2026-12-15}}}\n"
)


def test_a_disabled_rule_is_warned_of_and_a_fault_once_its_approval_ran_out(tmp_path: Path) -> None:
    loaded = load_with_source(write(tmp_path, DUST + DISABLED), profile_dirs=())
    assert "dust-1.tube-clogged" not in [rule.id for rule in loaded.plant.rules]
    for today, faults, warnings in (
        (date(2026, 12, 15), [], ["rule-disabled"]),
        (date(2026, 12, 16), ["disabled-expired"], []),
    ):
        findings = Findings()
        advise_today(loaded.plant, loaded.source, findings, environ={}, today=today)
        assert codes(list(findings.faults)) == faults
        assert [each for each in codes(list(findings.warnings)) if each == "rule-disabled"] == warnings


@pytest.mark.parametrize(("hours", "said"), [(0, []), (10_000, ["dust-1.tube-clogged.disabled"])])
def test_a_running_agent_raises_an_alarm_once_the_approval_ran_out(
    tmp_path: Path, hours: int, said: list[str]
) -> None:
    engine, clock = Engine(plant_with(tmp_path, DISABLED)), HandClock()
    clock.move(hours * 3600)
    outcome = engine.start({}, utc_ns=clock.now_ns(), mono_ns=clock.monotonic_ns())
    assert outcome is not None
    raised = [event for event in outcome.events if event.happening == "raised"]
    assert [event.rule for event in raised] == said
    assert all("张总工" in event.text.zh for event in raised)


def test_faults_stand_where_they_are_written(tmp_path: Path) -> None:
    conditions = """\
    conditions:
      tube-clogd: {window: 5 min}
      off-baseline: {limit_percent: many, swng: 3 Pa}
      tube-clogged: {window: 1 s}
      hot: {kind: expression, name: 热, when: device.inlet-temp > 60 °C}
      cold: {kind: state, name: 冷, point: fam, equals: 1}
      gone: {kind: state, name: 无, point: fan, equals: 1, disabled: {reason: 无}}
"""
    path = write(tmp_path, DUST + conditions)
    first = path.read_text(encoding="utf-8").splitlines().index("    conditions:") + 1
    found = [(f.line - first, f.code) for f in faults_of(path, profile_dirs=()) if f.file == str(path)]
    assert sorted(found) == [
        (1, "condition-unknown-near"),
        (2, "not-a-number"),
        (2, "unknown-key-near"),
        (3, "rule-window-short"),
        (4, "plant-rule-point-unknown-near"),
        (5, "plant-rule-point-unknown-near"),
        (6, "missing-key"),
    ]


def test_a_rule_of_a_point_that_is_not_read_goes_with_the_point(tmp_path: Path) -> None:
    """Over OPC UA the device's own point of a register is none."""
    own = DUST.replace("line\n    unit: 1", "ua") + (
        "    points: {damper: {name: 阀, opcua: null, modbus: {table: coil, address: 9}}}\n"
        "    conditions: {damper: {kind: state, name: 阀, point: damper, equals: 1}}\n"
    )
    assert codes(faults_of(write(tmp_path, own), profile_dirs=())) == ["point-without-protocol"]


GAS = """\
devices:
  main: {name: 煤气总管, profile: gas-main, connection: line, unit: 1, period: PERIOD}
"""


def test_an_interlock_of_a_profile_is_held_to_the_plants_own_period(tmp_path: Path) -> None:
    fast = write(tmp_path, GAS.replace("PERIOD", "1 s"))
    [rule] = load_plant(fast, profile_dirs=()).rules
    assert [point.id for point in rule.points] == ["main.pressure", "main.shut-off-closed"]
    slow = write(tmp_path, GAS.replace("PERIOD", "2 s"))
    [fault] = faults_of(slow, profile_dirs=())
    assert (fault.code, fault.file.endswith("gas-main.yaml")) == ("interlock-read-too-slowly", True)


def test_points_of_a_devices_own_interlock_are_read_every_200_ms(tmp_path: Path) -> None:
    """As those of an interlock under `rules`; the profile's period is not the plant's word."""
    shut = (
        "      shut: {kind: interlock, name: n, trigger: {point: inlet-temperature, above: 70 °C},\n"
        "        effects: {valve: {must: device.isolation-valve-closed, within: 5 s}}}\n"
    )
    body = "devices:\n  d: {name: d, profile: dust-collector, connection: plc, unit: 1}\n"
    with_interlock = body.replace(
        "  d: {name: d, profile: dust-collector, connection: plc, unit: 1}\n",
        "  d:\n    name: d\n    profile: dust-collector\n    connection: plc\n    unit: 1\n    conditions:\n"
        + shut,
    )
    usual = {p.id: p.period_s for p in load_plant(write(tmp_path, body)).points}
    fast = {p.id: p.period_s for p in load_plant(write(tmp_path, with_interlock)).points}
    assert {id_ for id_, period_s in fast.items() if period_s != usual[id_]} == {
        "d.inlet-temperature",
        "d.isolation-valve-closed",
    }
    assert fast["d.inlet-temperature"] == 0.2
