"""What a device says of itself: states, flags, heartbeats, settings and channels, from grammar to model."""

from pathlib import Path
from textwrap import indent

import pytest

from config.load import load_plant
from config.model import Device, Marks, Point, Readback, Role, State, Text
from config.source import RegisterSource, Table
from tests.config.texts import HEAD, codes, faults_of, write

PANEL = """\
    concentration:
      name: {zh: "{channel}浓度", en: "{channel} concentration"}
      unit: "%LEL"
      range: [-10, 110]
      modbus: {address: 30001, type: uint16, scale: 0.1, offset: -10}
      repeat: {count: 32, step: 1}
    status:
      name: {zh: 状态, en: Status}
      modbus: {address: 33001}
      repeat: {count: 32, step: 1}
      flags:
        al1: {bit: 0, name: "{channel} AL1"}
        disabled: {bit: 4, name: "{channel} disabled", quality: maintenance}
        muted: {bit: 13, name: "{channel} muted", quality: good}
    beat:
      name: 心跳
      modbus: {address: 40001, bit: 0}
      heartbeat: {within: 4 s}
rules:
  concentration:
    hi: {limit: 20 %LEL, on_delay: 0 s, off_delay: 10 s, confidence: recommended}
    hihi: {limit: 40 %LEL, on_delay: 0 s, off_delay: 10 s, confidence: recommended}
"""
PROFILE = "name: 控制器\nmodbus: {address_base: modicon}\npoints:\n" + PANEL


def load(tmp_path: Path, device: str = "", profile: str = PROFILE) -> Device:
    (tmp_path / "panel.yaml").write_text(profile, encoding="utf-8")
    body = "devices:\n  p:\n    name: 屏\n    profile: panel\n    connection: plc\n    unit: 1\n"
    path = write(tmp_path, body + indent(device, "    "))
    return load_plant(path, profile_dirs=(tmp_path,)).devices["p"]


def faults(tmp_path: Path, points: str) -> list[str]:
    body = "devices:\n  d:\n    name: 设备\n    connection: plc\n    unit: 1\n    points:\n"
    return codes(faults_of(write(tmp_path, body + indent(points, "      "))))


def point(device: Device, name: str) -> Point:
    return next(point for point in device.points if point.id == f"{device.id}.{name}")


def register(device: Device, name: str) -> RegisterSource:
    source = point(device, name).source
    assert isinstance(source, RegisterSource)
    return source


def marks(device: Device, name: str) -> Marks:
    found = point(device, name).marks
    assert found is not None
    return found


def test_a_panel_of_32_channels_is_written_once(tmp_path: Path) -> None:
    panel = load(tmp_path)
    assert len(panel.points) == 4 * 32 + 1
    assert point(panel, "concentration-05").name == Text("通道5浓度", "Channel 5 concentration")
    assert register(panel, "concentration-01").address == 0
    assert register(panel, "concentration-32").address == 31
    assert register(panel, "concentration-32").table is Table.INPUT_REGISTER
    assert (register(panel, "muted-32").address, register(panel, "muted-32").bit) == (3031, 13)
    assert {point.datatype for point in panel.points if ".muted" in point.id} == {"bool"}


def test_a_word_of_one_channel_speaks_of_that_channel_alone(tmp_path: Path) -> None:
    panel = load(tmp_path)
    assert marks(panel, "disabled-07").of == ("p.concentration-07", "p.al1-07")
    assert marks(panel, "disabled-07").states == {
        1: State(Text("通道7 disabled", "Channel 7 disabled"), "maintenance")
    }
    assert not marks(panel, "disabled-07").is_complete
    assert point(panel, "al1-07").marks is None  # no quality: a state of the plant, not of the device


def test_a_heartbeat_speaks_of_every_other_point(tmp_path: Path) -> None:
    panel = load(tmp_path, "channels: 2\n")
    beat = marks(panel, "beat")
    assert set(beat.of) == {point.id for point in panel.points} - {"p.beat"}
    assert beat.heartbeat_s == 4.0
    assert point(panel, "beat").period_s == 1.0  # a quarter of it


