"""`edge-agent check` and `schema` as a person or a script runs them.

Run from a folder that holds a hostile config.py: our own package must win.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli import main as command_line
from config.library import SHIPPED
from tests.config.test_broken_plants import FIXTURES

DEMO = SHIPPED.parent / "plants" / "demo.yaml"
EDGE_AGENT = Path(sys.executable).with_name("edge-agent")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    for name in ("config.py", "agent.py", "drivers.py"):
        (tmp_path / name).write_text("raise SystemExit('hostile')\n")
    return tmp_path


def edge_agent(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "CREDENTIALS_DIRECTORY"}
    return subprocess.run(
        [EDGE_AGENT, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_a_sound_plant_exits_0_with_its_warnings(hostile: Path) -> None:
    done = edge_agent(hostile, "check", DEMO)
    assert (done.returncode, done.stderr) == (0, "")
    assert "credential 'appid'" in done.stdout
    assert "profile 'cooling-water'" in done.stdout
    assert "13 台设备" in done.stdout.splitlines()[-1]


def test_a_broken_plant_exits_3_with_each_fault_at_its_place(hostile: Path) -> None:
    plant = FIXTURES / "plants" / "two_devices_on_one_unit.yaml"
    done = edge_agent(hostile, "check", plant, "--lang", "zh")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"{plant}:8:69: 与设备 co-1（第 7 行）读同一站号 1")
    assert len(lines) == 3
    assert done.stdout == "配置无效：3 处错误，0 条提示\n"


def test_a_missing_file_exits_3(hostile: Path) -> None:
    done = edge_agent(hostile, "check", "nowhere.yaml", "--lang", "en")
    assert done.returncode == 3
    assert done.stderr.startswith("nowhere.yaml:1:1: the file does not exist; check the path")


def test_a_program_gets_both_languages_as_json(hostile: Path) -> None:
    done = edge_agent(hostile, "check", FIXTURES / "plants" / "area_state.yaml", "--json")
    assert done.returncode == 3
    answer = json.loads(done.stdout)
    assert answer["valid"] is False
    [fault] = answer["faults"]
    assert (fault["line"], fault["column"], fault["code"]) == (7, 36, "area-point-unknown-near")
    assert fault["zh"]
    assert fault["en"]


def test_overlays_and_own_profiles_are_checked_with_the_plant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("connections: {dust-plc: {modbus-tcp: {port: 0}}}\n")
    assert command_line.main(["check", str(DEMO), "--overlay", str(overlay), "--lang", "en"]) == 3
    assert f"{overlay}:1:45: 0 is too small" in capsys.readouterr().err
    plant = FIXTURES / "plants" / "faulty_profile.yaml"
    assert command_line.main(["check", str(plant), "--profiles", str(FIXTURES / "profiles")]) == 3
    assert "broken.yaml:2:11" in capsys.readouterr().err


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


def test_wrong_usage_exits_2(hostile: Path) -> None:
    assert edge_agent(hostile, "check").returncode == 2
    assert edge_agent(hostile, "no-such-command").returncode == 2
    assert edge_agent(hostile).returncode == 2


def test_help_lists_every_command_without_importing_any(hostile: Path) -> None:
    script = (
        "import sys, agent.cli.main as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "sys.exit(any(f'agent.cli.{name}' in sys.modules for name in m.COMMANDS))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=hostile,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in command_line.COMMANDS)


def test_a_missing_folder_of_profiles_is_told_by_schema_and_run_too(hostile: Path) -> None:
    for command in (["schema"], ["run", str(DEMO)]):
        done = edge_agent(hostile, *command, "--profiles", "/nonexistent")
        assert done.returncode == 3, command
        assert "/nonexistent" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_state_folder_that_can_not_be_made_is_told_in_words(hostile: Path) -> None:
    done = edge_agent(hostile, "run", DEMO, "--state", "/proc/no/state")
    assert done.returncode == 1
    assert "/proc/no/state" in done.stderr
    assert "--state" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_is_no_fault(hostile: Path) -> None:
    piped = subprocess.run(
        ["sh", "-c", '"$0" schema | head -n 1', str(EDGE_AGENT)],
        cwd=hostile,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert piped.stdout == "{\n"
    assert piped.stderr == ""
