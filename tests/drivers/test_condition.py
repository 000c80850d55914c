"""What devices say of themselves: status words, heartbeats, constants and decimals, laid on values.

Read as a shift log: one device, one scan after the other, a look after each. Times are
seconds of the monotonic clock; a status word is read every second, a setting every minute.
"""

from dataclasses import replace
from typing import Any

import pytest

from config.model import Device, Marks, Point, Readback, Role, State, Text
from drivers.condition import Conditions
from drivers.reading import Quality, Scan, ScanPlan
from tests.drivers.plant import device, register_point

GOOD, SUSPECT = Quality.GOOD, Quality.SUSPECT
GAS = replace(register_point("gas", 0, within=(0.0, 1000.0)), id="d.gas", unit="ppm", period_s=1.0)
TEMP = replace(register_point("temp", 9, within=(-20.0, 80.0)), id="d.temp", unit="°C", period_s=1.0)


def marker(name: str, marks: Marks, period_s: float = 1.0) -> Point:
    return replace(register_point(name, 1), id=f"d.{name}", marks=marks, period_s=period_s)


def states(of: tuple[str, ...] = ("d.gas", "d.temp"), *, is_complete: bool = True, **qualities: str) -> Point:
    named = {int(raw[1:]): State(Text(raw, raw), quality) for raw, quality in qualities.items()}
    return marker("state", Marks(of, states=named, is_complete=is_complete))


def setting(name: str, readback: Readback, *of: str) -> Point:
    return marker(name, Marks(of, readback=readback), 60.0)


class Shift:
    """One device's scans, one after the other."""

    def __init__(self, *points: Point, block: str = "1/holding-register/0+2") -> None:
        self.device: Device = device(*points)
        self.conditions = Conditions([self.device])
        self.points = {point.id[2:]: point for point in points}
        self.block = block
        self.plans: dict[tuple[str, ...], ScanPlan] = {}

    def scan(self, at_s: float, **read: Any) -> dict[str, object]:
        """Take a scan of these points; a Quality in place of a value is BAD. Return what each became."""
        points = tuple(self.points[name] for name in read)
        plan = self.plans.setdefault(tuple(read), ScanPlan("line", self.block, points, points[0].period_s))
        values = tuple(None if isinstance(value, Quality) else value for value in read.values())
        qualities = tuple(value if isinstance(value, Quality) else GOOD for value in read.values())
        scan = Scan(plan, 0, round(at_s * 1e9), True, values, qualities if any(qualities) else None)
        judged = self.conditions.judge(scan)
        found = judged.qualities or (GOOD,) * len(points)
        return {
            name: (quality, value) if quality in MARKED else quality or value
            for name, value, quality in zip(read, judged.values, found, strict=True)
        }


MARKED = [quality for quality in Quality if 0 < quality < 64]


def test_a_status_in_the_same_scan_marks_the_value_and_keeps_it() -> None:
    shift = Shift(GAS, states(s1="good", s8="calibration", s2="maintenance"))
    assert shift.scan(0, gas=20, state=1) == {"gas": 20, "state": 1}
    assert shift.scan(1, gas=160, state=8) == {"gas": (Quality.CALIBRATION, 160), "state": 8}
    assert shift.scan(2, gas=20, state=2)["gas"] == (Quality.MAINTENANCE, 20)
    assert shift.scan(3, gas=20, state=1)["gas"] == 20


def test_a_status_in_another_block_holds_until_it_is_read_again() -> None:
    shift = Shift(GAS, TEMP, states(("d.gas",), s1="good", s5="simulation"))
    assert shift.scan(0, gas=20, temp=5) == {"gas": (SUSPECT, 20), "temp": 5}  # nobody knows yet
    shift.scan(0.1, state=1)
    assert shift.scan(1, gas=20)["gas"] == 20
    shift.scan(1.1, state=5)
    assert shift.scan(2, gas=300)["gas"] == (Quality.SIMULATION, 300)


