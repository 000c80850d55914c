"""Plant files that a bureau would not accept: `check` exits 3 and names each place.

A file ends with lines `# => line:column code`, in the order in which the faults are told.
"""

import json
import re
from pathlib import Path

import pytest

from config.load import load_plant
from tests.config.test_broken_plants import FIXTURES
from tests.config.test_command_line import edge_agent

UNLAWFUL = sorted((FIXTURES / "unlawful").glob("*.yaml"))
ANNOUNCED = re.compile(r"^# => (\S+ \S+)$", re.MULTILINE)


@pytest.mark.parametrize("plant", UNLAWFUL, ids=lambda path: path.stem)
def test_check_exits_3_and_names_file_line_and_column(tmp_path: Path, plant: Path) -> None:
    announced = ANNOUNCED.findall(plant.read_text(encoding="utf-8"))
    done = edge_agent(tmp_path, "check", plant)
    assert done.returncode == 3
    places = [line.split(": ")[0] for line in done.stderr.splitlines()]
    assert places == [f"{plant}:{place.split()[0]}" for place in announced]
    answer = json.loads(edge_agent(tmp_path, "check", plant, "--json").stdout)
    told = [f"{fault['line']}:{fault['column']} {fault['code']}" for fault in answer["faults"]]
    assert told == announced


def test_an_approval_that_ran_out_keeps_nobody_from_starting() -> None:
    plant = load_plant(FIXTURES / "unlawful" / "dust.yaml")
    assert [rule.deviation is not None for rule in plant.devices["hopper-co"].rules] == [True, True]
