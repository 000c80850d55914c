"""The page about scenarios names every fault that there is, and its example can be played."""

import re
from pathlib import Path

from simulator.faults import KINDS, Target
from simulator.scenario_file import load_scenario

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
SCENARIOS = PAGE.parents[1] / "simulator" / "scenarios"


def test_every_fault_is_named_in_the_table_of_its_target_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = {
        name
        for row in re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", page, re.MULTILINE)
        for name in re.findall(r"`([a-z-]+)`", row)
    }
    assert named - {"do"} == set(KINDS)
    of_a_connection = page.split("## On the wire, of a connection")[1].split("\n## ")[0]
    for name, kind in KINDS.items():
        assert (f"| `{name}` |" in of_a_connection) == (Target.CONNECTION in kind.target)


def test_the_example_can_be_played(tmp_path: Path) -> None:
    [example] = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(example, encoding="utf-8")
    assert len(load_scenario(scenario).events) == 4


def test_every_scenario_that_comes_with_it_is_listed_and_no_other() -> None:
    listed = re.findall(r"^- `([a-z-]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
