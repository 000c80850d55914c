"""A limit on a point, read as a shift log: one scenario, a check after every step.

Time is moved by hand, so a ten-minute delay takes microseconds.
"""

from agent.alarms.engine import Engine
from config.model import LimitKind
from drivers.reading import Quality, Value
from tests.agent.parts import HandClock, device, limit, plant, point, scan, scan_plan

CO = point()
PLAN = scan_plan(CO)


class Shift:
    """One rule on one point, and what it says."""

    def __init__(
        self,
        kind: LimitKind = LimitKind.HI,
        at: float = 24.0,
        *,
        deadband: float = 0,
        on: float = 0,
        off: float = 0,
    ) -> None:
        self.clock = HandClock()
        self.rule = limit(CO, kind, at, deadband=deadband, on=on, off=off)
        self.plant = plant(device("co-1", [CO], [self.rule]))
        self.engine = Engine(self.plant)
        self.stored: dict[str, bytes] = {}
        self.start()

    def start(self) -> list[str]:
        return self._heard(
            self.engine.start(self.stored, utc_ns=self.clock.now_ns(), mono_ns=self.clock.monotonic_ns())
        )

    def restart(self) -> list[str]:
        self.engine = Engine(self.plant)
        return self.start()

    def read(self, value: Value, quality: Quality = Quality.GOOD) -> list[str]:
        return self._heard(self.engine.evaluate(scan(PLAN, self.clock, value, quality)))

    def wait(self, seconds: float) -> list[str]:
        self.clock.move(seconds)
        return self._heard(self.engine.tick(utc_ns=self.clock.now_ns(), mono_ns=self.clock.monotonic_ns()))

    def _heard(self, outcome: object) -> list[str]:
        if outcome is None:
            return []
        for key, value in outcome.state.items():  # type: ignore[attr-defined]
            if value is None:
                self.stored.pop(key, None)
            else:
                self.stored[key] = value
        return [f"{e.rule.rpartition('.')[2]} {e.happening}" for e in outcome.events]  # type: ignore[attr-defined]


def test_a_value_at_the_limit_raises_and_one_inside_clears() -> None:
    shift = Shift(LimitKind.HI, 24)
    assert shift.read(23.9) == []
    assert shift.read(24.0) == ["hi raised"]
    assert shift.read(30.0) == []
    assert shift.read(23.9) == ["hi cleared"]


def test_a_low_limit_is_passed_by_falling() -> None:
    shift = Shift(LimitKind.LOLO, 0.08)
    assert shift.read(0.2) == []
    assert shift.read(0.08) == ["lolo raised"]
    assert shift.read(0.09) == ["lolo cleared"]


def test_an_alarm_clears_only_beyond_the_deadband() -> None:
    shift = Shift(LimitKind.HI, 24, deadband=2)
    assert shift.read(25) == ["hi raised"]
    assert shift.read(23) == []
    assert shift.read(22.0) == []
    assert shift.read(21.9) == ["hi cleared"]


def test_the_on_delay_runs_on_the_clock_and_not_on_the_arrival_of_data() -> None:
    shift = Shift(on=600)
    assert shift.read(30) == []
    assert shift.wait(599) == []
    assert shift.wait(1) == ["hi raised"]


def test_a_value_that_falls_back_within_the_on_delay_raises_nothing() -> None:
    shift = Shift(on=3)
    assert shift.read(30) == []
    shift.wait(2)
    assert shift.read(20) == []
    assert shift.wait(60) == []


def test_a_value_lost_within_the_on_delay_still_raises() -> None:
    shift = Shift(on=3)
    shift.read(30)
    assert shift.read(None, Quality.COMM_FAULT) == []
    assert shift.wait(3) == ["hi raised"]


def test_the_off_delay_starts_anew_when_the_value_comes_back_beyond() -> None:
    shift = Shift(off=10)
    assert shift.read(30) == ["hi raised"]
    assert shift.read(20) == []
    assert shift.wait(9) == []
    assert shift.read(25) == []
    assert shift.wait(9) == []
    assert shift.read(20) == []
    assert shift.wait(10) == ["hi cleared"]


def test_a_bad_reading_never_clears_an_alarm() -> None:
    shift = Shift(off=5)
    assert shift.read(30) == ["hi raised"]
    assert shift.read(20) == []
    assert shift.read(None, Quality.COMM_FAULT) == []
    assert "hi cleared" not in shift.wait(3600)


def test_over_range_is_beyond_every_high_limit_and_clears_nothing() -> None:
    shift = Shift(LimitKind.HI, 24)
    assert shift.read(1000, Quality.OVER_RANGE) == ["hi raised"]
    assert shift.read(0, Quality.UNDER_RANGE) == []
    assert shift.read(10) == ["hi cleared"]


def test_under_range_is_beyond_every_low_limit() -> None:
    shift = Shift(LimitKind.LO, 5)
    assert shift.read(0, Quality.UNDER_RANGE) == ["lo raised"]


def test_an_uncertain_reading_may_raise_and_never_clears() -> None:
    shift = Shift(LimitKind.HI, 24)
    assert shift.read(30, Quality.SUSPECT) == ["hi raised"]
    assert shift.read(10, Quality.SUSPECT) == []
    assert shift.read(10) == ["hi cleared"]


def test_ten_seconds_without_a_value_is_a_lost_protection() -> None:
    shift = Shift()
    shift.read(10)
    shift.read(None, Quality.COMM_FAULT)
    assert shift.wait(9) == []
    assert "hi not-evaluated" in shift.wait(1)
    assert "hi evaluated" in shift.read(10)


def test_a_rule_that_never_saw_a_value_is_a_lost_protection_too() -> None:
    shift = Shift()
    assert shift.wait(10) == ["hi not-evaluated"]


def test_an_alarm_that_stood_outlives_a_restart_without_a_second_raise() -> None:
    shift = Shift()
    assert shift.read(30) == ["hi raised"]
    assert shift.restart() == []
    assert [alarm["event"] for alarm in shift.engine.standing()] == ["raised"]
    assert shift.read(31) == []
    assert shift.read(10) == ["hi cleared"]
    assert shift.engine.standing() == ()


def test_an_alarm_whose_rule_is_gone_is_ended_visibly() -> None:
    shift = Shift()
    shift.read(30)
    shift.plant = plant(device("co-1", [CO], []))
    assert shift.restart() == ["hi out-of-service"]
    assert shift.restart() == []


def test_an_event_carries_the_limit_its_standard_and_the_same_id_to_the_end() -> None:
    shift = Shift()
    raised = shift.engine.evaluate(scan(PLAN, shift.clock, 30.0))
    cleared = shift.engine.evaluate(scan(PLAN, shift.clock, 10.0))
    assert raised is not None
    assert cleared is not None
    first, last = raised.events[0].as_json(), cleared.events[0].as_json()
    assert (first["limit"], first["standard"], first["value"]) == (24.0, "GB 6222-2005", 30.0)
    assert first["id"] == last["id"]
    assert "24 ppm" in str(first["text"])
