"""The agent as a process of its own on some plant file, for as long as a test needs it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.cli.status import ask
from agent.state_folder import SOCKET_NAME
from simulator.lifeline import tied_to
from tests.support.waiting import look_again
from tests.system.platform import Json
from tests.system.site import AGENT

ROOT = Path(__file__).parents[2]


@dataclass
class AgentProcess:
    """One run of the agent."""

    process: asyncio.subprocess.Process
    state: Path
    log: Path

    async def status(self) -> Json:
        """Ask it over its control socket; empty as long as it does not answer."""
        if not (self.state / SOCKET_NAME).exists():
            return {}
        return await asyncio.to_thread(ask, self.state)

    async def until(self, met: Callable[[Json], bool], timeout_s: float = 20) -> Json:
        """Return the first status that meets `met`."""
        async with asyncio.timeout(timeout_s):
            while True:
                assert self.process.returncode is None, self.log.read_text(encoding="utf-8")
                status = await self.status()
                if status and met(status):
                    return status
                await look_again()

    async def stop(self) -> int:
        """Stop it as systemd does; return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 30)


@asynccontextmanager
async def agent_on(
    plant: Path, folder: Path, *overlays: Path, agent: Sequence[str] = (str(AGENT),)
) -> AsyncIterator[AgentProcess]:
    """Run the agent, or another program in its place; at the end it is gone."""
    state, log = folder / "state", folder / "agent.log"
    laid_over = [word for overlay in overlays for word in ("--overlay", str(overlay))]
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *agent,
            "run",
            str(plant),
            "--state",
            str(state),
            *laid_over,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},  # a mutant stands in tests/
            stderr=stderr,
            preexec_fn=tied_to(os.getpid()),
        )
    running = AgentProcess(process, state, log)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
