"""Waiting for a time or an event, whichever comes first."""

import asyncio

from drivers.clock import Clock


async def until(event: asyncio.Event, clock: Clock, due_ns: int | None) -> bool:
    """Wait for `event`, at the longest until `due_ns` on the monotonic clock; return whether it came."""
    if due_ns is None:
        await event.wait()
        return True
    waits = [
        asyncio.ensure_future(event.wait()),
        asyncio.ensure_future(clock.sleep_until(due_ns)),
    ]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return event.is_set()
