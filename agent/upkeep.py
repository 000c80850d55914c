"""Keeps the store within its bounds, round after round, for as long as the agent runs."""

import logging
from typing import Final

from agent.steady import SteadyClock
from buffering.outbox import Keeping, Outbox
from config.model import Plant
from drivers.clock import Clock

log = logging.getLogger(__name__)

ROUND_NS: Final = 60 * 10**9


def keeping_of(plant: Plant) -> Keeping:
    """Return how long and for whom the store keeps records, as the plant file says."""
    retention, uplinks = plant.buffer.retention, plant.uplinks
    return Keeping(
        readings_s=retention.readings_s,
        events_s=retention.events_s,
        alarms_s=retention.alarms_s,
        size_bytes=retention.max_size_bytes,
        backlog_s={name: each.max_backlog for name, each in uplinks.items() if each.max_backlog is not None},
        renamed={name: each.formerly for name, each in uplinks.items() if each.formerly is not None},
    )


async def keep_store(outbox: Outbox, clock: Clock) -> None:
    """Sign what is new and tidy up, once a minute, until cancelled. Raises StoreFailed: it was closed."""
    steady = SteadyClock(clock)
    while True:
        trusted = steady.is_trusted()
        outbox.upkeep.sign(now_ns=clock.now_ns())
        await outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=trusted)
        await clock.sleep_until(clock.monotonic_ns() + ROUND_NS)
