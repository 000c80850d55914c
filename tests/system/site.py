"""A whole site on this machine: a counting device, the agent as a process of its own, a platform.

The device's register counts the requests that it answered, so every poll is
countable: a value that is missing or twice at the platform shows at once.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from simulator.demo.store_reader import Store, read_store
from tests.drivers.scripted import Reply, Request, Scripted, tcp_device
from tests.system.platform import KEY, Platform

AGENT: Final = Path(sys.executable).with_name("edge-agent")
SCALE: Final = 0.1

PLANT: Final = """
plant: {{id: YC-TEST-1, name: {{zh: 试验厂, en: Test plant}}, region: "140800"}}
connections: {{plc: {{modbus-tcp: {{host: 127.0.0.1, port: {device_port}, timeout: 200 ms}}}}}}
devices:
  co-1:
    name: {{zh: 一氧化碳, en: CO}}
    profile: gas-detector/co
    connection: plc
    unit: 1
    period: {period}
uplinks:
  bureau:
    ministry-http:
      url: http://127.0.0.1:{platform_port}/push
      appid: gw
      appsecret: "${{env:APPSECRET}}"
      sm4: {{key: "${{env:SM4}}", iv: "${{env:SM4}}"}}
      timeout: {timeout}
    layout: ministry-sample
    heartbeat: 1 s
    reconnect_spread: 0 s
buffer: {{commit_interval: 200 ms}}
"""


class Counter:
    """The device: answers 0.1 ppm more each time, until `co` says otherwise."""

    def __init__(self) -> None:
        self.served = 0
        self.raw: int | None = None
        self.device = Scripted(script=self._answer)

    def _answer(self, request: Request) -> Reply:
        self.served += 1
        raw = self.served if self.raw is None else self.raw
        return Reply(registers=(raw,) * request.count)


class Site:
    """Starts, kills and stops the agent."""

    def __init__(self, folder: Path, counter: Counter, platform: Platform, plant: Path) -> None:
        self.folder = folder
        self.counter = counter
        self.platform = platform
        self.state = folder / "state"
        self._plant = plant
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, environ: Mapping[str, str] | None = None) -> None:
        with (self.folder / "agent.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(AGENT),
                "run",
                str(self._plant),
                "--state",
                str(self.state),
                env={**os.environ, "APPSECRET": "s", "SM4": KEY, **(environ or {})},
                cwd=self.folder,
                stderr=log,
            )

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        self._process = None

    async def stop(self) -> int:
        """Stop as systemd does; return the exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self._process.wait(), 30)
        self._process = None
        return code

    async def until_served(self, count: int) -> None:
        """Wait until the device has answered `count` more requests."""
        goal = self.counter.served + count
        reached = asyncio.get_running_loop().create_future()
        answer = self.counter.device.script

        def watch(request: Request) -> Reply:
            if self.counter.served >= goal and not reached.done():
                reached.set_result(None)
            return answer(request)

        self.counter.device.script = watch
        await asyncio.wait_for(reached, 30)
        self.counter.device.script = answer

    def store(self) -> Store:
        """Read the stopped agent's store as a third party would."""
        return read_store(self.state / "outbox.db")


@asynccontextmanager
async def site(
    folder: Path,
    platform: Platform,
    *,
    period: str = "100 ms",
    timeout: str = "1 s",
    edit: Callable[[str], str] = lambda text: text,
) -> AsyncIterator[Site]:
    """Make a site; the agent is not started yet. At the end it is stopped."""
    counter = Counter()
    async with tcp_device(counter.device) as device_port:
        text = PLANT.format(
            device_port=device_port, platform_port=platform.port, period=period, timeout=timeout
        )
        plant = folder / "plant.yaml"
        plant.write_text(edit(text), encoding="utf-8")
        made = Site(folder, counter, platform, plant)
        try:
            yield made
        finally:
            await made.stop()
