"""sd_notify(3) and sd_watchdog_enabled(3), spoken to a real unix datagram socket."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from agent.notify import notify, watchdog_interval_s
from tests.system.platform import Platform
from tests.system.site import site

WATCHDOG_US = 400_000


@contextmanager
def systemd(address: str) -> Iterator[socket.socket]:
    """Listen as systemd does."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listener:
        listener.bind("\0" + address[1:] if address.startswith("@") else address)
        listener.setblocking(False)
        yield listener


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_one_datagram_holds_all_lines(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "notify") if kind == "path" else f"@edge-agent-test-{os.getpid()}"
    with systemd(address) as listener:
        notify("READY=1", "STATUS=polling 3 devices", environ={"NOTIFY_SOCKET": address})
        assert listener.recv(4096) == b"READY=1\nSTATUS=polling 3 devices"


def test_without_systemd_nothing_happens(tmp_path: Path) -> None:
    notify("READY=1", environ={})
    notify("READY=1", environ={"NOTIFY_SOCKET": str(tmp_path / "nobody")})


def test_the_watchdog_is_due_twice_in_the_time_that_the_unit_allows() -> None:
    assert watchdog_interval_s({"WATCHDOG_USEC": "30000000"}) == 15.0
    assert watchdog_interval_s({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}) == 15.0


def test_a_watchdog_that_is_meant_for_another_process_is_left_alone() -> None:
    assert watchdog_interval_s({}) is None
    assert watchdog_interval_s({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}) is None


async def test_the_agent_says_ready_feeds_the_watchdog_and_says_stopping(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    loop = asyncio.get_running_loop()
    with systemd(address) as listener:
        async with Platform() as platform, site(tmp_path, platform) as plant:
            await plant.start({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(WATCHDOG_US)})
            said: list[str] = []

            async def hear(line: str, times: int = 1) -> None:
                while said.count(line) < times:
                    said.extend((await loop.sock_recv(listener, 4096)).decode().splitlines())

            async with asyncio.timeout(30):
                await hear("READY=1")
                await hear("WATCHDOG=1", 3)
                os.kill(plant.pid, signal.SIGTERM)
                await hear("STOPPING=1")
                assert await plant.stop() == 0
    assert "STATUS=polling 1 devices" in said


async def test_the_agent_is_ready_although_no_platform_can_be_reached(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    platform = Platform()
    await platform.up()
    await platform.down()
    with systemd(address) as listener:
        async with site(tmp_path, platform) as plant, asyncio.timeout(30):
            await plant.start({"NOTIFY_SOCKET": address})
            datagram = await asyncio.get_running_loop().sock_recv(listener, 4096)
            assert datagram.startswith(b"READY=1")