def test_a_plant_says_which_channels_are_fitted_and_what_they_are_called(tmp_path: Path) -> None:
    panel = load(tmp_path, "channels: 12\n")
    assert sum(".concentration" in point.id for point in panel.points) == 12
    panel = load(tmp_path, "channels: [1, 5]\n")
    assert [p.id for p in panel.points if ".conc" in p.id] == ["p.concentration-01", "p.concentration-05"]
    panel = load(tmp_path, "tag: GT-0\nchannels: {3: {name: 炉前, tag: GT-3}, 4: {}}\n")
    assert point(panel, "concentration-03").name.zh == "炉前浓度"
    assert (point(panel, "concentration-03").tag, point(panel, "concentration-04").tag) == ("GT-3", "GT-0")


def test_rules_written_once_hold_for_every_channel_and_one_may_have_its_own(tmp_path: Path) -> None:
    device = (
        "channels: 3\nrules:\n"
        "  concentration-02: {hi: {limit: 10 %LEL}}\n  concentration: {hi: {limit: 15 %LEL}}\n"
    )
    limits = {rule.id: rule.limit for rule in load(tmp_path, device).rules}
    assert limits == {
        "p.concentration-01.hi": 15,
        "p.concentration-02.hi": 10,
        "p.concentration-03.hi": 15,
        "p.concentration-01.hihi": 40,
        "p.concentration-02.hihi": 40,
        "p.concentration-03.hihi": 40,
    }


def test_a_plant_changes_a_point_of_the_profile_key_by_key(tmp_path: Path) -> None:
    device = (
        "channels: 2\npoints:\n  concentration: {range: [0, 100]}\n"
        "  concentration-02: {name: 二号, modbus: {address: 30101, type: int16}}\n"
    )
    panel = load(tmp_path, device)
    assert [point(panel, f"concentration-0{n}").range for n in (1, 2)] == [(0, 100), (0, 100)]
    assert point(panel, "concentration-02").name.zh == "二号"
    assert point(panel, "concentration-02").unit == "%LEL"
    assert register(panel, "concentration-02").address == 100


def test_bits_may_move_from_channel_to_channel(tmp_path: Path) -> None:
    profile = (
        "name: 温度模块\npoints:\n"
        "  t: {name: '温度{n}', unit: °C, modbus: {address: 10, type: int16}, repeat: {count: 3, step: 2}}\n"
        "  open: {name: '断线{n}', modbus: {address: 0, bit: 4}, repeat: {count: 3, step: 0, bit_step: 1}}\n"
    )
    module = load(tmp_path, profile=profile)
    assert [register(module, f"t-0{n}").address for n in (1, 2, 3)] == [10, 12, 14]
    assert [
        (register(module, f"open-0{n}").address, register(module, f"open-0{n}").bit) for n in (1, 2, 3)
    ] == [
        (0, 4),
        (0, 5),
        (0, 6),
    ]


DETECTOR = """\
name: 探头
period: 5 s
points:
  gas: {name: 浓度, unit: ppm, range: [0, 1000], modbus: {address: 0, type: uint16%s}}
  state:
    name: 状态
    modbus: {address: 1, bits: [0, 3]}
    states: {0: {name: 预热, quality: suspect}, 0x1: {name: 监测}}
  unit: {name: 单位, modbus: {address: 3, type: uint16}, readback: {role: unit, units: {1: ppm, 4: "%%LEL"}}}
  places: {name: 小数, modbus: {address: 4, type: uint16}, readback: {role: decimals, of: [gas, al1]}}
  al1: {name: 低报, modbus: {address: 5, type: uint16%s}, readback: {role: hi, of: gas}}
  top: {name: 量程, modbus: {address: 2, type: uint16}, readback: {role: range-high, of: gas}}
  test: {name: 自检, modbus: {address: 6, type: int16}, readback: {role: constant, expect: -12345}}
  clock: {name: 时钟, modbus: {address: 7, type: uint32}, readback: {role: clock}}
  wall: {name: 时钟, modbus: {address: 9, type: datetime-bcd}, readback: {role: clock}}
"""


