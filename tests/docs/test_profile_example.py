"""The profile that docs/plant-file.md writes as an example is one, and so is the device that uses it."""

import re
from pathlib import Path
from typing import Final

from config.load import load_plant
from config.source import RegisterSource

PAGE: Final = Path(__file__).parents[2] / "docs" / "plant-file.md"
HEAD: Final = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections: {gas-line: {modbus-rtu: {port: /dev/serial/by-id/usb-a}}}
"""


def block(kind: str) -> str:
    found = re.findall(rf"```yaml {kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_example_of_a_profile_works(tmp_path: Path) -> None:
    (tmp_path / "example-panel.yaml").write_text(block("profile"), encoding="utf-8")
    (tmp_path / "plant.yaml").write_text(HEAD + block("devices"), encoding="utf-8")
    panel = load_plant(tmp_path / "plant.yaml", profile_dirs=(tmp_path,)).devices["panel-1"]
    points = {point.id.partition(".")[2]: point for point in panel.points}
    assert [name for name in points if name.startswith("concentration")] == [
        "concentration-01",
        "concentration-02",
        "concentration-05",
    ]
    assert points["concentration-01"].name.zh == "热风炉东浓度"
    assert points["concentration-05"].name.zh == "通道5浓度"
    assert points["concentration-05"].range == (0, 50)
    fifth = points["concentration-05"].source
    assert isinstance(fifth, RegisterSource)
    assert fifth.address == 4
    assert {rule.id: rule.limit for rule in panel.rules} == {
        "panel-1.concentration-01.hi": 25,
        "panel-1.concentration-02.hi": 25,
        "panel-1.concentration-05.hi": 20,
    }
