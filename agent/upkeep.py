"""Keeps the store within its bounds, round after round, for as long as the agent runs."""

import logging
from typing import Final

from agent.steady import SteadyClock
from agent.store_trouble import StoreTroubleLog
from agent.takings import STATE_PREFIX as TAKING_PREFIX
from agent.uplinks.hj212.register import STATE_PREFIX as REGISTER_PREFIX
from agent.uplinks.quarantine import PREFIX as QUARANTINE_PREFIX
from buffering.outbox import Keeping, Outbox, StoreFailed
from config.model import Plant
from drivers.clock import Clock

log = logging.getLogger(__name__)

ROUND_NS: Final = 60 * 10**9
DAY_NS: Final = 86_400 * 10**9
FIRST_LOOK_NS: Final = 600 * 10**9  # the start has looked at what matters most
REST_NS: Final = 20 * 10**6


def keeping_of(plant: Plant) -> Keeping:
    """Return how long and for whom the store keeps records, as the plant file says."""
    retention, uplinks = plant.buffer.retention, plant.uplinks
    return Keeping(
        readings_s=retention.readings_s,
        events_s=retention.events_s,
        alarms_s=retention.alarms_s,
        size_bytes=retention.max_size_bytes,
        backlog_s={name: age_s for name in uplinks if (age_s := _backlog_s(plant, name)) is not None},
        renamed={name: each.formerly for name, each in uplinks.items() if each.formerly is not None},
        # A request number is never given again, not even when a platform joins for a second time.
        named={QUARANTINE_PREFIX: False, REGISTER_PREFIX: True, TAKING_PREFIX: False},
    )


def _backlog_s(plant: Plant, name: str) -> float | None:
    """Return how old readings may be that an uplink still gets: its own bound or its platform's."""
    bounds = [plant.uplinks[name].max_backlog]
    if (layout := plant.layouts.get(name)) is not None:
        bounds.append(layout.limits.oldest_backfill)
    return min((bound for bound in bounds if bound is not None), default=None)


async def look_for_damage(outbox: Outbox, clock: Clock) -> None:
    """Look at the whole store once a day, until cancelled. Raises StoreFailed: it was closed."""
    due_ns = clock.monotonic_ns() + FIRST_LOOK_NS
    while True:
        await clock.sleep_until(due_ns)
        due_ns += DAY_NS
        try:
            await _look_at_all(outbox, clock)
        except StoreFailed as failed:
            if failed.reason in ("closed", "stopped"):
                raise
            log.error("the store could not be looked at for damage: %s", failed)


async def _look_at_all(outbox: Outbox, clock: Clock) -> None:
    current = await outbox.mending.scrub(None)
    while current is not None:
        # A rest after each slice, so that neither the disk nor the processor notices.
        await clock.sleep_until(clock.monotonic_ns() + REST_NS)
        current = await outbox.mending.scrub(current)


async def keep_store(outbox: Outbox, clock: Clock, troubles: StoreTroubleLog) -> None:
    """Sign what is new and tidy up, once a minute, until cancelled. Raises StoreFailed: it was closed."""
    steady = SteadyClock(clock)
    while True:
        trusted = steady.is_trusted()
        outbox.upkeep.sign(now_ns=clock.now_ns())
        troubles.round_over(await outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=trusted))
        await clock.sleep_until(clock.monotonic_ns() + ROUND_NS)
