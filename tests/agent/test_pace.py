"""`rate:`: no more messages in a time than a platform takes, and who waits for whom.

Method: turns on a clock that is moved by hand; the outbox, the forwarder and the
platform's answers are as ever.
"""

import asyncio
from pathlib import Path

from agent.uplinks.pace import Pace
from agent.uplinks.uplink import Delivered, Unknown
from config.model import Text
from tests.agent.destination import Platform, Site, site, values
from tests.agent.parts import HandClock
from tests.support.waiting import until

NO = Text("否", "no")


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def taken(turns: list[int], clock: HandClock, pace: Pace, count: int) -> None:
    for _ in range(count):
        await pace.turn()
        turns.append(clock.monotonic_ns())


async def test_turns_are_spread_evenly_whoever_takes_them() -> None:
    clock, turns = HandClock(), list[int]()
    pace, begin = Pace(10.0, clock), clock.monotonic_ns()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(taken(turns, clock, pace, 3))
        for _ in range(60):
            await settle()
            clock.move(0.01)
    assert [(turn - begin) / 1e6 for turn in turns] == [0, 100, 200, 300, 400, 500]


async def test_a_long_rest_saves_up_nothing_and_what_goes_out_of_turn_counts() -> None:
    clock, turns = HandClock(), list[int]()
    pace = Pace(1.0, clock)
    clock.move(100)
    begin = clock.monotonic_ns()
    pace.count()
    pace.count()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(taken(turns, clock, pace, 2))
        for _ in range(4):
            await settle()
            clock.move(1)
    assert [(turn - begin) / 1e9 for turn in turns] == [2, 3]


async def next_turn(running: Site, clock: HandClock) -> list[str]:
    """Let one message through; return the kinds of what came since, heartbeats left out."""
    platform = running.platform
    before = len(platform.attempts)
    clock.move(1)
    await platform.until(lambda: len(platform.attempts) > before)
    return [body["kind"] for body in platform.attempts[before:]]


async def test_readings_wait_their_turn_and_take_in_what_comes_meanwhile(tmp_path: Path) -> None:
    platform, clock = Platform(window=8), HandClock()
    async with site(tmp_path, platform, pace=Pace(1.0, clock)) as running:
        await platform.until(lambda: bool(platform.of("heartbeat")))
        await next_turn(running, clock)  # the record of the catalogue
        await running.read(*range(40))
        for _ in range(2):
            await next_turn(running, clock)
        assert [len(body["readings"]) for body in platform.stored if body["readings"]] == [1, 39]
    assert values(platform.stored) == list(range(40))


async def test_an_alarm_waits_for_no_turn_and_later_turns_wait_for_it(tmp_path: Path) -> None:
    platform, clock = Platform(window=8), HandClock()
    async with site(tmp_path, platform, pace=Pace(1.0, clock)) as running:
        await platform.until(lambda: bool(platform.of("heartbeat")))
        await next_turn(running, clock)
        await running.read(1)
        for count in range(1, 4):
            running.alarm()
            await platform.until(lambda: len(platform.of("alarm")) == count)  # noqa: B023
        assert values(platform.stored) == []
        clock.move(3)
        await settle()
        assert values(platform.attempts) == [], "the alarms were messages, too"
        await next_turn(running, clock)
        assert values(platform.stored) == [1]


async def test_what_is_read_now_stands_behind_one_message_of_back_fill_and_not_behind_all(
    tmp_path: Path,
) -> None:
    platform, clock = Platform(window=8), HandClock()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(*range(450))
    async with site(tmp_path, platform, pace=Pace(1.0, clock)) as running:
        await platform.until(lambda: bool(platform.of("heartbeat")))
        await running.read(1000)
        kinds = [kind for _ in range(4) for kind in await next_turn(running, clock)]
    assert kinds.count("report") == 1
    assert kinds.index("report") <= 2
    assert "continues" in kinds


async def test_alarms_that_never_arrived_are_not_held_against_the_readings(tmp_path: Path) -> None:
    platform, clock = Platform(), HandClock()
    async with site(tmp_path, platform, pace=Pace(1.0, clock)) as running:
        await platform.until(lambda: bool(platform.of("heartbeat")))
        await next_turn(running, clock)
        platform.answer = lambda _: Unknown(NO)
        running.alarm()
        await until(lambda: not running.forwarder.standing.up.is_set())
        for _ in range(5):
            attempts = len(platform.attempts)
            running.forwarder.kick()
            await platform.until(lambda: len(platform.attempts) > attempts)  # noqa: B023
        platform.answer = lambda _: Delivered()
        running.forwarder.kick()
        await platform.until(lambda: bool(platform.of("alarm")))
        clock.move(3)
        await running.read(1)
        await platform.until(lambda: values(platform.stored) == [1])
