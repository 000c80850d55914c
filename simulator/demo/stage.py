"""The demo's stage: plant, platform and agent as three processes, for a while, and none left behind.

Plant and platform are started first and say when they are ready. The agent then
plays its part for the length, goes on until it has nothing left to send, and is
told to stop before the other two, so that its last messages still arrive.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from simulator.bureau.overlay import PLATFORM
from simulator.clock import Clock
from simulator.demo.accounting import Run
from simulator.demo.eyes import Eyes, Sight, eyes, read_address
from simulator.demo.piece import Piece
from simulator.demo.processes import Child, Usage
from simulator.demo.view import View
from simulator.timeline import NS_PER_S

_LEAD_S: Final = 2.0  # from starting the processes to the scenario's beginning
_READY_S: Final = 30.0
_DRAIN_S: Final = 30.0
_LOOK_S: Final = 0.2
_PATIENCE_S: Final = 15.0


class Stage:
    """Plays one piece."""

    def __init__(self, piece: Piece, view: View, clock: Clock) -> None:
        self._piece = piece
        self._view = view
        self._clock = clock
        self._children: list[Child] = []
        self._at_start = Usage()
        self._usage = Usage()

    async def play(self) -> Run:
        """Play the piece and return when the agent ran; on the way out every process is ended.

        Raises Fell when a process ends by itself, OSError when one cannot be started.
        """
        async with AsyncExitStack() as closing:
            begin_ns = self._clock.now_ns() + round(_LEAD_S * NS_PER_S)
            self._view.say("starting")
            plant = await self._enter(closing, "plant", self._piece.player("simulator", "plant", begin_ns))
            platform = await self._enter(
                closing, "platform", self._piece.player("simulator.bureau", "platform", begin_ns)
            )
            await asyncio.gather(plant.ready(_READY_S), platform.ready(_READY_S))
            address = read_address(self._piece.platform_folder / PLATFORM)
            looking = await closing.enter_async_context(eyes(self._piece.state, address))
            started_ns = self._clock.now_ns()
            agent = await self._enter(closing, "agent", self._piece.agent())
            answered_ns = await self._answer(looking, agent)
            settled_ns = await self._watch(looking, agent, begin_ns)
            self._view.say("stopping")
            stop_ns = self._clock.now_ns()
            await agent.end(_PATIENCE_S)
            return Run(started_ns, answered_ns, settled_ns or stop_ns, stop_ns, self._at_start, self._usage)

    async def _answer(self, looking: Eyes, agent: Child) -> int:
        """Wait until the agent answers, UTC ns; raises Fell where it never does."""
        patience_ns = self._clock.monotonic_ns() + round(_READY_S * NS_PER_S)
        async for sight in self._sights(looking, agent, _LOOK_S):
            self._at_start = self._usage
            if sight.agent is not None:
                return sight.asked_ns
            if self._clock.monotonic_ns() >= patience_ns:
                break
        raise agent.fell()

    async def _watch(self, looking: Eyes, agent: Child, begin_ns: int) -> int | None:
        """Show what happens until the length is over and the agent has drained, or has had its time.

        Returns when it had nothing left to send, UTC ns, or None.
        """
        end_ns = begin_ns + round(self._piece.seconds * NS_PER_S)
        self._view.say("playing")
        async for sight in self._sights(looking, agent, self._view.interval_s):
            now_ns = self._clock.now_ns()
            self._view.show(sight, (now_ns - begin_ns) / NS_PER_S, self._piece.seconds)
            if now_ns >= end_ns:
                break
        self._view.say("draining")
        async for sight in self._sights(looking, agent, _LOOK_S):
            if sight.drained:
                return sight.asked_ns
            if self._clock.now_ns() >= end_ns + round(_DRAIN_S * NS_PER_S):
                return None
        return None

    async def _sights(self, looking: Eyes, agent: Child, interval_s: float) -> AsyncIterator[Sight]:
        interval_ns = round(interval_s * NS_PER_S)
        due_ns = self._clock.monotonic_ns()
        while True:
            for child in self._children:
                if not child.alive:
                    raise child.fell()
            self._usage = agent.usage() or self._usage
            yield await looking.look(self._clock.now_ns())
            due_ns = max(due_ns + interval_ns, self._clock.monotonic_ns())
            await self._clock.sleep_until(due_ns)

    async def _enter(self, closing: AsyncExitStack, name: str, command: list[str | Path]) -> Child:
        log = self._piece.state / f"{name}.log"
        child = await Child.start(name, command, log, announces=name != "agent")
        closing.push_async_callback(child.end, _PATIENCE_S)
        self._children.append(child)
        return child
