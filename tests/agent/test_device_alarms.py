"""Alarms that a device raises itself, read as shift logs: alone, and as the second source of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from config.model import AlarmSettings, DeviceAlarm, LimitKind, Plant, Priority, Text
from drivers.reading import Quality
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.working import Agent, Json, happened, working

CO, BIT = point(), replace(point("co-1.al1", 1, unit=""), name=Text("一级报警", "alarm 1"), datatype="bool")
HI = limit(CO, LimitKind.HI, 24.0, deadband=2.0, on=30.0, off=10.0)
BAD = (None, Quality.COMM_FAULT)


def told(rule: str | None) -> DeviceAlarm:
    name, kind = BIT.name, LimitKind.HI if rule else None
    return DeviceAlarm("co-1.al1.device-alarm", BIT, frozenset({1}), name, kind, rule, Priority.HIGH)


def site(alarm: DeviceAlarm) -> Plant:
    of = replace(device("co-1", [CO, BIT], [HI]), alarms=(alarm,))
    return replace(plant(of), alarms=AlarmSettings(is_annunciated=False))


class Shift:
    """A detector with our limit (30 s on-delay) and a first alarm of its own."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.last: Json = {}

    async def read(self, co: object, al1: object, seconds: int = 0) -> list[str]:
        self.agent.read(co_1__concentration=co, co_1__al1=al1)  # type: ignore[arg-type]
        self.agent.each_second(seconds, co_1__concentration=co, co_1__al1=al1)  # type: ignore[arg-type]
        alarms = await self.agent.alarms()
        self.last = alarms[-1] if alarms else {}
        return [each.removeprefix("co-1.concentration.") for each in happened(alarms)]

    async def noticed(self) -> list[str]:
        return [event["kind"] for event in await self.agent.events("sources-disagree", "sources-agree")]


@asynccontextmanager
async def shift(
    folder: Path, rule: str | None = HI.id, clock: HandClock | None = None
) -> AsyncIterator[Shift]:
    async with working(folder, site(told(rule)), clock or HandClock()) as agent:
        yield Shift(agent)


async def test_a_bit_that_no_limit_is_about_is_an_alarm_by_itself(tmp_path: Path) -> None:
    async with shift(tmp_path, rule=None) as at:
        assert await at.read(10.0, False) == []
        assert await at.read(10.0, True) == ["co-1.al1.device-alarm raised"]
        assert at.last["condition"] == "device-alarm"
        assert at.last["sources"] == ["co-1.al1"]
        assert "raised by the device" in at.last["text"]["en"]
        assert await at.read(10.0, BAD, 9) == []
        assert await at.read(10.0, BAD, 2) == ["co-1.al1.device-alarm not-evaluated"]
        assert await at.read(10.0, False) == [
            "co-1.al1.device-alarm evaluated",
            "co-1.al1.device-alarm cleared",
        ]


async def test_the_device_raises_our_alarm_at_once_and_our_limit_is_its_second_source(tmp_path: Path) -> None:
    async with shift(tmp_path) as at:
        assert await at.read(10.0, False, 5) == []
        assert await at.read(23.5, True) == ["hi raised"]
        assert (at.last["sources"], at.last["value"]) == (["co-1.al1"], 23.5)
        assert "alarm raised by the device (alarm 1), reading 23.5 ppm" in at.last["text"]["en"]
        raised = at.last["id"]
        assert await at.read(30.0, True) == ["hi confirmed"]
        assert (at.last["id"], at.last["sources"]) == (raised, ["co-1.al1", "agent"])
        assert await at.read(40.0, True, 60) == [], "it is one alarm"
        assert await at.read(10.0, True, 30) == [], "the device says that it stands"
        assert await at.read(10.0, False, 11) == ["hi cleared"]
        assert at.last["id"] == raised


async def test_our_limit_raises_it_after_its_delay_and_the_device_confirms(tmp_path: Path) -> None:
    async with shift(tmp_path) as at:
        assert await at.read(30.0, False, 29) == []
        assert await at.read(30.0, False, 1) == ["hi raised"]
        assert (at.last["sources"], "beyond the high limit" in at.last["text"]["en"]) == (["agent"], True)
        assert await at.read(30.0, True) == ["hi confirmed"]
        assert await at.read(30.0, False) == []
        assert await at.read(30.0, True) == [], "told once"


async def test_a_word_that_is_lost_while_it_said_alarm_clears_nothing(tmp_path: Path) -> None:
    clock = HandClock()
    async with shift(tmp_path, clock=clock) as at:
        assert await at.read(10.0, True) == ["hi raised"]
        assert await at.read(10.0, BAD, 60) == []
    async with shift(tmp_path, clock=clock) as at:
        assert await at.read(10.0, BAD, 60) == [], "nor after a restart"
        assert await at.read(10.0, (False, Quality.CALIBRATION), 60) == [], "nor from a calibrated head"
        assert await at.read(10.0, False, 11) == ["hi cleared"]


async def test_a_word_that_was_never_readable_stands_in_the_way_of_nothing(tmp_path: Path) -> None:
    async with shift(tmp_path) as at:
        assert await at.read(30.0, BAD, 30) == ["hi raised"]
        assert await at.read(10.0, BAD, 11) == ["hi cleared"]


async def test_the_device_raises_while_its_value_is_lost(tmp_path: Path) -> None:
    async with shift(tmp_path) as at:
        assert await at.read(BAD, True) == ["hi raised"]
        assert at.last["value"] is None


@pytest.mark.parametrize(("co", "al1"), [(10.0, True), (30.0, False)], ids=["device alone", "agent alone"])
async def test_a_disagreement_of_more_than_ten_seconds_is_an_event_and_so_is_its_end(
    tmp_path: Path, co: float, al1: bool
) -> None:
    clock = HandClock()
    async with shift(tmp_path, clock=clock) as at:
        await at.read(co, al1, 9)
        assert await at.noticed() == []
        await at.read(co, al1, 1)
        at.agent.wait(0)
        at.agent.pipeline.tick()
        [event] = await at.agent.events("sources-disagree")
        assert (event["rule"], event["agent_says"], event["device_says"]) == (HI.id, not al1, al1)
        assert event["value"] == co
    async with shift(tmp_path, clock=clock) as at:
        await at.read(co, al1, 30)
        assert await at.noticed() == [], "told once, over a restart too"
        await at.read(10.0, False)
        assert await at.noticed() == ["sources-agree"]


async def test_within_the_deadband_or_in_doubt_nobody_disagrees(tmp_path: Path) -> None:
    async with shift(tmp_path) as at:
        await at.read(23.0, True, 60)
        await at.read((10.0, Quality.CALIBRATION), True, 60)
        await at.read(30.0, BAD, 60)
        assert await at.noticed() == []
        await at.read(10.0, True, 5)
        await at.read(10.0, False, 5)
        await at.read(10.0, True, 5)
        assert await at.noticed() == [], "each was shorter than 10 s"
