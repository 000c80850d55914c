"""mosquitto as our child: on a free loopback port, with a configuration of its own, nothing on disk.

Where the binary is not installed, `find_mosquitto` says so and the destination
is absent with that reason; nothing else changes.
"""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Final

from simulator.clock import Clock
from simulator.lifeline import tied_to
from simulator.port import LOOPBACK, HeldPort

_SYSTEM_BINARIES: Final = "/usr/sbin:/usr/local/sbin"  # Debian's place, not on a user's PATH
_START_S: Final = 10.0
_LOOK_EVERY_NS: Final = 20_000_000


class BrokerFailed(Exception):
    """mosquitto did not start; `said` is what it wrote."""

    def __init__(self, said: str) -> None:
        super().__init__(f"mosquitto did not start: {said.strip() or 'no reason given'}")
        self.said = said


def find_mosquitto() -> Path | None:
    """Return the broker's binary, looked for on PATH and where Debian puts it."""
    path = os.pathsep.join((os.environ.get("PATH", ""), _SYSTEM_BINARIES))
    found = shutil.which("mosquitto", path=path)
    return Path(found) if found else None


class Broker:
    """One mosquitto that can be started, killed and started again on the same port."""

    def __init__(self, binary: Path, configuration: Path, clock: Clock) -> None:
        """Reserve a port and write the configuration; raises OSError."""
        self._binary = binary
        self._clock = clock
        self._held = HeldPort()
        self.port = self._held.number
        self._configuration = configuration
        self._configuration.write_text(_configuration(self.port))
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it and wait until it takes connections; raises BrokerFailed."""
        self._process = await asyncio.create_subprocess_exec(
            self._binary,
            "-c",
            self._configuration,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=tied_to(os.getpid()),
        )
        try:
            async with asyncio.timeout(_START_S):
                await self._listening(self._process)
        except TimeoutError as fault:
            await self.kill()
            raise BrokerFailed(f"silent for {_START_S:g} s") from fault

    async def _listening(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, self.port)
            except OSError:
                await self._clock.sleep_until(self._clock.monotonic_ns() + _LOOK_EVERY_NS)
            else:
                writer.close()
                return
        assert process.stderr is not None
        raise BrokerFailed((await process.stderr.read()).decode(errors="replace"))

    async def kill(self) -> None:
        """End it at once (SIGKILL); what it had not handed on is gone."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def close(self) -> None:
        """Kill it and give the port back."""
        await self.kill()
        self._held.close()


def _configuration(port: int) -> str:
    lines = [
        f"listener {port} {LOOPBACK}",
        "allow_anonymous true",
        "persistence false",
        "set_tcp_nodelay true",  # else a window of 20 messages stalls for 40 ms (Nagle, delayed ACK)
        "max_inflight_messages 0",
        "max_queued_messages 0",
        "log_dest stderr",
        "log_type error",
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # a change of user would cut the lifeline to us
    return "\n".join(lines) + "\n"