def test_a_state_that_nobody_named_is_doubted() -> None:
    shift = Shift(GAS, states(s1="good"))
    assert shift.scan(0, state=7, gas=20)["gas"] == (SUSPECT, 20)


def test_a_bit_says_nothing_while_it_is_not_set() -> None:
    shift = Shift(GAS, states(is_complete=False, s1="device-fault"))
    assert shift.scan(0, state=False, gas=20)["gas"] == 20
    assert shift.scan(1, state=True, gas=20)["gas"] is Quality.DEVICE_FAULT


def test_a_status_word_that_is_unreadable_for_three_periods_says_nothing_any_more() -> None:
    shift = Shift(GAS, states(s1="good", s2="maintenance"))
    shift.scan(0, state=1)
    shift.scan(1, state=Quality.DEVICE_FAULT)
    assert shift.scan(2.9, gas=20)["gas"] == 20
    assert shift.scan(3.1, gas=20)["gas"] == (SUSPECT, 20)
    shift.scan(4, state=2)
    shift.scan(5, state=Quality.DEVICE_FAULT)
    assert shift.scan(9, gas=20)["gas"] == (Quality.MAINTENANCE, 20)  # the last that was heard is no better
    shift.scan(10, state=1)
    assert shift.scan(10, gas=20)["gas"] == 20


def test_a_value_that_is_missing_stays_missing_for_its_own_reason() -> None:
    shift = Shift(GAS, states(s1="good", s3="device-fault"))
    assert shift.scan(0, state=3, gas=Quality.SENTINEL)["gas"] is Quality.SENTINEL
    assert shift.scan(1, state=Quality.COMM_FAULT, gas=Quality.COMM_FAULT)["gas"] is Quality.COMM_FAULT


def test_over_range_keeps_its_direction_whatever_doubts_there_are() -> None:
    shift = Shift(GAS, states(s1="good", s8="calibration"))
    over = Scan(ScanPlan("line", "1", (GAS,), 1.0), 0, 0, True, (1000.0,), (Quality.OVER_RANGE,))
    assert shift.conditions.judge(over).qualities == (Quality.OVER_RANGE,)  # state unknown
    shift.scan(0, state=8)
    assert shift.conditions.judge(over).qualities == (Quality.CALIBRATION,)


def test_a_device_that_says_over_range_holds_the_value_at_the_end() -> None:
    shift = Shift(GAS, states(is_complete=False, s1="over-range"))
    assert shift.scan(0, state=True, gas=31)["gas"] == (Quality.OVER_RANGE, 1000.0)


def test_the_worst_of_several_words_counts() -> None:
    muted = marker("muted", Marks(("d.gas",), states={1: State(Text("", ""), "good")}))
    fault = marker("fault", Marks(("d.gas",), states={1: State(Text("", ""), "device-fault")}))
    shift = Shift(GAS, muted, fault, states(s1="good", s8="calibration"))
    assert shift.scan(0, muted=1, fault=0, state=1, gas=20)["gas"] == 20  # muted is an event only
    assert shift.scan(1, muted=1, fault=0, state=8, gas=20)["gas"] == (Quality.CALIBRATION, 20)
    assert shift.scan(2, muted=1, fault=1, state=8, gas=20)["gas"] is Quality.DEVICE_FAULT


BEAT = marker("beat", Marks(("d.gas", "d.temp"), heartbeat_s=5.0))


def test_a_heartbeat_that_stops_takes_the_values_away_until_it_beats_again() -> None:
    shift = Shift(GAS, TEMP, BEAT)
    assert shift.scan(0, beat=0, gas=20)["gas"] == (SUSPECT, 20)  # it has not beaten yet
    assert shift.scan(1, beat=1, gas=20)["gas"] == 20
    for second in range(2, 7):
        assert shift.scan(second, beat=1, gas=20)["gas"] == 20
    assert shift.scan(6.1, beat=1, gas=21)["gas"] is Quality.STALE
    assert shift.scan(6.2, temp=30)["temp"] is Quality.STALE  # whichever block it comes in
    assert shift.scan(7, beat=0, gas=22)["gas"] == 22


