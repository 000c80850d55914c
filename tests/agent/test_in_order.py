"""`order: in-order`: a platform gets a point's readings in the order in which they were recorded.

Method: a real outbox, a platform that follows a script and keeps what it stored in
order of arrival.
"""

import asyncio
from pathlib import Path

from agent.uplinks.uplink import Delivered, RetryAfter, Unknown, Verdict
from config.model import Text
from tests.agent.destination import Platform, site, values
from tests.support.waiting import until

NO = Text("否", "no")


def kinds(platform: Platform) -> list[str]:
    return [body["kind"] for body in platform.stored if body["readings"]]


async def test_an_outage_comes_before_what_was_read_after_it(tmp_path: Path) -> None:
    platform = Platform(window=8)
    async with site(tmp_path, platform, in_order=True) as running:
        await running.read(1, 2)
        await platform.until(lambda: len(values(platform.stored)) == 2)
        platform.answer = lambda _: Unknown(NO)
        await running.read(3, 4, 5)
        await until(lambda: not running.forwarder.standing.up.is_set())
        await running.read(*range(6, 200))
        platform.answer = lambda _: Delivered()
        await platform.until(lambda: 6 in values(platform.stored))
        await running.read(*range(200, 210))
        await platform.until(lambda: 209 in values(platform.stored))
    assert values(platform.stored) == list(range(1, 210))
    assert "continues" in kinds(platform), "what is late is still marked"
    assert kinds(platform)[-1] == "report"


async def test_live_waits_for_back_fill_that_is_under_way(tmp_path: Path) -> None:
    platform = Platform(window=8)
    async with site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3)
    platform.answer = lambda body: None if body["readings"] else Delivered()
    async with site(tmp_path, platform, in_order=True) as running:
        await platform.until(lambda: any(body["readings"] for body in platform.attempts))
        await running.read(4)
        running.alarm()
        await platform.until(lambda: bool(platform.of("alarm")))
        assert {body["kind"] for body in platform.attempts if body["readings"]} == {"continues"}


async def test_a_restart_goes_on_with_the_oldest_whatever_was_cut_before_it(tmp_path: Path) -> None:
    """Back-fill and live were side by side before the plant file said in-order."""
    platform = Platform(window=8)
    async with site(tmp_path, platform, run=False) as before:
        await before.read(*range(5))
    platform.answer = lambda body: None if body["readings"] else Delivered()
    async with site(tmp_path, platform) as side_by_side:
        await platform.until(lambda: any(body["kind"] == "continues" for body in platform.attempts))
        await side_by_side.read(*range(5, 8))
        await platform.until(lambda: 7 in values(platform.attempts))
    again = Platform(window=8)
    async with site(tmp_path, again, in_order=True) as running:
        await running.read(8, 9)
        await again.until(lambda: 9 in values(again.stored))
    assert values(again.stored) == list(range(10))
    cut = {body["id"]: body for body in platform.attempts if body["readings"]}
    repeated = [body for body in again.stored if body["id"] in cut]
    assert repeated == [cut[body["id"]] for body in repeated], "a repeat is the same bytes"
    assert len(repeated) == len(cut)


async def test_what_is_put_off_or_answered_with_silence_is_not_overtaken(tmp_path: Path) -> None:
    platform = Platform(window=8)
    answers: list[Verdict] = [RetryAfter(0.05, NO), Unknown(NO), RetryAfter(0.05, NO)]
    platform.answer = lambda body: answers.pop() if body["readings"] and answers else Delivered()
    async with site(tmp_path, platform, in_order=True) as running:
        await until(running.forwarder.standing.up.is_set)
        await running.read(*range(20))
        await platform.until(lambda: 19 in values(platform.stored))
    assert answers == []
    assert values(platform.stored) == list(range(20))


async def test_an_alarm_overtakes_readings_in_order(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: None if body["readings"] else Delivered()
    async with site(tmp_path, platform, in_order=True) as running:
        await running.read(1)
        await platform.until(lambda: any(body["readings"] for body in platform.attempts))
        running.alarm()
        async with asyncio.timeout(5):
            await platform.until(lambda: bool(platform.of("alarm")))
