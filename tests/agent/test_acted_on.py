"""`quarantine` and `resend` with PLANT: a name that the file lacks is told before anybody is asked."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli.main import main

DEMO = str(Path(__file__).parents[2] / "config" / "plants" / "demo.yaml")
POINT = "co-12.concentration"
TIMES = ("--from", "2026-01-01", "--to", "2026-01-02")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    assert captured.out == ""
    return code, captured.err


@pytest.mark.parametrize(
    "names",
    [["bureau"], ["bureau", POINT], [DEMO, "bureau"], [DEMO, "bureau", POINT]],
    ids=["destination", "with point", "with plant", "with both"],
)
def test_names_that_may_be_right_are_left_to_the_running_agent(names: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agent.cli.main", "quarantine", "list", *names, "--state", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (ended.returncode, "no agent is running" in ended.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("quarantine", "list", DEMO, "burau"),
            "the plant file has no destination burau; did you mean bureau? there are: bureau",
        ),
        (
            ("quarantine", "drop", DEMO, "bureau", "co-12.concentratoin"),
            f"the plant file has no point co-12.concentratoin; did you mean {POINT}?",
        ),
        (
            ("resend", DEMO, "--destination", "x", *TIMES),
            "the plant file has no destination x; there are: bur",
        ),
    ],
    ids=["destination", "point", "resend"],
)
def test_a_name_that_the_plant_file_lacks_is_told_with_what_there_is(
    arguments: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, *arguments, "--state", str(tmp_path))
    assert code == 2
    assert words in said


def test_a_plant_file_with_faults_is_told_as_check_tells_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "plant.yaml"
    plant.write_text("plant: {id: P}\n")
    code, said = run(capsys, "quarantine", "list", str(plant), "bureau", "--state", str(tmp_path))
    assert code == 3
    assert said.startswith(f"{plant}:1:")
