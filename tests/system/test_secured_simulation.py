"""A plant file with OPC UA security, simulated and run by the very commands that `simulate` prints.

Goal: nothing is trusted that was not named on a command line, and what is printed is enough.
"""

import asyncio
import json
import os
import shlex
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from simulator.lifeline import tied_to
from tests.support.waiting import look_again
from tests.system.platform import Json
from tests.system.status import link

PLANT = """\
plant: {id: TEST-1, name: 试验厂, region: "140800"}
connections:
  furnaces:
    opcua:
      endpoint: opc.tcp://192.0.2.1:4840
      security: Basic256Sha256/SignAndEncrypt
      user: {name: operator, password: "${credential:plc}"}
devices:
  tilt-1: {name: 倾动炉, profile: tilting-furnace, connection: furnaces}
"""


async def edge_agent(*words: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent.cli.main", *words),
        stdout=PIPE,
        stderr=DEVNULL,
        preexec_fn=tied_to(os.getpid()),
    )


async def printed(process: Process, lines: int) -> list[str]:
    assert process.stdout is not None
    return [(await process.stdout.readline()).decode() for _ in range(lines)]


async def until_link(state: Path, *, up: bool) -> Json:
    """Wait until the agent answers and the connection is up, or down for a reason; returns the status."""
    async with asyncio.timeout(30):
        while True:
            asked = await edge_agent("status", "--state", str(state), "--json")
            answer, _ = await asked.communicate()
            status: Json = json.loads(answer) if asked.returncode == 0 else {}
            if status and link(status, "furnaces")["up"] == up and (up or link(status, "furnaces")["text"]):
                return status
            await look_again()


async def stopped(process: Process) -> int:
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def test_the_printed_commands_bring_a_secured_plant_up(tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT, encoding="utf-8")
    played = await edge_agent("simulate", str(path), "--out", str(tmp_path / "out"))
    first, certificate, second, run, _ = await printed(played, 5)
    assert "certificate of ours" in first
    assert "simulated plant is up" in second

    agent = await edge_agent(*shlex.split(run)[1:])
    state = tmp_path / "out" / "state"
    down = await until_link(state, up=False)
    assert "edge-agent opcua certificate" in link(down, "furnaces")["text"]["en"]
    assert await (await edge_agent(*shlex.split(certificate)[1:])).wait() == 0
    await until_link(state, up=True)
    assert await stopped(agent) == 0
    assert await stopped(played) == 0
