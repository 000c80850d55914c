"""`edge-agent simulate`: a plant file of one's own, played on this machine with its uplinks off."""

import asyncio
import itertools
import shlex
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from textwrap import dedent

from config.load import load_plant

PLANT = """\
    plant: {id: TEST-1, name: {zh: 试验厂, en: Test plant}, region: "140800"}
    connections:
      plc: {modbus-tcp: {host: 192.0.2.1}}
    devices:
      meter:
        name: {zh: 液位计, en: Level meter}
        connection: plc
        unit: 1
        points:
          level:
            name: {zh: 液位, en: Level}
            unit: m
            range: [0, 10]
            modbus: {address: 0, table: holding-register, type: float32}
    uplinks:
      county: {mqtt: {host: 192.0.2.2}}
    """
COMMAND = """\
import argparse, sys
from agent.cli import simulate
parser = argparse.ArgumentParser()
simulate.add_parser(parser.add_subparsers())
sys.exit(simulate.run(parser.parse_args(["simulate", *sys.argv[1:]])))
"""


async def test_it_prints_the_command_to_run_an_agent_against_it_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(dedent(PLANT), encoding="utf-8")
    out = tmp_path / "out"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, str(path), "--out", str(out), stdout=PIPE
    )
    assert process.stdout is not None
    heading, command, safety = [(await process.stdout.readline()).decode() for _ in range(3)]
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 0
    assert "模拟现场已就绪" in heading
    assert "All uplinks are off" in safety

    words = shlex.split(command)
    assert words[:3] == ["edge-agent", "run", str(path)]
    overlays = [Path(after) for word, after in itertools.pairwise(words) if word == "--overlay"]
    plant = load_plant(path, overlays=overlays)
    assert plant.uplinks["county"].absent == "simulated plant"
    assert getattr(plant.connections["plc"], "host", None) == "127.0.0.1"


async def test_a_missing_plant_file_is_exit_code_3(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, str(tmp_path / "nowhere.yaml"), stderr=PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 3
    assert "nowhere.yaml:1:1" in errors.decode()
