"""Two ways to one platform: the second only while the first is down, and never both at once."""

import asyncio
from collections.abc import Callable
from random import Random
from uuid import uuid4

import pytest

from agent.uplinks.routes import LOOK_BACK_NS, TwoWays
from agent.uplinks.uplink import Delivered, Kind, Parcel, Rejected, Unauthorised, Unknown, Verdict, Wire
from config.model import Text
from tests.agent.parts import HandClock
from tests.support.waiting import until

NO = Text("否", "no")
LOOK_BACK_S = LOOK_BACK_NS / 1e9 + 1


class Way:
    """Answers by script; None swallows. Says through `both` whether another way was in use meanwhile."""

    def __init__(self, name: str, log: list[str], using: set[str]) -> None:
        self.window = 4
        self.answer: Callable[[], Verdict | None] = Delivered
        self.closed = 0
        self._name = name
        self._log = log
        self._using = using

    async def send(self, parcel: Parcel) -> Verdict:
        assert self._using <= {self._name}, "both ways at once"
        self._using.add(self._name)
        try:
            self._log.append(f"{self._name} {parcel.kind}")
            await asyncio.sleep(0)
            verdict = self.answer()
            if verdict is None:
                await asyncio.Event().wait()
            assert verdict is not None
            return verdict
        finally:
            self._using.discard(self._name)

    def wires(self, parcel: Parcel) -> list[Wire]:
        return [Wire(self._name, parcel.body)]

    async def close(self) -> None:
        self.closed += 1


class Site:
    def __init__(self) -> None:
        self.log: list[str] = []
        self.changes: list[int] = []
        using: set[str] = set()
        self.first, self.second = Way("first", self.log, using), Way("second", self.log, using)
        self.clock = HandClock()
        self.uplink = TwoWays(self.first, self.second, self.clock, self.changes.append)

    async def send(self, kind: Kind = Kind.READING) -> Verdict:
        return await self.uplink.send(Parcel(uuid4(), kind, "reading", b""))


@pytest.fixture
def site() -> Site:
    return Site()


async def test_the_first_way_is_used_as_long_as_it_works(site: Site) -> None:
    for _ in range(3):
        assert await site.send() == Delivered()
    assert site.log == ["first reading"] * 3
    assert site.changes == []


async def test_the_second_is_used_from_the_next_attempt_on_and_the_change_is_told_once(site: Site) -> None:
    site.first.answer = lambda: Unknown(NO)
    assert await site.send() == Unknown(NO)
    assert await site.send() == Delivered()
    assert await site.send() == Delivered()
    assert site.log == ["first reading", "second reading", "second reading"]
    assert site.changes == [1]
    assert site.first.closed == 1


@pytest.mark.parametrize("verdict", [Rejected(NO), Unauthorised(NO)])
async def test_an_answer_of_the_platform_is_no_reason_to_leave_a_way(site: Site, verdict: Verdict) -> None:
    site.first.answer = lambda: verdict
    assert await site.send() == verdict
    await site.send()
    assert site.log == ["first reading"] * 2


async def test_with_both_down_they_are_tried_in_turn_and_nothing_is_told(site: Site) -> None:
    site.first.answer = site.second.answer = lambda: Unknown(NO)
    for _ in range(4):
        await site.send()
    assert site.log == ["first reading", "second reading"] * 2
    assert site.changes == []


async def test_what_is_under_way_when_a_way_is_left_is_cut_off_and_goes_again(site: Site) -> None:
    site.first.answer = lambda: None
    swallowed = [asyncio.create_task(site.send()) for _ in range(3)]
    await until(lambda: len(site.log) == 3)
    site.first.answer = lambda: Unknown(NO)
    await site.send()
    assert all(isinstance(verdict, Unknown) for verdict in await asyncio.gather(*swallowed))
    assert await site.send() == Delivered()
    assert site.log[-1] == "second reading"


async def on_the_second(site: Site) -> None:
    site.first.answer = lambda: Unknown(NO)
    await site.send()
    await site.send()
    site.log.clear()


async def test_a_heartbeat_looks_after_the_first_way_only_after_a_while(site: Site) -> None:
    await on_the_second(site)
    await site.send(Kind.HEARTBEAT)
    assert site.log == ["second heartbeat"]
    site.clock.move(LOOK_BACK_S)
    await site.send(Kind.HEARTBEAT)
    assert site.log == ["second heartbeat", "first heartbeat", "second heartbeat"]
    await site.send(Kind.HEARTBEAT)
    assert site.log[-1] == "second heartbeat", "the next look is as far off"


async def test_the_first_way_is_taken_again_once_it_works(site: Site) -> None:
    await on_the_second(site)
    site.first.answer = Delivered
    site.clock.move(LOOK_BACK_S)
    assert await site.send(Kind.HEARTBEAT) == Delivered()
    assert await site.send() == Delivered()
    assert site.log == ["first heartbeat", "first reading"]
    assert site.changes == [1, 0]
    assert site.second.closed == 1


async def test_an_alarm_ends_a_look_at_the_first_way_at_once(site: Site) -> None:
    await on_the_second(site)
    site.first.answer = lambda: None
    site.clock.move(LOOK_BACK_S)
    looking = asyncio.create_task(site.send(Kind.HEARTBEAT))
    await until(lambda: site.log == ["first heartbeat"])
    assert await site.send(Kind.ALARM) == Delivered()
    assert await looking == Delivered()
    assert sorted(site.log) == ["first heartbeat", "second alarm", "second heartbeat"]


async def test_readings_wait_for_a_look_at_the_first_way(site: Site) -> None:
    await on_the_second(site)
    site.first.answer = lambda: None
    site.clock.move(LOOK_BACK_S)
    looking = asyncio.create_task(site.send(Kind.HEARTBEAT))
    await until(lambda: site.log == ["first heartbeat"])
    reading = asyncio.create_task(site.send())
    await asyncio.sleep(0)
    assert site.log == ["first heartbeat"]
    await site.send(Kind.ALARM)
    looked, read = await asyncio.gather(looking, reading)
    assert looked == read == Delivered()


async def test_however_ways_fail_never_both_are_in_use_and_every_message_gets_a_verdict(site: Site) -> None:
    rng = Random(5)
    site.first.answer = site.second.answer = lambda: Unknown(NO) if rng.random() < 0.3 else Delivered()

    async def stream() -> None:
        for _ in range(50):
            while isinstance(await site.send(), Unknown):
                pass

    await asyncio.gather(*(stream() for _ in range(4)))