def test_a_heartbeat_that_never_beat_is_waited_for_no_longer_than_its_time() -> None:
    shift = Shift(GAS, BEAT)
    for second in range(6):
        assert shift.scan(second, beat=1, gas=20)["gas"] == (SUSPECT, 20)
    assert shift.scan(6, beat=1, gas=20)["gas"] is Quality.STALE


def test_after_a_silence_of_the_line_a_heartbeat_begins_anew() -> None:
    shift = Shift(GAS, BEAT)
    shift.scan(0, beat=0)
    shift.scan(1, beat=1)
    shift.scan(2, beat=Quality.COMM_FAULT, gas=Quality.COMM_FAULT)
    # A minute without an answer is no minute without a beat.
    assert shift.scan(60, beat=1, gas=20)["gas"] == (SUSPECT, 20)
    assert shift.scan(61, beat=0, gas=20)["gas"] == 20


def test_a_heartbeat_that_cannot_be_read_while_the_rest_answers_is_doubted() -> None:
    shift = Shift(GAS, BEAT)
    shift.scan(0, beat=0)
    shift.scan(1, beat=1)
    assert shift.scan(4, beat=Quality.DEVICE_FAULT, gas=20)["gas"] == 20
    assert shift.scan(7, beat=Quality.DEVICE_FAULT, gas=20)["gas"] == (SUSPECT, 20)


def test_over_a_subscription_no_news_is_no_change() -> None:
    shift = Shift(GAS, states(s1="good", s8="calibration"), block="subscription")
    shift.scan(0, state=1)
    assert shift.scan(3600, gas=20)["gas"] == 20
    shift.scan(3601, state=Quality.COMM_FAULT)  # the session was lost
    assert shift.scan(3602, gas=20)["gas"] == (SUSPECT, 20)


CONSTANT = setting("test", Readback(Role.CONSTANT, -12345), "d.gas", "d.temp")


def test_a_constant_that_comes_wrong_casts_doubt_on_the_whole_device() -> None:
    shift = Shift(GAS, TEMP, CONSTANT)
    assert shift.scan(0, gas=20)["gas"] == (SUSPECT, 20)  # not read yet: it may be anything
    shift.scan(1, test=-14417)  # CFC7 read as C7CF: the bytes are swapped
    assert shift.scan(2, gas=20, temp=3) == {"gas": (SUSPECT, 20), "temp": (SUSPECT, 3)}
    shift.scan(61, test=-12345)
    assert shift.scan(62, gas=20)["gas"] == 20


@pytest.mark.parametrize("unreadable", [Quality.DEVICE_FAULT, Quality.NOT_A_NUMBER])
def test_a_constant_that_the_device_refuses_proves_nothing(unreadable: Quality) -> None:
    shift = Shift(GAS, TEMP, CONSTANT)
    shift.scan(0, test=unreadable)
    assert shift.scan(1, gas=20)["gas"] == (SUSPECT, 20)
    shift.scan(60, test=-12345)
    shift.scan(120, test=unreadable)  # once may be chance
    assert shift.scan(121, gas=20)["gas"] == 20
    assert shift.scan(60 + 181, gas=20)["gas"] == (SUSPECT, 20)


def test_after_an_outage_a_device_must_prove_itself_again() -> None:
    shift = Shift(GAS, TEMP, CONSTANT)
    shift.scan(0, test=-12345)
    shift.scan(60, test=Quality.COMM_FAULT)  # it may be another one that comes back
    assert shift.scan(61, gas=20)["gas"] == (SUSPECT, 20)
    shift.scan(62, test=-12345)
    assert shift.scan(63, gas=20)["gas"] == 20


