"""A catalytic sensor that was over its range: its low readings are not believed until a person resets it."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.alarms.acting import ActRefused
from agent.alarms.alarm import Alarm
from agent.alarms.event import Act
from config.model import LimitKind
from drivers.reading import Quality
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.working import Agent, happened, working

LEL = replace(point(), unit="%LEL", range=(0.0, 100.0), over_range_latched=True)
PLANT = plant(device("co-1", [LEL], [limit(LEL, LimitKind.HI, 25.0), limit(LEL, LimitKind.LO, -5.0)]))
OVER = (100.0, Quality.OVER_RANGE)
RULE = "co-1.concentration.over-range"
WANG = Act("王工 (uid 1000)")


def alarm(agent: Agent, rule: str = RULE) -> Alarm:
    found = agent.engine.alarm(rule)
    assert found is not None
    return found


def act(agent: Agent, what: str) -> None:
    agent.pipeline.act(lambda utc_ns, mono_ns: getattr(alarm(agent), what)(WANG, utc_ns, mono_ns))


async def test_over_range_stands_and_holds_the_high_limits_until_it_is_reset(tmp_path: Path) -> None:
    clock = HandClock()
    async with working(tmp_path, PLANT, clock) as agent:
        agent.read(co_1__concentration=30.0)
        agent.read(co_1__concentration=10.0)
        assert happened(await agent.alarms()) == [
            "co-1.concentration.hi raised",
            "co-1.concentration.hi cleared",
        ]
        agent.read(co_1__concentration=OVER)
        raised = await agent.alarms()
        assert happened(raised) == [f"{RULE} raised", "co-1.concentration.hi raised"]
        assert (raised[0]["quality"], raised[0]["limit"]) == ("over-range", 100.0)
        agent.each_second(600, co_1__concentration=3.0)
        assert happened(await agent.alarms()) == [], "it is back, and nobody has reset it"
        assert alarm(agent).state.value == "unacknowledged-latched"
        with pytest.raises(ActRefused):
            act(agent, "reset")
        act(agent, "acknowledge")
    async with working(tmp_path, PLANT, clock) as agent:
        agent.each_second(600, co_1__concentration=3.0)
        assert happened(await agent.alarms()) == [], "a restart is no reset"
        act(agent, "reset")
        agent.read(co_1__concentration=3.0)
        assert happened(await agent.alarms()) == [f"{RULE} reset", "co-1.concentration.hi cleared"]


async def test_low_limits_and_other_sensors_are_not_held(tmp_path: Path) -> None:
    plain = replace(LEL, over_range_latched=False)
    other = plant(device("co-1", [plain], [limit(plain, LimitKind.HI, 25.0)]))
    async with working(tmp_path / "a", other, HandClock()) as agent:
        agent.read(co_1__concentration=OVER)
        agent.read(co_1__concentration=3.0)
        assert happened(await agent.alarms()) == [
            "co-1.concentration.hi raised",
            "co-1.concentration.hi cleared",
        ]
    async with working(tmp_path / "b", PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=OVER)
        agent.read(co_1__concentration=-5.0)
        agent.read(co_1__concentration=3.0)
        ended = [each for each in happened(await agent.alarms()) if each.endswith("cleared")]
        assert ended == ["co-1.concentration.lo cleared"]


async def test_a_lost_or_uncertain_value_does_not_end_it(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=OVER)
        for reading in ((None, Quality.COMM_FAULT), (3.0, Quality.CALIBRATION)):
            agent.read(co_1__concentration=reading)
        assert alarm(agent).state.value == "unacknowledged"
