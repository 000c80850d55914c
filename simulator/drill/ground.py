"""A drill's ground: plant and platform as processes of their own, and an agent that comes and goes.

Everything lies in one folder and on loopback. Whatever happens, no process is left behind.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from simulator.bureau.overlay import PLATFORM
from simulator.clock import Clock
from simulator.demo.eyes import Eyes, Sight, eyes, read_address
from simulator.demo.piece import Command, Piece
from simulator.demo.processes import Child, console_script
from simulator.drill.progress import Progress
from simulator.timeline import NS_PER_S

STORE: Final = "outbox.db"

_LEAD_S: Final = 2.0  # from starting the processes to the scenario's beginning
_READY_S: Final = 30.0
_LOOK_NS: Final = NS_PER_S // 5
_PATIENCE_S: Final = 15.0


class Ground:
    """Where one drill is played. `state` is the agent's state folder, as it is seen from here."""

    def __init__(
        self, piece: Piece, state: Path, progress: Progress, clock: Clock, closing: AsyncExitStack
    ) -> None:
        self.piece = piece
        self.state = state
        self.begin_ns = 0
        self._progress = progress
        self._clock = clock
        self._closing = closing
        self._children: list[Child] = []
        self._agent: Child | None = None
        self._agent_command: Command = []
        self._looking: Eyes

    async def open(self, agent: Command) -> None:
        """Start plant and platform; `agent` is how the agent is started. Raises Fell, OSError."""
        piece, self._agent_command = self.piece, agent
        self.begin_ns = self._clock.now_ns() + round(_LEAD_S * NS_PER_S)
        players = [
            await self._enter("plant", piece.player("simulator", "plant", self.begin_ns)),
            await self._enter("platform", piece.player("simulator.bureau", "platform", self.begin_ns)),
        ]
        await asyncio.gather(*(player.ready(_READY_S) for player in players))
        address = read_address(piece.platform_folder / PLATFORM)
        self._looking = await self._closing.enter_async_context(eyes(self.state, address))
        self._closing.push_async_callback(self._end_agent)

    # The agent

    @property
    def agent(self) -> Child:
        """The agent that was started last."""
        assert self._agent is not None
        return self._agent

    def now_ns(self) -> int:
        """Return UTC in nanoseconds."""
        return self._clock.now_ns()

    async def start(self) -> None:
        """Start the agent; raises OSError."""
        self._agent = await Child.start("agent", self._agent_command, self.piece.state / "agent.log")

    async def kill(self) -> None:
        """SIGKILL it."""
        agent, self._agent = self.agent, None
        await agent.kill()

    async def stop(self) -> None:
        """Stop it as systemd does."""
        agent, self._agent = self.agent, None
        await agent.end(_PATIENCE_S)

    async def ask(self, *words: str) -> tuple[int, str]:
        """Run another command of ours on the running agent; return its exit code and what it said."""
        process = await asyncio.create_subprocess_exec(
            console_script("edge-agent"),
            *words,
            "--state",
            str(self.state),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode(errors="replace").strip()

    # Time

    def tell(self, code: str, **fields: object) -> None:
        """Show what is being done."""
        self._progress.step((self._clock.now_ns() - self.begin_ns) / NS_PER_S, code, **fields)

    async def until(self, fraction: float) -> None:
        """Wait until that much of the length is over; raises Fell when a process ends by itself."""
        end_ns = self.begin_ns + round(fraction * self.piece.seconds * NS_PER_S)
        async for sight in self._sights():
            if sight.asked_ns >= end_ns:
                return

    async def answered(self) -> int:
        """Wait until the agent answers; return when, UTC ns. Raises Fell where it never does."""
        patience_ns = self._clock.now_ns() + round(_READY_S * NS_PER_S)
        async for sight in self._sights():
            if sight.agent is not None:
                return sight.asked_ns
            if sight.asked_ns >= patience_ns:
                break
        raise self.agent.fell()

    async def recording(self) -> None:
        """Wait until the agent has recorded readings since it first answered. Raises Fell: it never does."""
        patience_ns = self._clock.now_ns() + round(_READY_S * NS_PER_S)
        first: int | None = None
        async for sight in self._sights():
            if sight.agent is not None:
                head = sight.agent["store"]["heads"]["reading"]
                first = head if first is None else first
                if head > first:
                    return
            if sight.asked_ns >= patience_ns:
                break
        raise self.agent.fell()

    async def after(self, seconds: float) -> Sight:
        """Wait so long; return what was seen last. Raises Fell when a process ends by itself."""
        end_ns = self._clock.now_ns() + round(seconds * NS_PER_S)
        async for sight in self._sights():
            if sight.asked_ns >= end_ns:
                return sight
        raise AssertionError  # it is looked for ever

    async def pass_by(self, seconds: float) -> None:
        """Let time pass without looking: whoever is asked just before does not work as usual."""
        await self._clock.sleep_until(self._clock.monotonic_ns() + round(seconds * NS_PER_S))

    async def drained(self, patience_s: float) -> int | None:
        """Wait until the agent has nothing left to send; return when, UTC ns, or None if it never had."""
        end_ns = self._clock.now_ns() + round(patience_s * NS_PER_S)
        async for sight in self._sights():
            if sight.drained:
                return sight.asked_ns
            if sight.asked_ns >= end_ns:
                break
        return None

    async def _sights(self) -> AsyncIterator[Sight]:
        while True:
            due_ns = self._clock.monotonic_ns() + _LOOK_NS
            for child in (*self._children, *([self._agent] if self._agent else ())):
                if not child.alive:
                    raise child.fell()
            sight = await self._looking.look(self._clock.now_ns())
            self._progress.sight((sight.asked_ns - self.begin_ns) / NS_PER_S, sight)
            yield sight
            await self._clock.sleep_until(due_ns)

    async def _enter(self, name: str, command: Command) -> Child:
        child = await Child.start(name, command, self.piece.state / f"{name}.log", announces=True)
        self._closing.push_async_callback(child.end, _PATIENCE_S)
        self._children.append(child)
        return child

    async def _end_agent(self) -> None:
        if self._agent is not None:
            await self._agent.end(_PATIENCE_S)


@asynccontextmanager
async def ground(piece: Piece, progress: Progress, clock: Clock) -> AsyncIterator[Ground]:
    """Make the ground; at the end its processes are ended. Raises Fell, OSError."""
    state = piece.state / "state"
    state.mkdir(parents=True)
    async with AsyncExitStack() as closing:
        made = Ground(piece, state, progress, clock, closing)
        await made.open(piece.agent(state))
        yield made
