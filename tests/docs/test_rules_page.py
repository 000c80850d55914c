"""The rules that docs/plant-file.md shows are rules of a plant that has their points."""

import re
from pathlib import Path
from typing import Final

import pytest

from config.load import load_plant

PAGE: Final = Path(__file__).parents[2] / "docs" / "plant-file.md"
SECTION: Final = PAGE.read_text(encoding="utf-8").partition("\n## rules\n")[2].partition("\n## ")[0]
EXAMPLES: Final = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)

POINTS: Final = {
    "caster": {"inlet": "m3/h", "position": "mm", "tension": "kN"},
    "collector": {"fan": "", "pressure-difference": "Pa"},
    "stave": {"flow": "m3/h", "inlet": "°C", "outlet": "°C"},
    "hopper": {"temperature": "°C"},
    "cut-off": {"closed": ""},
    "discharge": {"open": ""},
}
HEAD: Final = """\
plant: {id: P-1, name: 厂, region: "140800"}
connections: {plc: {modbus-tcp: {host: 127.0.0.1}}}
devices:
"""


def devices() -> str:
    lines = []
    for unit, (device, points) in enumerate(POINTS.items(), 1):
        lines.append(
            f"  {device}: {{name: {device}, connection: plc, unit: {unit}, period: 500 ms, points: {{"
        )
        for n, (name, of) in enumerate(points.items()):
            what = f'unit: "{of}", modbus: {{address: {n}, type: uint16}}'
            lines.append(
                f"    {name}: {{name: {name}, {what if of else 'modbus: {table: coil, address: 0}'}}},"
            )
        lines.append("  }}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_rule_that_is_shown_can_be_written(example: str, tmp_path: Path) -> None:
    (tmp_path / "plant.yaml").write_text(HEAD + devices() + example, encoding="utf-8")
    plant = load_plant(tmp_path / "plant.yaml", profile_dirs=())
    assert len(plant.rules) == len(re.findall(r"^  [a-z-]+:", example, re.MULTILINE))


def test_every_kind_is_in_the_table_of_kinds() -> None:
    kinds = set(re.findall(r"^\| `kind` \| `([a-z]+)` \|", SECTION, re.MULTILINE))
    assert len(EXAMPLES) == 2
    assert set(re.findall(r"^\| `([a-z]+)` \| [^|]+ \|$", SECTION, re.MULTILINE)) >= kinds
