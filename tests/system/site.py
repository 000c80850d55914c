"""A whole site on this machine: a counting device, the agent as a process of its own, a platform.

The device's register counts the requests that it answered, so every poll is
countable: a value that is missing or twice at the platform shows at once.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from agent.cli.status import ask
from agent.state_folder import SOCKET_NAME
from simulator.demo.store_reader import Store, read_store
from simulator.lifeline import tied_to
from tests.drivers.scripted import Reply, Request, Scripted, tcp_device
from tests.system.platform import KEY, Json, Platform

AGENT: Final = Path(sys.executable).with_name("edge-agent")
SCALE: Final = 0.1
SERVED_WITHIN_S: Final = 0.5
"""What a request may take at most where somebody waits for many: five periods."""

DETECTOR: Final = """\
    points:
      concentration:
        name: {zh: 一氧化碳浓度, en: CO concentration}
        unit: ppm
        range: [0, 1000]
        modbus: {address: 0, type: uint16, scale: 0.1}
    rules:
      concentration:
        hi: {limit: 24 ppm, deadband: 2 ppm, on_delay: 0 s, off_delay: 10 s}
        hihi: {limit: 160 ppm, deadband: 8 ppm, on_delay: 0 s, off_delay: 10 s}
"""
"""What a detector has in these plants: one register, so that every request is a value."""

PLANT: Final = """
plant: {{id: YC-TEST-1, name: {{zh: 试验厂, en: Test plant}}, region: "140800"}}
alarms: {{engineers: [王工]}}
connections: {{plc: {{modbus-tcp: {{host: 127.0.0.1, port: {device_port}, timeout: 200 ms}}}}}}
devices:
  co-1:
    name: {{zh: 一氧化碳, en: CO}}
    connection: plc
    unit: 1
    period: {period}
{detector}uplinks:
{uplinks}
buffer: {{commit_interval: 200 ms}}
"""

BUREAU: Final = """
  {name}:
    ministry-http:
      url: {url}
      appid: gw
      appsecret: "${{env:APPSECRET}}"
      sm4: {{key: "${{env:SM4}}", iv: "${{env:SM4}}"}}
      timeout: {timeout}
    layout: ministry-sample
    heartbeat: 1 s
    reconnect_spread: 0 s
"""

COUNTY: Final = """
  county:
    mqtt: {{host: 127.0.0.1, port: {port}, timeout: 1 s{mqtt}}}
    layout: json
    heartbeat: 1 s
    reconnect_spread: 0 s
{more}"""


def bureau(platform: Platform, *, name: str = "bureau", timeout: str = "1 s") -> str:
    """Return the uplink to a platform as it stands in a plant file."""
    return BUREAU.format(name=name, url=f"http://127.0.0.1:{platform.port}/push", timeout=timeout)


def county(port: int, *, mqtt: str = "", more: str = "") -> str:
    """Return the uplink to a broker on this machine, with more keys under `mqtt` and beside it."""
    return COUNTY.format(port=port, mqtt=f", {mqtt}" if mqtt else "", more=f"    {more}\n" if more else "")


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

    def __init__(self, folder: Path, counter: Counter, plant: Path) -> None:
        self.folder = folder
        self.counter = counter
        self.state = folder / "state"
        self.plant = plant
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(
        self, environ: Mapping[str, str] | None = None, *, agent: Sequence[str] = (str(AGENT),)
    ) -> None:
        """Start the agent, or another program in its place."""
        with (self.folder / "agent.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *agent,
                "run",
                str(self.plant),
                "--state",
                str(self.state),
                env={**os.environ, "APPSECRET": "s", "SM4": KEY, **(environ or {})},
                cwd=self.folder,
                stderr=log,
                preexec_fn=tied_to(os.getpid()),
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
        await asyncio.wait_for(reached, 30 + count * SERVED_WITHIN_S)
        self.counter.device.script = answer

    async def status(self) -> Json:
        """Ask the running agent over its control socket; empty when it does not answer (yet)."""
        if not (self.state / SOCKET_NAME).exists():  # httpx would leave its own socket open
            return {}
        return await asyncio.to_thread(ask, self.state)

    def store(self) -> Store:
        """Read the stopped agent's store as a third party would."""
        return read_store(self.state / "outbox.db")


@asynccontextmanager
async def site(
    folder: Path,
    uplinks: Platform | str,
    *,
    period: str = "100 ms",
    timeout: str = "1 s",
    edit: Callable[[str], str] = lambda text: text,
) -> AsyncIterator[Site]:
    """Make a site; the agent is not started yet. At the end it is stopped.

    `uplinks` is a platform, with `timeout` for its answers, or text for the plant file;
    `edit` may change that file's whole text.
    """
    counter = Counter()
    async with tcp_device(counter.device) as device_port:
        text = PLANT.format(
            device_port=device_port,
            period=period,
            detector=DETECTOR,
            uplinks=uplinks if isinstance(uplinks, str) else bureau(uplinks, timeout=timeout),
        )
        plant = folder / "plant.yaml"
        plant.write_text(edit(text), encoding="utf-8")
        made = Site(folder, counter, plant)
        try:
            yield made
        finally:
            await made.stop()
