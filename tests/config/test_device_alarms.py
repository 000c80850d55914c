"""Alarms that devices raise themselves, from the grammar to the model, and sensors that latch over range."""

from pathlib import Path

import pytest

from config.load import load_plant
from config.model import Device, DeviceAlarm, LimitKind, Priority
from tests.config.test_selfreport import faults, load
from tests.config.texts import write

GAS = """\
co: {name: 一氧化碳, unit: ppm, range: [0, 1000], modbus: {address: 0, type: uint16}}
h2s: {name: 硫化氢, unit: ppm, range: [0, 100], modbus: {address: 1, type: uint16}}
"""
BEAT = """a: {name: 字, modbus: {address: 0}, flags: {b: {bit: 1, name: 心跳, alarm: hi,
  heartbeat: {within: 1 min}}}}"""
LIMITS = "rules: {co: {hi: {limit: 24 ppm}, hihi: {limit: 160 ppm}}, h2s: {hi: {limit: 6 ppm}}}\n"
"""Both have a hi, only one a hihi."""


def device(tmp_path: Path, points: str) -> Device:
    body = "devices:\n  d:\n    name: 设备\n    connection: plc\n    unit: 1\n    points:\n"
    lines = "".join(f"      {line}\n" for line in (GAS + points).splitlines())
    return load_plant(write(tmp_path, body + lines + "    " + LIMITS)).devices["d"]


def told(of: Device) -> dict[str, DeviceAlarm]:
    return {alarm.id: alarm for alarm in of.alarms}


def test_a_bit_of_the_kind_of_one_limit_is_of_the_same_cause(tmp_path: Path) -> None:
    found = told(
        device(tmp_path, "al2: {name: 二级, alarm: hihi, modbus: {table: discrete-input, address: 5}}\n")
    )
    alarm = found["d.al2.device-hihi"]
    assert (alarm.rule, alarm.kind, alarm.raws) == ("d.co.hihi", LimitKind.HIHI, frozenset({1}))
    assert alarm.priority is Priority.CRITICAL


def test_where_several_points_have_such_a_limit_marks_says_which(tmp_path: Path) -> None:
    bit = "modbus: {table: coil, address: 5}"
    assert told(device(tmp_path, f"a: {{name: 报警, alarm: hi, {bit}}}\n"))["d.a.device-hi"].rule is None
    found = told(device(tmp_path, f"a: {{name: 报警, alarm: hi, marks: h2s, {bit}}}\n"))
    assert found["d.a.device-hi"].rule == "d.h2s.hi"


def test_a_status_word_says_only_the_worst_so_hihi_is_hi_as_well(tmp_path: Path) -> None:
    states = (
        "{0: {name: 正常}, 1: {name: 低报, alarm: hi}, 2: {name: 高报, alarm: hihi}, "
        "3: {name: 失电, alarm: own}}"
    )
    word = f"word: {{name: 状态, marks: co, modbus: {{address: 7, type: uint16}}, states: {states}}}\n"
    found = told(device(tmp_path, word))
    assert {id_: (alarm.rule, sorted(alarm.raws)) for id_, alarm in found.items()} == {
        "d.word.device-hi": ("d.co.hi", [1, 2]),
        "d.word.device-hihi": ("d.co.hihi", [2]),
        "d.word.device-alarm": (None, [3]),
    }


def test_a_panel_joins_each_channel_to_its_own_limit(tmp_path: Path) -> None:
    of_panel = (Path("config/profiles/igd-toc-635.yaml")).read_text(encoding="utf-8")
    rules = "rules: {concentration: {hi: {limit: 20 %LEL}, hihi: {limit: 40 %LEL}}}\nchannels: 2\n"
    found = told(load(tmp_path, rules, of_panel))
    assert found["p.alarm-1-02.device-hi"].rule == "p.concentration-02.hi"
    assert found["p.alarm-2-01.device-hihi"].rule == "p.concentration-01.hihi"
    assert found["p.alarm-3-01.device-alarm"].rule is None
    assert len(found) == 6


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("co: {name: 气, unit: ppm, alarm: hi, modbus: {address: 0, type: uint16}}", "alarm-of-no-bit"),
        (BEAT, "alarm-of-no-bit"),
        ("a: {name: 字, alarm: hi, modbus: {address: 0}, flags: {b: {bit: 1, name: 位}}}", "flags-and-more"),
        (
            "co: {name: 气, unit: ppm, over_range: latched, modbus: {address: 0, type: uint16}}",
            "latched-without-range",
        ),
        ("co: {name: 气, unit: ppm, marks: x, modbus: {address: 0, type: uint16}}", "marks-of-nothing"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, points: str, code: str) -> None:
    assert code in faults(tmp_path, points + "\n")


def test_a_kind_that_several_limits_have_is_a_warning_where_the_plant_wrote_it(tmp_path: Path) -> None:
    body = "devices:\n  d:\n    name: 设备\n    connection: plc\n    unit: 1\n    points:\n"
    bit = "a: {name: 报警, alarm: hi, modbus: {table: coil, address: 5}}"
    lines = "".join(f"      {line}\n" for line in (GAS + bit).splitlines())
    plant = load_plant(write(tmp_path, body + lines + "    " + LIMITS))
    [warning] = [fault for fault in plant.warnings if fault.code == "alarm-of-several"]
    assert warning.place.line == 14
    assert warning.severity == "warning"


def test_the_profile_of_a_catalytic_sensor_latches(tmp_path: Path) -> None:
    for profile, latches in (("gas-detector/combustible", True), ("gas-detector/co", False)):
        body = (
            f"devices:\n  d: {{name: 探, profile: {profile}, connection: plc, unit: 1, standard: GB 6222}}\n"
        )
        points = load_plant(write(tmp_path, body)).devices["d"].points
        assert [p.over_range_latched for p in points if p.id == "d.concentration"] == [latches]
