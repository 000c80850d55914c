"""Waiting for what has no event of its own: another process, the file system, time itself.

The only place in the tests that sleeps. Where something can be awaited, it is.
"""

import asyncio
from collections.abc import Callable

LOOK_S = 0.02


async def until(condition: Callable[[], bool]) -> None:
    """Look again and again until it holds; the test's own time-out is the limit."""
    while not condition():
        await look_again()


async def look_again() -> None:
    """Wait for a moment before the next look."""
    await asyncio.sleep(LOOK_S)


async def let_pass(seconds: float) -> None:
    """Let time pass in which nothing may happen, or in which only time is at work."""
    await asyncio.sleep(seconds)
