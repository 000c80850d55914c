"""A stage of the agent: tasks that start and end together, so that there is an order to stop in."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

from agent.supervise import Supervisor

CANCEL_AGAIN_S: Final = 1.0


class Stage:
    """Keeps tasks running under the supervisor until it ends."""

    def __init__(self, group: asyncio.TaskGroup, supervisor: Supervisor) -> None:
        self._group = group
        self._supervisor = supervisor
        self._tasks: list[asyncio.Task[None]] = []

    def keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a task for as long as the stage lasts, e.g. `driver[gas-line]`."""
        self._tasks.append(self._group.create_task(self._supervisor.keep(name, run), name=name))

    async def end(self) -> None:
        """End every task, and wait until they have ended.

        They are cancelled again as long as one goes on: `asyncio.wait_for` of Python
        3.11, which libraries use, forgets a cancel that meets its result.
        """
        running: set[asyncio.Task[None]] = set(self._tasks)
        while running:
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_S)


@contextlib.asynccontextmanager
async def stage(supervisor: Supervisor) -> AsyncGenerator[Stage, None]:
    """Enter a stage; leaving it ends its tasks and waits until they have ended."""
    async with asyncio.TaskGroup() as group:
        entered = Stage(group, supervisor)
        try:
            yield entered
        finally:
            await entered.end()
