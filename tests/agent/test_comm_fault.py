"""Comm-fault: one alarm per silent device, and one for a whole connection."""

from agent.alarms.engine import Engine, Outcome
from agent.alarms.event import Act
from config.model import Device, LimitKind, Priority
from drivers.driver import LinkStatus
from drivers.errors import Lost
from drivers.reading import Quality
from tests.agent.parts import HandClock, device, limit, plant, point, scan, scan_plan

ONE, TWO = point("co-1.concentration", 0), point("co-2.concentration", 1)
PLAN_ONE, PLAN_TWO = scan_plan(ONE), scan_plan(TWO)


class Line:
    """Two devices on one line."""

    def __init__(self, *devices: Device) -> None:
        self.clock = HandClock()
        self.engine = Engine(plant(*(devices or (device("co-1", [ONE], []), device("co-2", [TWO], [])))))

    def both_silent(self) -> list[str]:
        return self._both(None, Quality.COMM_FAULT)

    def both_answer(self) -> list[str]:
        return self._both(1.0, Quality.GOOD)

    def _both(self, value: float | None, quality: Quality) -> list[str]:
        scans = (scan(plan, self.clock, value, quality) for plan in (PLAN_ONE, PLAN_TWO))
        return [heard for each in scans for heard in _heard(self.engine.evaluate(each))]

    def link(self, *, up: bool) -> list[str]:
        fault = None if up else Lost("10.0.0.5:502")
        status = LinkStatus("line", up, self.clock.now_ns(), fault)
        return _heard(self.engine.link(status, mono_ns=self.clock.monotonic_ns()))

    def wait(self, seconds: float) -> list[str]:
        self.clock.move(seconds)
        return _heard(self.engine.tick(utc_ns=self.clock.now_ns(), mono_ns=self.clock.monotonic_ns()))


def _heard(outcome: Outcome | None) -> list[str]:
    return [] if outcome is None else [f"{e.rule} {e.happening}" for e in outcome.events]


def test_a_silent_device_is_an_alarm_after_ten_seconds_and_ends_at_its_first_answer() -> None:
    line = Line()
    line.both_answer()
    line.engine.evaluate(scan(PLAN_ONE, line.clock, None, Quality.COMM_FAULT))
    assert line.wait(9.9) == []
    assert line.wait(0.1) == ["co-1.comm-fault raised"]
    assert line.both_answer() == ["co-1.comm-fault cleared"]


def test_a_short_silence_is_no_alarm() -> None:
    line = Line()
    line.both_silent()
    line.wait(9)
    line.both_answer()
    assert line.wait(3600) == []


def test_a_device_that_answers_with_a_fault_is_not_silent() -> None:
    line = Line()
    line.engine.evaluate(scan(PLAN_ONE, line.clock, None, Quality.DEVICE_FAULT))
    assert line.wait(3600) == []


def test_a_lost_connection_is_one_alarm_with_its_devices_and_none_of_their_own() -> None:
    line = Line()
    assert line.link(up=False) == []
    line.both_silent()
    line.clock.move(10)
    outcome = line.engine.tick(utc_ns=line.clock.now_ns(), mono_ns=line.clock.monotonic_ns())
    assert _heard(outcome) == ["line.comm-fault raised"]
    assert outcome is not None
    assert "co-1" in outcome.events[0].text.en
    assert "co-2" in outcome.events[0].text.zh
    assert line.wait(60) == []
    assert line.link(up=True) == ["line.comm-fault cleared"]


def test_a_device_that_stays_silent_when_its_connection_is_back_gets_its_own_alarm() -> None:
    line = Line()
    line.link(up=False)
    line.both_silent()
    line.wait(12)
    line.link(up=True)
    line.engine.evaluate(scan(PLAN_TWO, line.clock, 1.0))
    assert line.wait(10) == ["co-1.comm-fault raised"]


def test_rules_behind_a_lost_connection_tell_no_loss_of_their_own_and_what_is_not_back_with_it_does() -> None:
    rules = [limit(ONE, LimitKind.HI, 24.0), limit(ONE, LimitKind.HIHI, 60.0)]
    line = Line(device("co-1", [ONE], rules), device("co-2", [TWO], [limit(TWO, LimitKind.HI, 24.0)]))
    line.both_answer()
    line.link(up=False)
    line.both_silent()
    line.clock.move(10)
    outcome = line.engine.tick(utc_ns=line.clock.now_ns(), mono_ns=line.clock.monotonic_ns())
    assert _heard(outcome) == ["line.comm-fault raised"]
    assert outcome is not None
    [event] = outcome.events
    assert event.priority is Priority.CRITICAL, "as urgent as what it takes with it"
    assert event.as_json()["points"] == [ONE.id, TWO.id]
    assert "3 rules are not watched" in event.text.en
    assert not any(alarm.is_watched for alarm in line.engine.alarms if alarm.subject.point)
    assert line.wait(3600) == []
    assert line.link(up=True) == ["line.comm-fault cleared"]
    line.engine.evaluate(scan(PLAN_TWO, line.clock, 1.0))
    hi, hihi = (rule.id for rule in rules)
    assert set(line.wait(10)) == {f"{hi} not-evaluated", f"{hihi} not-evaluated", "co-1.comm-fault raised"}


def test_a_connection_whose_alarm_is_out_of_service_speaks_for_no_rule() -> None:
    line = Line(device("co-1", [ONE], [limit(ONE, LimitKind.HI, 24.0)]), device("co-2", [TWO], []))
    line.both_answer()
    now, mono = line.clock.now_ns(), line.clock.monotonic_ns()
    alarm = line.engine.alarm("line.comm-fault")
    assert alarm is not None
    alarm.take_out(Act("王工", reason="switch replaced", until_ns=now + 3600 * 10**9), now, mono)
    line.link(up=False)
    line.both_silent()
    assert f"{ONE.id}.hi not-evaluated" in line.wait(10)
