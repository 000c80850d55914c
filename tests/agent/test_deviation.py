"""An approval to run laxer that runs out: an alarm in a running agent, and never a reason not to start."""

import datetime
from dataclasses import replace

from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import AlarmEvent
from config.model import Deviation, LimitKind
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point

UNTIL = datetime.date(2026, 9, 30)
MIDNIGHT_NS = round(datetime.datetime(2026, 9, 30, 16, tzinfo=datetime.UTC).timestamp()) * SECOND
"""The end of that day in Shanghai."""


class Plant:
    """One limit with an approval; the agent starts `before_s` ahead of its end."""

    def __init__(self, before_s: float) -> None:
        self.clock = HandClock()
        self.clock.utc_ns = MIDNIGHT_NS - round(before_s * SECOND)
        self.stored: dict[str, bytes] = {}
        self.events: list[AlarmEvent] = []
        self.approve(UNTIL)

    def approve(self, until: datetime.date) -> list[str]:
        """Start the agent with an approval in its plant file."""
        rule = limit(point(), LimitKind.HI, 30.0)
        approved = replace(rule, deviation=Deviation("氢气干扰", "张工", datetime.date(2026, 3, 1), until))
        self.engine = Engine(plant(device("co-1", [point()], [approved])))
        return self._heard(
            self.engine.start(self.stored, utc_ns=self.clock.utc_ns, mono_ns=self.clock.mono_ns)
        )

    def wait(self, seconds: float) -> list[str]:
        self.clock.move(seconds)
        return self._heard(self.engine.tick(utc_ns=self.clock.utc_ns, mono_ns=self.clock.mono_ns))

    def _heard(self, outcome: Outcome | None) -> list[str]:
        if outcome is None:
            return []
        self.stored |= {key: value for key, value in outcome.state.items() if value is not None}
        mine = [event for event in outcome.events if event.condition == "deviation-expired"]
        self.events += mine
        return [event.happening.value for event in mine]


def test_an_approval_ends_with_its_last_day_where_the_plant_is() -> None:
    site = Plant(before_s=5400)
    assert site.wait(3600) == []
    assert site.wait(1799) == []
    assert site.wait(1) == ["raised"]
    [event] = site.events
    assert (event.rule, event.point) == ("co-1.concentration.hi.deviation", "co-1.concentration")
    assert "张工" in event.text.zh
    assert "ended on 2026-09-30" in event.text.en


def test_it_is_told_at_a_start_after_its_end_and_once_only() -> None:
    site = Plant(before_s=-86_400)
    assert [event.happening.value for event in site.events] == ["raised"]
    assert site.wait(86_400) == []
    assert site.approve(UNTIL) == []


def test_a_renewed_approval_ends_the_alarm() -> None:
    site = Plant(before_s=-60)
    assert site.approve(datetime.date(2027, 9, 30)) == ["cleared"]


def test_a_clock_that_was_years_off_at_the_start_is_made_up_for_within_the_hour() -> None:
    site = Plant(before_s=-400 * 86_400)
    site.clock.utc_ns = MIDNIGHT_NS - 86_400 * SECOND  # synchronised
    assert site.wait(3600) == ["cleared"]
