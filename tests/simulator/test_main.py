"""The plant as a process: it says when it is ready, and ends when told or left alone."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent

import psutil
import pytest
import yaml
from pymodbus.client import AsyncModbusTcpClient

from simulator.clock import SystemClock
from tests.support.waiting import until

PLANT = """\
    plant: {id: TEST-1, name: {zh: 试验厂, en: Test plant}, region: "140800"}
    connections:
      plc: {modbus-tcp: {host: 192.0.2.1}}
      line: {modbus-rtu: {port: /dev/ttyUSB0}}
    devices:
      co-1: &detector
        name: {zh: 探头, en: Detector}
        connection: plc
        unit: 1
        simulate: {process: gas-leak}
        points:
          concentration:
            name: {zh: 浓度, en: Concentration}
            unit: ppm
            range: [0, 1000]
            modbus: {address: 0, table: holding-register, type: uint16, scale: 0.1}
      co-2: {<<: *detector, connection: line, unit: 2}
    """
SCENARIO = """\
    duration: 20 min
    events:
      - {at: 0.1, until: 0.2, device: co-1, do: leak}
    """


def arguments(folder: Path, scenario: str = SCENARIO) -> list[str]:
    plant, events = folder / "plant.yaml", folder / "scenario.yaml"
    plant.write_text(dedent(PLANT), encoding="utf-8")
    events.write_text(dedent(scenario), encoding="utf-8")
    begin_s = SystemClock().now_ns() / 1e9
    options = [
        "--scenario",
        str(events),
        "--begin",
        str(begin_s),
        "--length",
        "60",
        "--out",
        str(folder / "out"),
    ]
    return ["-m", "simulator", str(plant), *options]


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments(folder), stdout=PIPE)
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 10) == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_once_ready_every_device_answers_where_the_overlay_says(tmp_path: Path) -> None:
    async with started(tmp_path):
        overlay = yaml.safe_load((tmp_path / "out" / "overlay-plant.yaml").read_text())["connections"]
        client = AsyncModbusTcpClient("127.0.0.1", port=overlay["plc"]["modbus-tcp"]["port"], retries=0)
        assert await client.connect()
        answer = await client.read_holding_registers(0, count=1, device_id=1)
        client.close()
        assert Path(overlay["line"]["modbus-rtu"]["port"]).is_char_device()
        log = tmp_path / "out" / "served.jsonl"
        await until(lambda: log.read_text().endswith("\n"))  # the answer may be here before its line
        line = json.loads(log.read_text())
    assert line["values"] == {"co-1.concentration": answer.registers[0] / 10}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_within_a_second_and_leaves_no_port_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with started(tmp_path) as process:
        process.send_signal(number)
        assert await asyncio.wait_for(process.wait(), 1) == 0
    assert not list((tmp_path / "out").glob("*.tty"))


async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    launcher = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); input()"
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", launcher, sys.executable, *arguments(tmp_path), stdin=PIPE, stdout=PIPE
    )
    assert parent.stdout is not None
    lines = {await asyncio.wait_for(parent.stdout.readline(), 10) for _ in range(2)}
    child = psutil.Process(int((lines - {b"ready\n"}).pop()))
    parent.kill()
    await parent.communicate()
    await asyncio.to_thread(child.wait, 2)


async def test_a_faulty_scenario_is_told_with_its_place_and_nothing_starts(tmp_path: Path) -> None:
    faulty = arguments(tmp_path, "duration: 20 min\nevents: [{at: 0, until: 1, device: co-9, do: leak}]\n")
    process = await asyncio.create_subprocess_exec(sys.executable, *faulty, stdout=DEVNULL, stderr=PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 3
    assert f"{tmp_path / 'scenario.yaml'}:2:" in errors.decode()
    assert not (tmp_path / "out" / "overlay-plant.yaml").exists()
