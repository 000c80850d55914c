"""A clock that is set goes on record: ahead as a gap with its reason, back as an event of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.clock_steps import ClockSteps
from agent.records import Json
from tests.agent.parts import BEGIN_NS, SECOND, HandClock


@asynccontextmanager
async def watched(clock: HandClock, *, latest_ns: int = 0) -> AsyncIterator[list[Json]]:
    events: list[Json] = []
    watching = asyncio.create_task(ClockSteps(clock, events.append, latest_ns=latest_ns).run())
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


async def test_a_clock_set_back_and_put_right_leaves_no_gap_where_there_are_records() -> None:
    clock = HandClock()
    async with watched(clock) as events:
        clock.move(7200)
        await second(clock)
        set_back_ns = clock.now_ns()
        clock.utc_ns -= 3600 * SECOND
        await second(clock)
        clock.utc_ns += 3610 * SECOND
        await second(clock)
    back, gap = events
    assert (back["kind"], gap["kind"], gap["cause"]) == ("clock-set-back", "gap", "clock")
    assert abs(gap["from_ns"] - set_back_ns) <= SECOND, (
        "up to then it was recorded before the clock was set back"
    )
    assert gap["to_ns"] == clock.now_ns()


async def test_a_clock_that_came_up_in_1970_leaves_no_gap_of_half_a_century() -> None:
    clock = HandClock()
    clock.utc_ns = 40 * SECOND
    async with watched(clock, latest_ns=BEGIN_NS) as events:
        await second(clock)
        clock.utc_ns = BEGIN_NS + 600 * SECOND
        await second(clock)
    [gap] = events
    assert (gap["kind"], gap["cause"]) == ("gap", "clock")
    assert (gap["from_ns"], gap["to_ns"]) == (BEGIN_NS, clock.now_ns()), "after the latest time on record"


async def test_a_new_store_whose_clock_came_up_in_1970_lacks_nothing() -> None:
    clock = HandClock()
    clock.utc_ns = 40 * SECOND
    async with watched(clock) as events:
        await second(clock)
        clock.utc_ns = BEGIN_NS
        await second(clock)
    assert [event["kind"] for event in events] == ["clock-set-ahead"]
    assert "nothing is missing" in events[0]["text"]["en"]


async def test_what_ntp_slews_is_no_step() -> None:
    clock = HandClock()
    async with watched(clock) as events:
        for _ in range(20):
            clock.utc_ns += SECOND // 2
            await second(clock)
    assert events == []