def test_a_unit_that_was_changed_at_the_device_casts_doubt_on_its_point_alone() -> None:
    unit = setting("unit", Readback(Role.UNIT, "ppm", {1: "ppm", 4: "%LEL"}), "d.gas")
    shift = Shift(GAS, TEMP, unit)
    shift.scan(0, unit=1)
    assert shift.scan(1, gas=20)["gas"] == 20
    shift.scan(60, unit=4)
    assert shift.scan(61, gas=20, temp=3) == {"gas": (SUSPECT, 20), "temp": 3}
    shift.scan(120, unit=9)  # of which the manual says nothing
    assert shift.scan(121, gas=20)["gas"] == (SUSPECT, 20)


def test_decimals_that_differ_from_the_file_make_the_value_doubtful() -> None:
    shift = Shift(GAS, setting("places", Readback(Role.DECIMALS, 1), "d.gas"))
    shift.scan(0, places=1)
    assert shift.scan(1, gas=2.5)["gas"] == 2.5
    shift.scan(60, places=0)
    assert shift.scan(61, gas=2.5)["gas"] == (SUSPECT, 2.5)


def scaled(offset: float = 0.0) -> Point:
    point = register_point("gas", 0, within=(0.0, 1000.0), decimals_from="d.places", offset=offset)
    return replace(point, id="d.gas", unit="ppm", period_s=1.0)


PLACES = marker("places", Marks(("d.gas",), readback=Readback(Role.DECIMALS)))


def test_decimals_from_the_device_scale_the_value_of_the_same_scan() -> None:
    shift = Shift(scaled(), PLACES)
    assert shift.scan(0, gas=100)["gas"] is Quality.STALE  # by what factor, nobody knows yet
    assert shift.scan(1, gas=100, places=1)["gas"] == 10.0
    assert shift.scan(2, gas=37, places=1)["gas"] == 3.7
    assert shift.scan(3, gas=37, places=0)["gas"] == 37
    assert shift.scan(4, gas=37, places=3)["gas"] == 0.037


def test_a_scaled_value_is_judged_by_the_range_in_the_unit_of_the_point() -> None:
    shift = Shift(scaled(), PLACES)
    assert shift.scan(0, gas=10001, places=1)["gas"] == (Quality.OVER_RANGE, 1000.0)
    assert shift.scan(1, gas=10000, places=1)["gas"] == 1000.0
    assert shift.scan(2, gas=Quality.SENTINEL, places=1)["gas"] is Quality.SENTINEL


def test_an_offset_is_added_after_the_decimals() -> None:
    assert Shift(scaled(-0.25), PLACES).scan(0, gas=103, places=1)["gas"] == 10.05


@pytest.mark.parametrize("impossible", [-1, 10, 65535])
def test_impossible_decimals_are_no_value(impossible: int) -> None:
    assert Shift(scaled(), PLACES).scan(0, gas=100, places=impossible)["gas"] is Quality.DEVICE_FAULT


def test_decimals_that_cannot_be_read_any_more_are_doubted() -> None:
    shift = Shift(scaled(), PLACES)
    shift.scan(0, places=1)
    assert shift.scan(3, gas=100)["gas"] == 10.0
    assert shift.scan(4, gas=100)["gas"] == (SUSPECT, 10.0)


def test_a_device_that_says_nothing_of_itself_is_not_touched() -> None:
    emitted: list[Scan] = []
    emit = emitted.append
    assert Conditions([device(GAS, TEMP)]).over(emit) == emit


def test_a_scan_that_nothing_speaks_against_is_handed_on_as_it_is() -> None:
    conditions = Conditions([device(GAS, states(s1="good"))])
    state = conditions.judge  # the word first
    emitted: list[Scan] = []
    plan = ScanPlan("line", "1", (GAS, states(s1="good")), 1.0)
    scan = Scan(plan, 0, 0, True, (20, 1))
    conditions.over(emitted.append)(scan)
    assert emitted == [scan]
    assert state(scan) is scan
