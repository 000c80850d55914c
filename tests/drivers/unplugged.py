"""A cable that is unplugged: run by test_unplugged.py as root of a network namespace of its own.

The device stands in a second namespace at the other end of a veth pair. Setting
its end down is a cable pulled at the device: no FIN, no RST, nothing comes any
more. Prints what was seen as JSON.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from config.modbus_link import ModbusTcp
from drivers.modbus import dial
from tests.drivers.plant import device, good, register_point, running
from tests.drivers.scripted import Scripted, tcp_device
from tests.support.waiting import let_pass

PORT = 1502
OURS, THEIRS = "10.77.0.1", "10.77.0.2"


def ip(*words: str, inside: int | None = None) -> None:
    enter = [] if inside is None else ["nsenter", "-t", str(inside), "-n"]
    subprocess.run([*enter, "ip", *words], check=True)


async def serve() -> None:
    """The device: says when it listens, and stays until its input is closed."""
    async with tcp_device(Scripted(), PORT, "0.0.0.0"):
        print("listening", flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def far_device() -> AsyncIterator[int]:
    """Start the device in a namespace of its own and lay the cable; yields its process id."""
    process = await asyncio.create_subprocess_exec(
        *("unshare", "-n", sys.executable, "-m", "tests.drivers.unplugged", "serve"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    ip("link", "add", "ours", "type", "veth", "peer", "name", "theirs", "netns", str(process.pid))
    ip("addr", "add", f"{OURS}/24", "dev", "ours")
    ip("link", "set", "ours", "up")
    ip("addr", "add", f"{THEIRS}/24", "dev", "theirs", inside=process.pid)
    ip("link", "set", "theirs", "up", inside=process.pid)
    try:
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def while_polling() -> dict[str, object]:
    """The cable is out for 6 s while the device is polled five times a second."""
    loop = asyncio.get_running_loop()
    settings = ModbusTcp(host=THEIRS, port=PORT, timeout="300 ms", connect_timeout="1 s")
    async with far_device() as far, running(settings, [device(register_point("u", 9, period_s=0.2))]) as seen:
        await seen.scan(good)
        sockets = open_sockets()
        ip("link", "set", "theirs", "down", inside=far)
        pulled_s = loop.time()
        await seen.scan(lambda scan: not good(scan))
        noticed_s = loop.time() - pulled_s
        await let_pass(6.0)
        faults = seen.link_history[1:]
        left_over = open_sockets() - sockets
        ip("link", "set", "theirs", "up", inside=far)
        back_s = loop.time()
        await seen.scan(good)
        return {
            "noticed_s": noticed_s,
            "faults": faults,
            "back_s": loop.time() - back_s,
            "sockets": left_over,
        }


async def while_idle() -> dict[str, object]:
    """The cable is out while nothing is asked for a minute; the system's own probes find it out."""
    dial.IDLE_S, dial.ASK_EVERY_S, dial.UNHEARD_S = 1, 1, 2  # type: ignore[misc]  # a minute in seconds
    loop = asyncio.get_running_loop()
    settings = ModbusTcp(host=THEIRS, port=PORT, connect_timeout="1 s")
    async with (
        far_device() as far,
        running(settings, [device(register_point("u", 9, period_s=60.0))]) as seen,
    ):
        await seen.scan(good)
        ip("link", "set", "theirs", "down", inside=far)
        pulled_s = loop.time()
        await seen.status("lost")
        return {"noticed_s": loop.time() - pulled_s}


def open_sockets() -> int:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(str(link.readlink()).startswith("socket:") for link in links)


if __name__ == "__main__":
    part = {"serve": serve, "polling": while_polling, "idle": while_idle}[sys.argv[1]]
    if (result := asyncio.run(part())) is not None:
        print(json.dumps(result))
