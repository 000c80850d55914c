"""`python -m simulator.bureau` as a process: ready, what it writes, how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from simulator.clock import SystemClock
from tests.simulator.bureau_parts import PLANT_FILE


def started(folder: Path, plant: str = PLANT_FILE) -> "subprocess.Popen[str]":
    file = folder / "plant.yaml"
    file.write_text(plant, encoding="utf-8")
    begin = f"{SystemClock().now_ns() / 1e9:.3f}"
    command = [sys.executable, "-P", "-m", "simulator.bureau", str(file), "--begin", begin, "--length", "60"]
    return subprocess.Popen(
        [*command, "--out", str(folder / "out")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_when_it_is_ready_the_overlay_and_the_books_are_there_and_sigterm_ends_it(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        out = tmp_path / "out"
        http = yaml.safe_load((out / "overlay-platform.yaml").read_text())["uplinks"]["bureau"][
            "ministry-http"
        ]
        assert http["url"].startswith("https://127.0.0.1:")
        assert Path(http["tls"]["ca"]).is_file()
        assert json.loads((out / "platform.json").read_text())["status"].startswith("https://127.0.0.1:")
        assert (out / "bureau.db").is_file()
        process.terminate()
        assert process.wait(10) == 0


def test_a_plant_that_is_not_valid_is_told_with_its_place_and_exit_code_3(tmp_path: Path) -> None:
    with started(tmp_path, "plant: {}\n") as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 3
    assert "plant.yaml:1:" in said
