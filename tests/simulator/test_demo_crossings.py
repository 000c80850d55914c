"""When an alarm is due: one limit of 24 ppm, deadband 1 ppm, against what a device sent."""

from collections.abc import Sequence

from simulator.demo.books import Books, ReceivedAlarm
from simulator.demo.crossings import Arrival, Crossing, arrival, crossings
from tests.simulator.demo_parts import S, a_rule

END = 100 * S


def due(*values: float, on_delay_s: float = 0.0, off_delay_s: float = 0.0) -> list[int]:
    """Return the seconds at which the crossings of one value a second began."""
    rule = a_rule(on_delay_s=on_delay_s, off_delay_s=off_delay_s)
    samples = [(second * S, value) for second, value in enumerate(values)]
    return [crossing.first_ns // S for crossing in crossings(rule, samples, until_ns=END)]


def test_at_the_limit_is_beyond_it() -> None:
    assert due(3, 23.9, 24, 30, 30) == [2]


def test_a_value_that_stays_beyond_is_one_crossing() -> None:
    assert due(30, 40, 50) == [0]


def test_a_return_past_the_deadband_makes_the_next_one_a_new_crossing() -> None:
    assert due(30, 22, 30) == [0, 2]


def test_a_return_that_stays_within_the_deadband_does_not() -> None:
    assert due(30, 23.5, 30) == [0]


def test_a_return_shorter_than_the_off_delay_does_not() -> None:
    assert due(30, 3, 30, 3, 3, 3, 3, 30, off_delay_s=2) == [0, 7]


def test_a_blip_shorter_than_the_on_delay_is_no_crossing() -> None:
    assert due(3, 30, 3, 30, 30, 30, 30, on_delay_s=2) == [3]


def test_a_delay_that_ends_after_the_run_is_not_asked_for() -> None:
    rule = a_rule(on_delay_s=5)
    assert list(crossings(rule, [(97 * S, 30.0)], until_ns=END)) == []


def test_silence_after_the_crossing_does_not_undo_it() -> None:
    assert due(3, 30, on_delay_s=5) == [1]


class TestArrival:
    """One crossing at 10 s, and what a destination has."""

    CROSSING = Crossing(a_rule(), 10 * S, 10 * S)

    def found(
        self, *alarms: tuple[str, float, float], outages: Sequence[tuple[int, int | None]] = ()
    ) -> Arrival:
        received = [
            ReceivedAlarm("a", event, self.CROSSING.rule.id, round(utc * S), round(came * S))
            for event, utc, came in alarms
        ]
        return arrival(self.CROSSING, Books({}, received, 0, frozenset(), frozenset(), 0, 0, outages, {}))

    def test_the_first_raise_after_it_counts(self) -> None:
        assert self.found(("raised", 10.01, 10.5), ("raised", 20, 20)) == Arrival(0.5)

    def test_an_alarm_raised_earlier_and_never_cleared_is_still_standing(self) -> None:
        assert self.found(("raised", 5, 5)) == Arrival(None, standing=True)

    def test_a_cleared_one_is_not(self) -> None:
        assert self.found(("raised", 5, 5), ("cleared", 7, 7)) == Arrival(None)

    def test_an_outage_in_between_is_told(self) -> None:
        assert self.found(("raised", 10.01, 18), outages=[(9 * S, 17 * S)]) == Arrival(8, outage=True)
        assert self.found(("raised", 10.01, 11), outages=[(12 * S, None)]) == Arrival(1)
