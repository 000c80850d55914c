"""Ctrl-C while a line is probed: what was found is listed, and nothing is where there is nothing."""

import asyncio
import signal
import sys
from pathlib import Path

from tests.drivers.scripted import Reply, Scripted, rtu_device

EDGE_AGENT = Path(sys.executable).with_name("edge-agent")


async def test_ctrl_c_ends_it_and_lists_what_was_found() -> None:
    device = Scripted(rtu=True, script=lambda request: Reply(silent=request.unit != 1))
    code, out, err = await interrupted(device)
    assert code == 130, err
    assert "已按 Ctrl-C 结束，以下是已找到的" in err
    assert "9600 8N1" in out
    assert "connections:" in out


async def test_ctrl_c_before_anything_was_found_lists_nothing() -> None:
    code, out, err = await interrupted(Scripted(rtu=True, script=lambda _: Reply(silent=True)))
    assert (code, out) == (130, "")
    assert "已按 Ctrl-C 结束，还什么也没有找到" in err


async def interrupted(device: Scripted) -> tuple[int | None, str, str]:
    """Probe a line, press Ctrl-C after some questions; return exit code and output."""
    with rtu_device(device) as port:
        words = ("--serial", port, "--baud", "9600", "--parity", "none", "--line-is-mine")
        process = await asyncio.create_subprocess_exec(
            EDGE_AGENT, "probe", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(20):
            while len(device.requests) < 4:
                device.asked.clear()
                await device.asked.wait()
            process.send_signal(signal.SIGINT)
            out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()