def test_settings_are_held_against_what_the_file_says_elsewhere(tmp_path: Path) -> None:
    detector = load(tmp_path, profile=DETECTOR % (", scale: 0.1", ", scale: 0.1"))
    readbacks = {p.id[2:]: p.marks.readback for p in detector.points if p.marks and p.marks.readback}
    assert readbacks == {
        "unit": Readback(Role.UNIT, "ppm", {1: "ppm", 4: "%LEL"}),
        "places": Readback(Role.DECIMALS, 1),
        "al1": Readback(Role.HI),
        "top": Readback(Role.RANGE_HIGH, 1000.0),
        "test": Readback(Role.CONSTANT, -12345.0),
        "clock": Readback(Role.CLOCK, is_utc=True),
        "wall": Readback(Role.CLOCK),
    }
    assert marks(detector, "unit").of == ("p.gas",)
    assert marks(detector, "test").of == tuple(p.id for p in detector.points if p.id != "p.test")
    assert point(detector, "al1").unit == point(detector, "top").unit == "ppm"
    assert {point(detector, name).period_s for name in readbacks} == {60.0}


def test_decimals_that_the_file_does_not_say_are_taken_from_the_device(tmp_path: Path) -> None:
    detector = load(tmp_path, profile=DETECTOR % ("", ""))
    assert marks(detector, "places").readback == Readback(Role.DECIMALS, None)
    assert register(detector, "gas").decimals_from == register(detector, "al1").decimals_from == "p.places"
    assert point(detector, "gas").datatype == "float"
    assert point(detector, "places").period_s == 5.0  # without it there is no value: as often as the value


def test_a_status_word_of_several_bits_is_complete_and_marks_what_measures(tmp_path: Path) -> None:
    state = marks(load(tmp_path, profile=DETECTOR % ("", "")), "state")
    assert state.of == ("p.gas",)
    assert state.is_complete
    assert {raw: s.quality for raw, s in state.states.items()} == {0: "suspect", 1: "good"}


