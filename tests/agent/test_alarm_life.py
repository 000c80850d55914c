"""What people do about an alarm, read as a shift log: acknowledged, handled, latched, shelved, taken out.

Time is moved by hand, so a shift takes microseconds.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.alarms.acting import ActRefused
from agent.alarms.alarm import OPEN_MAX, Alarm
from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import Act, AlarmEvent
from agent.alarms.states import TABLE, Signal, State, step
from config.model import AlarmSettings, LimitKind, Priority
from config.settings import RespondWithin
from drivers.reading import Quality, Value
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point, scan, scan_plan

CO = point()
PLAN = scan_plan(CO)
RULE = "co-1.concentration.hi"
WANG = Act("王工 (uid 1000)")
DONE = Act("王工 (uid 1000)", cause="leak", measure="flange tightened")
SOON = RespondWithin(acknowledge_s=600.0, handle_s=7200.0)


class Shift:
    """One rule on one point, and what it says."""

    def __init__(
        self, *, latched: bool = False, off: float = 0.0, alarms: AlarmSettings | None = None
    ) -> None:
        self.clock = HandClock()
        watched = alarms or AlarmSettings(respond_within={Priority.CRITICAL: SOON})
        rule = limit(CO, LimitKind.HI, 24.0, off=off, latched=latched)
        self.plant = replace(plant(device("co-1", [CO], [rule])), alarms=watched)
        self.stored: dict[str, bytes] = {}
        self.events: list[AlarmEvent] = []
        self.restart()

    @property
    def state(self) -> str:
        return self.alarm.state.value

    @property
    def alarm(self) -> Alarm:
        found = self.engine.alarm(RULE)
        assert found is not None
        return found

    def restart(self, after_s: float = 0.0) -> list[str]:
        self.clock.move(after_s)
        self.engine = Engine(self.plant)
        return self._heard(self.engine.start(self.stored, utc_ns=self._utc, mono_ns=self._mono))

    def read(self, value: Value, quality: Quality = Quality.GOOD) -> list[str]:
        return self._heard(self.engine.evaluate(scan(PLAN, self.clock, value, quality)))

    def wait(self, seconds: float) -> list[str]:
        self.clock.move(seconds)
        return self._heard(self.engine.tick(utc_ns=self._utc, mono_ns=self._mono))

    def do(self, what: Callable[..., None], act: Act = WANG, *, for_s: float | None = None) -> list[str]:
        if for_s is not None:
            act = replace(act, until_ns=self._utc + round(for_s * SECOND))
        what(self.alarm, act, self._utc, self._mono)
        return self._heard(self.engine.acted())

    @property
    def _utc(self) -> int:
        return self.clock.now_ns()

    @property
    def _mono(self) -> int:
        return self.clock.monotonic_ns()

    def _heard(self, outcome: Outcome | None) -> list[str]:
        if outcome is None:
            return []
        for key, value in outcome.state.items():
            if value is None:
                self.stored.pop(key, None)
            else:
                self.stored[key] = value
        self.events += outcome.events
        return [event.happening.value for event in outcome.events]


def test_an_alarm_is_acknowledged_while_it_stands_and_is_over_when_the_value_is_back() -> None:
    shift = Shift()
    assert shift.read(30) == ["raised"]
    assert shift.do(Alarm.acknowledge) == ["acknowledged"]
    assert shift.state == State.ACKNOWLEDGED.value
    assert shift.read(10) == ["cleared"]
    assert shift.state == State.NORMAL.value
    assert len({event.alarm_id for event in shift.events}) == 1
    assert shift.events[1].as_json()["by"] == WANG.by


def test_an_alarm_that_is_over_is_still_to_be_acknowledged() -> None:
    shift = Shift()
    assert shift.read(30) + shift.read(10) == ["raised", "cleared"]
    assert shift.state == State.RETURNED.value
    assert shift.restart() == []
    assert shift.state == State.RETURNED.value
    assert shift.do(Alarm.acknowledge) == ["acknowledged"]
    assert shift.state == State.NORMAL.value
    with pytest.raises(ActRefused):
        shift.do(Alarm.acknowledge)


def test_raised_again_before_anybody_saw_it_is_another_alarm() -> None:
    shift = Shift()
    shift.read(30)
    shift.read(10)
    assert shift.read(30) == ["raised"]
    assert len({event.alarm_id for event in shift.events}) == 2


def test_a_latched_alarm_stands_until_a_person_resets_it_after_acknowledging() -> None:
    shift = Shift(latched=True)
    assert shift.read(30) == ["raised"]
    assert shift.read(10) == []
    assert [alarm["event"] for alarm in shift.engine.standing()] == ["raised"]
    with pytest.raises(ActRefused, match="acknowledge it, then reset"):
        shift.do(Alarm.reset)
    assert shift.do(Alarm.acknowledge) == ["acknowledged"]
    assert shift.restart() == []
    assert shift.read(30) == []  # the same alarm still
    with pytest.raises(ActRefused, match="once the value is back"):
        shift.do(Alarm.reset)
    assert shift.read(10) == []
    assert shift.do(Alarm.reset) == ["reset"]
    assert shift.engine.standing() == ()


def test_who_handles_an_alarm_handles_those_before_it_as_well() -> None:
    shift = Shift()
    for _ in range(3):
        shift.read(30)
        shift.read(10)
    assert shift.restart() == []
    assert shift.do(Alarm.handle, DONE) == ["handled"] * 3
    assert len({event.alarm_id for event in shift.events if event.happening == "handled"}) == 3
    assert shift.events[-1].as_json()["measure"] == "flange tightened"
    with pytest.raises(ActRefused):
        shift.do(Alarm.handle, DONE)


def test_of_a_chattering_alarm_only_the_last_ones_wait() -> None:
    shift = Shift()
    for _ in range(OPEN_MAX + 5):
        shift.read(30)
        shift.read(10)
    assert len(shift.alarm.saved.open) == OPEN_MAX


def test_what_nobody_answers_is_escalated_once_each_and_also_over_a_restart() -> None:
    shift = Shift()
    shift.read(30)
    assert shift.wait(599) == []
    assert shift.wait(1) == ["escalated"]
    assert shift.restart(after_s=6599) == []
    assert shift.wait(1) == ["escalated"]
    assert "escalated" not in shift.wait(100_000)
    assert "acknowledged" in shift.events[1].text.en
    assert "what was done" in shift.events[2].text.en
    assert {event.alarm_id for event in shift.events[:3]} == {shift.events[0].alarm_id}


def test_what_is_answered_in_time_is_not_escalated() -> None:
    shift = Shift()
    shift.read(30)
    shift.do(Alarm.acknowledge)
    shift.do(Alarm.handle, DONE)
    shift.read(30)
    assert "escalated" not in shift.wait(100_000)


def test_where_nobody_is_there_to_acknowledge_nothing_waits_for_it() -> None:
    shift = Shift(alarms=AlarmSettings(is_annunciated=False, respond_within={Priority.CRITICAL: SOON}))
    assert shift.read(30) == ["raised"]
    assert shift.state == State.ACKNOWLEDGED.value
    assert shift.wait(600) == []
    assert shift.read(10) == ["cleared"]
    assert shift.state == State.NORMAL.value


def test_shelving_silences_only_the_annunciation_and_ends_by_itself() -> None:
    shift = Shift()
    with pytest.raises(ActRefused, match="8 h at most"):
        shift.do(Alarm.shelve, for_s=8 * 3600 + 1)
    with pytest.raises(ActRefused, match="until when"):
        shift.do(Alarm.shelve)
    assert shift.do(Alarm.shelve, for_s=1800) == ["shelved"]
    assert shift.read(30) == ["raised"]
    assert shift.events[-1].as_json()["shelved"] is True
    assert shift.restart(after_s=1799) == []
    assert "unshelved" in shift.wait(1)
    shift.do(Alarm.shelve, for_s=1800)
    with pytest.raises(ActRefused, match="shelved already"):
        shift.do(Alarm.shelve, for_s=1800)
    assert shift.do(Alarm.unshelve) == ["unshelved"]
    assert "unshelved" not in shift.wait(1800)


def test_out_of_service_a_rule_raises_nothing_and_comes_back_by_itself() -> None:
    shift = Shift()
    shift.read(30)
    assert shift.do(Alarm.take_out, for_s=3600) == ["out-of-service"]
    assert shift.events[-1].alarm_id == shift.events[0].alarm_id
    assert shift.engine.standing() == ()
    assert shift.read(99) == []
    assert shift.restart(after_s=3599) == []
    assert shift.read(99) == []
    assert shift.wait(1) == ["in-service", "raised"]  # by the value that was there: no other need come


def test_a_rule_is_out_of_service_for_a_month_at_most() -> None:
    shift = Shift()
    with pytest.raises(ActRefused, match="31 days at most"):
        shift.do(Alarm.take_out, for_s=31 * 86400 + 1)
    assert shift.do(Alarm.take_out, for_s=31 * 86400) == ["out-of-service"]


def test_a_rule_is_put_back_before_its_time() -> None:
    shift = Shift()
    with pytest.raises(ActRefused):
        shift.do(Alarm.put_back)
    shift.do(Alarm.take_out, for_s=3600)
    assert shift.do(Alarm.put_back) == ["in-service"]
    assert "in-service" not in shift.wait(3600)


def test_an_alarm_is_found_by_its_rule_and_by_its_own_id() -> None:
    shift = Shift()
    shift.read(30)
    assert shift.engine.alarm(str(shift.events[0].alarm_id)) is shift.alarm
    assert shift.engine.alarm("no-such") is None


def test_every_state_is_reached_and_every_alarm_can_end() -> None:
    reached = {State.NORMAL}
    for _ in State:
        reached |= {step(state, signal) for state in reached for signal in Signal}
    assert reached == set(State)
    ending = {State.NORMAL}
    for _ in State:
        ending |= {before for (before, _signal), after in TABLE.items() if after in ending}
    assert ending == set(State)


ACTS = (Alarm.acknowledge, Alarm.handle, Alarm.reset, Alarm.unshelve, Alarm.put_back)


class Life(RuleBasedStateMachine):
    """Whatever happens: raised and ended alternate, and a restart changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = Shift(latched=False, off=5)

    @rule(value=st.sampled_from((10, 30)), quality=st.sampled_from((Quality.GOOD, Quality.SUSPECT)))
    def read(self, value: int, quality: Quality) -> None:
        self.shift.read(value, quality)

    @rule(seconds=st.sampled_from((1, 6, 4000)))
    def wait(self, seconds: int) -> None:
        self.shift.wait(seconds)

    @rule(
        what=st.sampled_from((Alarm.acknowledge, Alarm.handle, Alarm.reset, Alarm.unshelve, Alarm.put_back))
    )
    def act(self, what: Callable[..., None]) -> None:
        try:
            self.shift.do(what, DONE)
        except ActRefused:
            assert self.shift.engine.acted() is None, "refused, and yet something happened"

    @rule(what=st.sampled_from((Alarm.shelve, Alarm.take_out)))
    def suppress(self, what: Callable[..., None]) -> None:
        try:
            self.shift.do(what, for_s=60)
        except ActRefused:
            assert self.shift.engine.acted() is None

    @rule()
    def restart(self) -> None:
        before = self.shift.alarm.state.settled
        standing = self.shift.engine.standing()
        assert self.shift.restart() == []
        assert self.shift.alarm.state is before
        assert [dict(each) for each in self.shift.engine.standing()] == [dict(each) for each in standing]

    @invariant()
    def raised_and_ended_alternate(self) -> None:
        stands = None
        for event in self.shift.events:
            if event.happening == "raised":
                assert stands is None
                stands = event.alarm_id
            elif event.happening in ("cleared", "reset") or (
                event.happening == "out-of-service" and event.alarm_id == stands
            ):
                assert stands == event.alarm_id
                stands = None
        assert (stands is not None) == self.shift.alarm.state.is_raised


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
