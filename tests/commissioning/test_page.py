"""docs/commissioning.md, followed: its table, its commands, and what it says of both."""

import re
from pathlib import Path
from typing import Final

import pytest

from agent.commissioning.vocabulary import Field, field_of
from config.load import load_plant
from tests.commissioning.tables import imported, loaded, run, told

PAGE: Final = (Path(__file__).parents[2] / "docs" / "commissioning.md").read_text(encoding="utf-8")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    [written] = re.findall(r"^```csv\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    path = tmp_path / "dust.csv"
    path.write_text(written, encoding="utf-8")
    return path


def options_of(command: str) -> list[str]:
    words = command.split()[4:]
    return words[: words.index("--out")] if "--out" in words else words


def test_the_table_of_the_page_ends_in_the_question_that_the_page_announces(
    table: Path, tmp_path: Path
) -> None:
    first, second = re.findall(r"^edge-agent points import dust\.csv.*$", PAGE, re.MULTILINE)
    stanza, findings = imported(table, *options_of(first))
    assert stanza is None
    assert [fault.code for fault in findings.faults] == ["table-address-ambiguous"]
    assert "40001 式，报文地址 3" in findings.faults[0].text("zh")
    stanza, findings = imported(table, *options_of(second))
    assert stanza is not None, told(findings.faults)
    plant = loaded(stanza, tmp_path)
    assert [point.tag for point in plant.points] == ["PT-4101", "TT-4101", "FT-4101", "YS-4101"]
    assert list(plant.devices) == ["dust-plc-1"], "the device that the page reads"


@pytest.mark.parametrize(
    "devices", ["", "  d-0: {name: d, connection: c, unit: 9, profile: cooling-water}\n"]
)
def test_what_is_pasted_as_the_page_says_passes_the_check(devices: str, table: Path, tmp_path: Path) -> None:
    plant = tmp_path / "plant.yaml"
    head = 'plant: {id: P-1, name: 测试厂, region: "140800"}\n'
    connections = "connections:\n  c: {modbus-tcp: {host: 192.0.2.1}}\n"
    options = ("--address-base", "modicon")
    out = tmp_path / "dust.yaml"
    assert run("points", "import", str(table), "--connection", "c", *options, "--out", str(out))[0] == 0
    assert run("points", "import", str(table), "--connection", "c", *options)[1] == out.read_text("utf-8")
    pasted = out.read_text(encoding="utf-8")
    plant.write_text(f"{head}{connections}devices:\n{pasted}{devices}", encoding="utf-8")
    code, told_, err = run("check", str(plant))
    assert code == 0, told_ + err


def test_a_table_that_names_its_connections_says_where_they_belong(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("位号,IP地址,站号,功能码,地址(从0起),类型\nPT-1,192.0.2.9,1,3,0,uint16\n", "utf-8")
    code, out, err = run("points", "import", str(table))
    assert code == 0, err
    below = dict(re.findall(r"中 (\w+): 这一行.*\n.*\n((?:  [^#\n].*\n)+)", out))
    plant = tmp_path / "plant.yaml"
    sections = "".join(f"{section}:\n{part}" for section, part in below.items())
    plant.write_text('plant: {id: P-1, name: 测试厂, region: "140800"}\n' + sections, encoding="utf-8")
    assert list(load_plant(plant, profile_dirs=()).connections) == ["plc"]


def test_the_column_names_of_the_page_are_known() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", PAGE.partition("认识的列名（部分）")[2], re.MULTILINE)
    names = [name for row in rows[:5] for name in re.split(r"[、；]", re.sub(r"（[^）]*）", "", row))]
    known = [name for name in names if (found := field_of(name.strip())) and found[0] in Field]
    assert len(known) >= 12
    for name in ("位号", "仪表位号", "测点名称", "从站地址", "Slave ID", "功能码", "地址(从0起)", "PLC地址"):
        assert field_of(name), name