GAS = "gas: {name: 浓度, unit: ppm, range: [0, 100], modbus: {address: 0, type: uint16}}\n"


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("a: {name: 甲, marks: gas, modbus: {address: 1, type: uint16}}", "marks-of-nothing"),
        (
            "a: {name: 甲, states: {0: {name: 好}}, heartbeat: {within: 10 s}, modbus: {address: 1, bit: 0}}",
            "marks-two-ways",
        ),
        (
            "a: {name: 甲, states: {0: {name: 好}}, marks: [gass], modbus: {address: 1, bit: 0}}",
            "marks-unknown-near",
        ),
        (
            "a: {name: 甲, states: {0: {name: 好}}, modbus: {address: 1, type: float32}}",
            "states-of-no-number",
        ),
        ("a: {name: 甲, states: {16: {name: 好}}, modbus: {address: 1, bits: [0, 3]}}", "state-impossible"),
        (
            "a: {name: 甲, states: {two: {name: 好}}, modbus: {address: 1, bits: [0, 3]}}",
            "not-a-whole-number",
        ),
        ("a: {name: 甲, states: {}, modbus: {address: 1, bits: [0, 3]}}", "nothing-listed"),
        (
            "a: {name: 甲, states: {1: {name: 好, quality: god}}, modbus: {address: 1, bit: 3}}",
            "not-one-of-near",
        ),
        (
            "a: {name: 甲, period: 3 s, heartbeat: {within: 5 s}, modbus: {address: 1, bit: 0}}",
            "heartbeat-read-too-slowly",
        ),
        (
            "a: {name: 甲, readback: {role: hi, of: other}, modbus: {address: 1, type: uint16}}",
            "marks-unknown",
        ),
        (
            "a: {name: 甲, readback: {role: unit}, modbus: {address: 1, type: uint16}}",
            "unit-register-without-units",
        ),
        (
            "a: {name: 甲, readback: {role: unit, units: {1: mg/m3}}, modbus: {address: 1, type: uint16}}",
            "unit-never",
        ),
        (
            "a: {name: 甲, readback: {role: hi, units: {1: ppm}}, modbus: {address: 1, type: uint16}}",
            "units-of-no-unit",
        ),
        (
            (
                "b: {name: 乙, unit: °C, modbus: {address: 2, type: int16}}\n"
                "a: {name: 甲, readback: {role: unit, units: {1: ppm}}, modbus: {address: 1, type: uint16}}"
            ),
            "readback-of-several-units",
        ),
        (
            "a: {name: 甲, readback: {role: constant}, modbus: {address: 1, type: uint16}}",
            "constant-without-value",
        ),
        (
            "a: {name: 甲, readback: {role: hi, zone: utc}, modbus: {address: 1, type: uint16}}",
            "zone-of-no-clock",
        ),
        (
            (
                "b: {name: 乙, modbus: {address: 2, type: float32}}\n"
                "a: {name: 甲, readback: {role: decimals, of: b}, modbus: {address: 1, type: uint16}}"
            ),
            "decimals-of-no-integer",
        ),
        (
            (
                "b: {name: 乙, modbus: {address: 2, type: uint16, scale: 0.5}}\n"
                "a: {name: 甲, readback: {role: decimals, of: b}, modbus: {address: 1, type: uint16}}"
            ),
            "decimals-against-scale",
        ),
        ("a: {name: 甲, repeat: {count: 2, step: 0}, modbus: {address: 1, type: uint16}}", "repeat-in-place"),
        (
            "a: {name: 甲, states: {0: {name: 好}}, flags: {x: {bit: 0, name: x}}, modbus: {address: 1}}",
            "flags-and-more",
        ),
        ("a: {name: 甲, flags: {gas: {bit: 0, name: x}}, modbus: {address: 1}}", "point-twice"),
        (
            "a: {name: 甲, flags: {x: {bit: 0, name: x}}, modbus: {address: 1, type: float32}}",
            "bit-of-number",
        ),
        ("a: {name: 甲}", "point-without-source"),
        ("a: {modbus: {address: 1, type: uint16}}", "missing-key"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, points: str, code: str) -> None:
    assert faults(tmp_path, GAS + points) == [code]


@pytest.mark.parametrize(
    ("device", "code"),
    [
        ("channels: 33", "channel-beyond"),
        ("channels: [0]", "channels-wrong"),
        ("channels: 0", "channels-wrong"),
        ("channels: 1000000000000", "channels-wrong"),
        ("channels: [1, x]", "not-a-whole-number"),
        ("channels: {1: {nam: x}}", "unknown-key-near"),
        ("points: {concentratoin: {range: [0, 1]}}", "change-of-no-point-near"),
        ("rules: {concentration-33: {hi: {limit: 20 %LEL}}}", "rule-point-unknown-near"),
    ],
)
def test_channels_that_are_not_there_are_told(tmp_path: Path, device: str, code: str) -> None:
    (tmp_path / "panel.yaml").write_text(PROFILE, encoding="utf-8")
    body = "devices:\n  p:\n    name: 屏\n    profile: panel\n    connection: plc\n    unit: 1\n"
    path = write(tmp_path, body + indent(device, "    "), head=HEAD)
    assert codes(faults_of(path, profile_dirs=(tmp_path,))) == [code]


def test_a_device_without_channels_has_none_to_choose(tmp_path: Path) -> None:
    body = "devices:\n  c: {name: 水, profile: cooling-water, connection: plc, unit: 1, channels: 2}\n"
    assert codes(faults_of(write(tmp_path, body))) == ["channels-of-none"]
