"""docs/commissioning.md, followed: its table, its commands, and what it says of both."""

import re
from pathlib import Path
from typing import Final

import pytest

from agent.commissioning.vocabulary import Field, field_of
from tests.commissioning.tables import imported, loaded, told

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


def test_the_column_names_of_the_page_are_known() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", PAGE.partition("认识的列名（部分）")[2], re.MULTILINE)
    names = [name for row in rows[:5] for name in re.split(r"[、；]", re.sub(r"（[^）]*）", "", row))]
    known = [name for name in names if (found := field_of(name.strip())) and found[0] in Field]
    assert len(known) >= 12
    for name in ("位号", "仪表位号", "测点名称", "从站地址", "Slave ID", "功能码", "地址(从0起)", "PLC地址"):
        assert field_of(name), name
