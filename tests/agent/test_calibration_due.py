"""A calibration that falls due while the agent runs: an alarm when that day begins where the plant is."""

import datetime
from dataclasses import replace
from pathlib import Path

from config.model import Plant
from tests.agent.parts import SECOND, HandClock, device, plant, point
from tests.agent.working import happened, working

DUE = datetime.date(2026, 12, 1)
MIDNIGHT_NS = round(datetime.datetime(2026, 11, 30, 16, tzinfo=datetime.UTC).timestamp()) * SECOND
"""The begin of that day in Shanghai."""


def site(due: datetime.date | None = DUE) -> Plant:
    return plant(replace(device("co-1", [point()], []), calibration_due=due))


def clock(before_s: float) -> HandClock:
    made = HandClock()
    made.utc_ns = MIDNIGHT_NS - round(before_s * SECOND)
    return made


async def test_it_is_an_alarm_when_the_day_begins_and_ends_with_the_next_date_in_the_file(
    tmp_path: Path,
) -> None:
    hand = clock(before_s=5400)
    async with working(tmp_path, site(), hand) as agent:
        agent.wait(5399)
        assert await agent.alarms() == []
        agent.wait(1)
        [raised] = await agent.alarms()
        assert (raised["rule"], raised["condition"]) == ("co-1.calibration-due", "calibration-due")
        assert "2026-12-01" in raised["text"]["zh"]
        agent.wait(86_400)
        assert await agent.alarms() == []
    async with working(tmp_path, site(), hand) as agent:
        assert await agent.alarms() == []
    async with working(tmp_path, site(datetime.date(2027, 12, 1)), hand) as agent:
        assert happened(await agent.alarms()) == ["co-1.calibration-due cleared"]


async def test_a_device_without_a_date_has_none(tmp_path: Path) -> None:
    async with working(tmp_path, site(None), clock(-86_400)) as agent:
        assert agent.engine.alarm("co-1.calibration-due") is None
