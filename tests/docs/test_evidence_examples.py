"""The conditions of a device and the start permits that docs/plant-file.md shows can be written."""

import re
from pathlib import Path
from textwrap import indent
from typing import Final

from config.load import load_plant

PAGE: Final = (Path(__file__).parents[2] / "docs" / "plant-file.md").read_text(encoding="utf-8")
HEAD: Final = """\
plant: {id: P-1, name: 厂, region: "140800"}
connections: {plc: {modbus-tcp: {host: 127.0.0.1}}}
devices:
  dust-1:
    name: 除尘器
    profile: dust-collector
    connection: plc
    unit: 1
"""


def example(word: str) -> str:
    [found] = re.findall(rf"```yaml {word}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_conditions_of_a_device(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(HEAD + indent(example("conditions"), "    "), encoding="utf-8")
    plant = load_plant(path, profile_dirs=())
    assert [each.rule for each in plant.disabled] == ["dust-1.tube-clogged"]
    assert [rule.id for rule in plant.rules] == [
        "dust-1.hopper-heats",
        "dust-1.off-baseline",
        "dust-1.no-pressure-difference",
        "dust-1.inlet-hot-long",
    ]


DEVICES: Final = """\
  mould-water: {name: 水, profile: mould-water, connection: plc, unit: 2}
  cut-off: {name: 阀, profile: valve/cut-off, connection: plc, unit: 3}
  tank:
    name: 水箱
    connection: plc
    unit: 4
    points: {level: {name: 液位, unit: m, modbus: {address: 0, type: float32}}}
rules:
  water-trip: {kind: state, name: 断水, point: cut-off.closed, equals: 1}
"""


def test_a_start_permit(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(HEAD + DEVICES + example("permits"), encoding="utf-8")
    requires = load_plant(path, profile_dirs=()).permits["cast"].requires
    assert [each.text for each in requires] == [
        "mould-water.inlet-flow",
        "water-trip",
        "cut-off.open and not cut-off.fault",
        "tank.level >= 2 m",
    ]
