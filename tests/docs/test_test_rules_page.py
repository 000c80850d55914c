"""docs/test-rules.md lists every key of a file of cases, and its example can be played."""

import re
from pathlib import Path
from typing import Final

import pytest

from agent.cli.main import main
from config.case_entry import ActEntry, CaseEntry, CasesEntry, ExpectEntry, StepEntry
from config.case_turns import UNCERTAIN, WORDS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "test-rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", [CasesEntry, CaseEntry, StepEntry, ExpectEntry, ActEntry])
def test_each_table_lists_the_keys_of_its_part_in_their_order(part: type[CasesEntry]) -> None:
    [body] = re.findall(rf"<!-- keys: {part.__name__} -->\n((?:\|.*\n)+)", PAGE)
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.splitlines()[2:]]
    assert [row[0].strip("`") for row in rows] == list(part.model_fields)
    required = {row[0].strip("`") for row in rows if row[-1].strip(" |") == "**required**"}
    assert required == {name for name, field in part.model_fields.items() if field.is_required()}


def test_every_word_in_place_of_a_value_is_told() -> None:
    assert [word for word in (*WORDS, *UNCERTAIN) if f"`{word}`" not in PAGE] == []


def test_the_example_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = re.findall(r"^```yaml cases\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    plants = ROOT / "config" / "plants"
    (tmp_path / "cases.yaml").write_text(example.replace("../plants", str(plants)), encoding="utf-8")
    assert main(["test-rules", str(tmp_path / "cases.yaml")]) == 0, capsys.readouterr()
