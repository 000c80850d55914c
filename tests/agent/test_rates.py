"""How often alarms come: one that chatters, and a flood with its first alarm."""

from dataclasses import replace
from pathlib import Path

from config.model import AlarmSettings, LimitKind, Plant
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.working import Agent, Json, happened, working

POINTS = [point(f"co-1.p{n}", n) for n in range(12)]
CHATTERS = "co-1.p0.hi"


def site(chatter_off_delay_s: float = 0.0) -> Plant:
    of = device("co-1", POINTS, [limit(each, LimitKind.HI, 24.0) for each in POINTS])
    settings = AlarmSettings(is_annunciated=False, chatter_off_delay_s=chatter_off_delay_s)
    return replace(plant(of), alarms=settings)


def once(agent: Agent, of: int = 0) -> None:
    """Let one alarm come and go, within two seconds."""
    agent.each_second(1, **{f"co_1__p{of}": 30.0})
    agent.each_second(1, **{f"co_1__p{of}": 10.0})


async def lives(agent: Agent) -> list[Json]:
    """Return what was raised and cleared; that other points are not read matters to nobody here."""
    return [alarm for alarm in await agent.alarms() if alarm["event"] in ("raised", "cleared")]


async def test_three_raises_in_a_minute_are_chattering_until_ten_quiet_minutes(tmp_path: Path) -> None:
    async with working(tmp_path, site(), HandClock()) as agent:
        once(agent)
        once(agent)
        assert await agent.events("chatter") == []
        once(agent)
        [told] = await agent.events("chatter")
        assert (told["rule"], "3 times within 60 s" in told["text"]["en"]) == (CHATTERS, True)
        once(agent)
        assert happened(await lives(agent))[-2:] == [f"{CHATTERS} raised", f"{CHATTERS} cleared"], "only told"
        agent.wait(598)
        assert await agent.events("chatter", "chatter-end") == []
        agent.wait(1)
        [ended] = await agent.events("chatter-end")
        assert (ended["raises"], ended["from_ns"]) == (4, told["utc_ns"])
        once(agent)
        assert await agent.events("chatter") == []


async def test_raises_that_are_further_apart_are_no_chattering(tmp_path: Path) -> None:
    async with working(tmp_path, site(), HandClock()) as agent:
        for _ in range(10):
            once(agent)
            agent.wait(29)
        assert await agent.events("chatter") == []


async def test_where_the_file_says_so_a_chattering_alarm_is_held_and_still_raised_at_once(
    tmp_path: Path,
) -> None:
    async with working(tmp_path, site(60.0), HandClock()) as agent:
        for _ in range(3):
            once(agent)
        await lives(agent)
        agent.each_second(30, co_1__p0=10.0)
        assert await lives(agent) == []
        once(agent)
        assert await lives(agent) == [], "it stands"
        agent.each_second(60, co_1__p0=10.0)
        assert happened(await lives(agent)) == [f"{CHATTERS} cleared"]
        agent.read(co_1__p0=30.0)
        assert happened(await lives(agent)) == [f"{CHATTERS} raised"]


async def test_a_flood_is_told_with_its_first_alarm_and_lasts_until_few_come(tmp_path: Path) -> None:
    clock = HandClock()
    async with working(tmp_path, site(), clock) as agent:
        for n in range(10):
            once(agent, n)
        assert await agent.events("flood") == []
        once(agent, 10)
        [told] = await agent.events("flood")
        alarms = await lives(agent)
        assert told["first"]["id"] == alarms[0]["id"]
        assert (told["first"]["rule"], told["alarms"]) == ("co-1.p0.hi", 11)
        assert len(alarms) == 22, "nothing is held back"
        assert agent.engine.flood is not None
        agent.wait(588)
        once(agent, 11)
        assert await agent.events("flood", "flood-end") == []
        agent.wait(3)
        [ended] = await agent.events("flood-end")
        assert (ended["first"]["rule"], ended["alarms"]) == ("co-1.p0.hi", 12)
        assert agent.engine.flood is None


async def test_a_flood_outlives_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    async with working(tmp_path, site(), clock) as agent:
        for n in range(11):
            once(agent, n)
    async with working(tmp_path, site(), clock) as agent:
        assert agent.engine.flood is not None
        agent.wait(599)
        assert await agent.events("flood-end") == []
        agent.wait(1)
        assert len(await agent.events("flood-end")) == 1
    async with working(tmp_path, site(), clock) as agent:
        assert agent.engine.flood is None


async def test_ten_alarms_in_more_than_ten_minutes_are_no_flood(tmp_path: Path) -> None:
    async with working(tmp_path, site(), HandClock()) as agent:
        for n in range(12):
            once(agent, n)
            agent.wait(60)
        assert await agent.events("flood") == []
