"""Somebody else who talks on a line of a test."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.drivers.scripted import Scripted, with_crc
from tests.support.waiting import let_pass


@asynccontextmanager
async def another_master(device: Scripted, chatter: Callable[[], bytes]) -> AsyncIterator[None]:
    """Have the line bring somebody else's bytes, again and again."""

    async def talk() -> None:
        while True:
            if device.say is not None:
                device.say(chatter())
            await let_pass(0.02)

    task = asyncio.create_task(talk())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def polling(unit: int = 12) -> bytes:
    """Return what a master sends that reads two registers."""
    return with_crc(struct.pack(">BBHH", unit, 3, 0, 2))
