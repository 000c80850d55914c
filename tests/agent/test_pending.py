"""A platform that says "taken" and tells later what became of it: a real outbox, the platform by a script.

The message is then neither acknowledged nor sent again. Others go past it.
"""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.records import Json
from agent.uplinks.content import Content
from agent.uplinks.layout import Layout
from agent.uplinks.results import PENDING_MAX, Asking
from agent.uplinks.uplink import (
    Delivered,
    Forgotten,
    Partly,
    Pending,
    Rejected,
    Result,
    Unknown,
)
from config.layout import LayoutLimits
from config.model import Text
from drivers.clock import SystemClock
from tests.agent.destination import Platform, Site, shipped_layout, site, values
from tests.agent.parts import SECOND
from tests.support.waiting import until

NO = Text("不收", "no")
LATER = Text("稍后", "later")
POINT = "co-1.concentration"


def question(content: Content, receipt: str | None) -> bytes:
    return json.dumps({"id": str(content.id), "receipt": receipt}).encode()


def asking(*, every_s: float = 0.02, give_up_s: float = 3600) -> Asking:
    return Asking(question, every_s, give_up_s)


class HoursLater(SystemClock):
    def now_ns(self) -> int:
        return super().now_ns() + 2 * 3600 * SECOND


class Slow(Platform):
    """Takes messages of readings and alarms, and says what became of them when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.is_slow: Callable[[Json], bool] = lambda body: bool(body["readings"] or body["alarms"])
        self.answer = lambda body: Pending(f"r-{body['id']}") if self.is_slow(body) else Delivered()
        self.results: dict[str, Result] = {}
        self.usual: Result = Pending()
        self.asked: list[Json] = []

    async def ask(self, query: bytes) -> Result:
        asked = json.loads(query)
        async with self.news:
            self.asked.append(asked)
            self.news.notify_all()
        return self.results.get(asked["id"], self.usual)

    def taken(self) -> list[Json]:
        return [body for body in self.attempts if self.is_slow(body)]


def slow_site(
    folder: Path, platform: Slow, *, asks: Asking | None = None, **more: Any
) -> AbstractAsyncContextManager[Site]:
    return site(folder, platform, asking=asks or asking(), **more)


def backlog(running: Site) -> int:
    return running.outbox.backlog("bureau").records


async def test_what_is_taken_is_neither_acknowledged_nor_sent_again_until_its_result_comes(
    tmp_path: Path,
) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: len(platform.asked) > 3)
        [body] = platform.taken()
        assert platform.asked[0] == {"id": body["id"], "receipt": f"r-{body['id']}"}
        assert backlog(running) == 1
        assert [each.lane for each in running.awaited.values()] == ["reading"]
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)
        assert running.awaited == {}
        assert running.events == []
    assert len(platform.taken()) == 1


async def test_a_question_that_gets_no_answer_says_nothing_of_the_message(tmp_path: Path) -> None:
    platform = Slow()
    platform.usual = Unknown(LATER)
    async with slow_site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: len(platform.asked) > 3)
        assert running.forwarder.results is not None
        assert running.forwarder.results.trouble == LATER
        assert running.forwarder.standing.up.is_set(), "it takes messages all the same"
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)
        assert running.forwarder.results.trouble is None
    assert len(platform.taken()) == 1


async def test_it_is_asked_for_and_not_sent_after_a_restart(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform) as before:
        await before.read(1)
        await platform.until(lambda: bool(platform.asked))
    platform.asked.clear()
    async with slow_site(tmp_path, platform) as running:
        await platform.until(lambda: bool(platform.asked))
        await running.read(2)
        await platform.until(lambda: len({each["id"] for each in platform.asked}) == 2)
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)
    assert values(platform.taken()) == [1, 2]
    assert platform.asked[0]["receipt"] == f"r-{platform.asked[0]['id']}"


async def test_the_limit_goes_on_over_a_restart(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform) as before:
        await before.read(1)
        await platform.until(lambda: bool(platform.asked))
    platform.asked.clear()
    async with slow_site(tmp_path, platform, clock=HoursLater()) as running:
        await platform.until(lambda: len(platform.taken()) == 2)
        assert len(platform.asked) == 1, "it is asked once more, and then sent"
        assert running.events[0]["kind"] == "result-missing"


async def test_no_result_within_the_limit_has_it_sent_again_under_its_id_and_said(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform, asks=asking(give_up_s=0.1)) as running:
        await running.read(1)
        await platform.until(lambda: len(platform.taken()) == 2)
        first, second = platform.taken()
        assert first == second
        [event] = running.events
        assert (event["kind"], event["number"]) == ("result-missing", first["number"])
        assert event["records"] == [running.outbox.opened.epoch, "reading", 1, 1]
        assert "gave no result within 0.1 s" in event["text"]["en"]
        assert "以同一编号重发" in event["text"]["zh"]
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)


async def test_what_the_platform_knows_nothing_of_any_more_is_sent_again_at_once(tmp_path: Path) -> None:
    platform = Slow()
    platform.usual = Forgotten(Text("查无", "knows nothing of it"))
    async with slow_site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: len(platform.taken()) == 2)
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)
        assert "knows nothing of it" in running.events[0]["text"]["en"]


async def test_a_lost_result_of_an_event_makes_no_event(tmp_path: Path) -> None:
    """Else each would make one more, without end."""
    platform = Slow()
    platform.is_slow = lambda body: body["kind"] == "catalogue"
    async with slow_site(tmp_path, platform, asks=asking(give_up_s=0.05), keeps_events=True) as running:
        await platform.until(lambda: len(platform.taken()) == 3)
        assert running.events == []


async def test_what_a_result_refuses_is_halved_down_to_the_reading(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform, run=False) as before:
        await before.read(1, 13, 3, 4)

    def judge(query: bytes) -> Result:
        of = {body["id"]: body for body in platform.attempts}
        return Rejected(NO) if 13 in values([of[json.loads(query)["id"]]]) else Delivered()

    platform.ask = asked_of(judge)  # type: ignore[method-assign, assignment]
    async with slow_site(tmp_path, platform) as running:
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await until(lambda: backlog(running) == 0)
        [kept] = running.forwarder.quarantine.readings
        assert (kept.point, kept.seq, kept.reason) == (POINT, 2, NO)


async def test_part_of_a_message_is_accepted_later_and_the_rest_is_told(tmp_path: Path) -> None:
    platform = Slow()
    platform.usual = Partly(("some-alarm",))
    async with slow_site(tmp_path, platform) as running:
        running.alarm()
        await until(lambda: bool(running.events))
        await until(lambda: backlog(running) == 0)
        assert "some-alarm" in running.events[0]["text"]["en"]
    assert len(platform.taken()) == 1


async def test_an_alarm_that_waits_for_its_result_holds_up_no_other(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform) as running:
        for count in range(1, 12):  # more than may step aside for failing
            running.alarm()
            await platform.until(lambda count=count: len(platform.taken()) == count)  # type: ignore[misc]
        assert len(running.awaited) == 11
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)
    assert len(platform.taken()) == 11


async def test_readings_go_past_those_that_wait_up_to_a_bound(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform) as running:
        await running.read(0)
        await platform.until(lambda: len(platform.taken()) == 1)
        for value in range(1, PENDING_MAX + 1):
            await running.read(value)
            await platform.until(lambda count=value + 1: len(platform.taken()) == count)  # type: ignore[misc]
        assert len(running.awaited) == PENDING_MAX
        await running.read(-1)
        running.alarm()  # overtakes what waits for room
        await platform.until(lambda: bool(platform.taken()[-1]["alarms"]))
        assert -1 not in values(platform.taken())
        platform.usual = Delivered()
        await platform.until(lambda: -1 in values(platform.taken()))
        await until(lambda: backlog(running) == 0)


async def test_in_order_the_next_goes_once_the_one_before_is_taken(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform, in_order=True) as running:
        for value in range(3):
            await running.read(value)
            await platform.until(lambda count=value + 1: len(platform.taken()) == count)  # type: ignore[misc]
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)
    assert values(platform.taken()) == [0, 1, 2]


async def test_nothing_is_asked_of_a_destination_that_is_down(tmp_path: Path) -> None:
    platform = Slow()
    async with slow_site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: bool(platform.asked))
        answer = platform.answer
        platform.answer = lambda _: Unknown(LATER)
        await running.read(2)
        await until(lambda: not running.forwarder.standing.up.is_set())
        asked, tried = len(platform.asked), len(platform.attempts)
        running.forwarder.kick()
        await platform.until(lambda: len(platform.attempts) > tried + 1)
        assert len(platform.asked) <= asked + 1, "one may have been under way"
        platform.answer = answer
        platform.usual = Delivered()
        await until(lambda: backlog(running) == 0)


@pytest.mark.parametrize("limit", [1, 3])
async def test_every_part_of_a_message_waits_for_its_own_result(tmp_path: Path, limit: int) -> None:
    platform = Slow()
    platform.usual = Delivered()
    async with slow_site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3)
    async with slow_site(tmp_path, platform, layout=in_parts(limit)) as running:
        await until(lambda: backlog(running) == 0)
    assert values(platform.taken()) == [1, 2, 3]
    assert len(platform.taken()) == 3 // limit
    assert [each["id"] for each in platform.asked] == [body["id"] for body in platform.taken()]


async def test_a_part_that_is_through_is_not_sent_again_after_a_restart(tmp_path: Path) -> None:
    platform = Slow()
    layout = in_parts(1)
    async with slow_site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3)
    async with slow_site(tmp_path, platform, layout=layout):
        await platform.until(lambda: bool(platform.asked))
        platform.results[platform.taken()[0]["id"]] = Delivered()
        await platform.until(lambda: len(platform.taken()) == 2)
        await platform.until(lambda: platform.asked[-1]["id"] == platform.taken()[1]["id"])
    platform.usual = Delivered()
    async with slow_site(tmp_path, platform, layout=layout) as running:
        await until(lambda: backlog(running) == 0)
    assert values(platform.taken()) == [1, 2, 3]


def asked_of(judge: Callable[[bytes], Result]) -> Callable[[bytes], Any]:
    async def ask(query: bytes) -> Result:
        return judge(query)

    return ask


def in_parts(points: int) -> Layout:
    shipped = shipped_layout("json")
    return replace(shipped, limits=LayoutLimits(points=points))
