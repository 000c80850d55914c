"""A clock that is set goes on record: ahead as a gap with its reason, back as an event of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.clock_steps import ClockSteps
from agent.records import Json
from tests.agent.parts import BEGIN_NS, SECOND, HandClock


@asynccontextmanager
async def watched(clock: HandClock) -> AsyncIterator[list[Json]]:
    events: list[Json] = []
    watching = asyncio.create_task(ClockSteps(clock, events.append).run())
    await asyncio.sleep(0)
    yield events
    watching.cancel()


async def second(clock: HandClock) -> None:
    clock.move(1)
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("step_s", "kind"),
    [(3600, "gap"), (86_400, "gap"), (-3600, "clock-set-back"), (-BEGIN_NS // SECOND, "clock-set-back")],
)
async def test_a_step_is_told_once_from_where_to_where(step_s: int, kind: str) -> None:
    clock = HandClock()
    async with watched(clock) as events:
        await second(clock)
        clock.utc_ns += step_s * SECOND
        await second(clock)
        await second(clock)
    [event] = events
    assert event["kind"] == kind
    assert event["to_ns"] - event["from_ns"] == step_s * SECOND
    assert event["from_ns"] == BEGIN_NS + 2 * SECOND


async def test_what_ntp_slews_is_no_step() -> None:
    clock = HandClock()
    async with watched(clock) as events:
        for _ in range(20):
            clock.utc_ns += SECOND // 2
            await second(clock)
    assert events == []
