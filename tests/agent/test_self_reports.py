"""Settings and states of devices, from scans to events: read as a shift log, one reading after the other.

What must outlive a restart is carried over as the store does: the states beside the events.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from agent.records import Json
from agent.self_reports import SelfReports
from config.model import Device, LimitKind, Marks, Plant, Point, Readback, Role, State, Text
from drivers.reading import Quality, Scan, ScanPlan, Value
from tests.agent.parts import device, limit, plant, point

GAS = point()
UTC_NS = 1_795_509_215_000_000_000  # 2026-11-24 08:33:35 UTC, 16:33:35 in Shanghai


def setting(name: str, readback: Readback, *, unit: str = "", index: int = 1) -> Point:
    marks = Marks((GAS.id,), readback=readback)
    return replace(point(f"co-1.{name}", index, unit=unit), name=Text("低报", "low alarm"), marks=marks)


def word(**qualities: str) -> Point:
    states = {int(raw[1:]): State(Text(f"状态{raw}", f"state {raw}"), q) for raw, q in qualities.items()}
    return replace(point("co-1.state"), marks=Marks((GAS.id,), states=states, is_complete=True))


class Shift:
    """One agent after the other on the same store."""

    def __init__(self, *points: Point, limits: Mapping[LimitKind, float] | None = None) -> None:
        rules = [limit(GAS, kind, at) for kind, at in (limits or {}).items()]
        self.device: Device = device("co-1", [GAS, *points], rules)
        self.plant: Plant = plant(self.device)
        self.store: dict[str, bytes] = {}
        self.start()

    def start(self) -> None:
        self.reports = SelfReports(self.plant)
        self.reports.start(self.store)

    def read(
        self, of: Point, value: Value, quality: Quality = Quality.GOOD, *, synced: bool = True
    ) -> list[Json]:
        """Take one reading; return the events."""
        plan = ScanPlan("line", "1", (of,), 60.0)
        scan = Scan(plan, UTC_NS, 0, synced, (value,), (quality,) if quality else None)
        events = []
        for occurred in self.reports.take(scan):
            self.store |= {key: kept for key, kept in occurred.state.items() if kept is not None}
            events.append(occurred.content)
        return events


def kinds(events: list[Json]) -> list[str]:
    return [event["kind"] for event in events]


def told(events: list[Json], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(event[key] for key in keys) for event in events]


ALARM = setting("low-alarm", Readback(Role.HI), unit="ppm")


def test_a_setting_is_noted_once_and_each_change_is_told_with_old_and_new() -> None:
    shift = Shift(ALARM)
    assert told(shift.read(ALARM, 24.0), "kind", "value") == [("setting-noted", 24.0)]
    assert shift.read(ALARM, 24.0) == []
    [event] = shift.read(ALARM, 50.0)
    assert event == {
        "kind": "setting-changed",
        "device": "co-1",
        "point": "co-1.low-alarm",
        "role": "hi",
        "unit": "ppm",
        "old": 24.0,
        "new": 50.0,
        "text": {
            "zh": "co-1 探测器的“低报”由 24 ppm 变为 50 ppm。网关只读不写，不知是谁改的，请核实。",
            "en": "co-1 detector: low alarm changed from 24 ppm to 50 ppm. "
            "The gateway only reads and cannot know who did it; find out.",
        },
    }


def test_a_change_while_the_agent_was_down_is_told_after_the_start() -> None:
    shift = Shift(ALARM)
    shift.read(ALARM, 24.0)
    shift.start()
    assert shift.read(ALARM, 24.0) == []
    shift.start()
    assert told(shift.read(ALARM, 50.0), "kind", "old", "new") == [("setting-changed", 24.0, 50.0)]


def test_a_limit_of_the_device_is_held_against_the_limit_of_the_file() -> None:
    shift = Shift(ALARM, limits={LimitKind.HI: 24.0})
    assert kinds(shift.read(ALARM, 24.0)) == ["setting-noted"]
    assert shift.reports.settings.differing() == []
    changed, differs = shift.read(ALARM, 50.0)
    assert (changed["kind"], differs["kind"]) == ("setting-changed", "setting-differs")
    assert (differs["value"], differs["expected"]) == (50.0, 24.0)
    [standing] = shift.reports.settings.differing()
    assert (standing["point"], standing["value"], standing["expected"]) == ("co-1.low-alarm", 50.0, 24.0)
    shift.start()  # it goes on differing: no second event, but still in the status
    assert shift.read(ALARM, 50.0) == []
    assert len(shift.reports.settings.differing()) == 1
    assert kinds(shift.read(ALARM, 24.0)) == ["setting-changed", "setting-agrees"]
    assert shift.reports.settings.differing() == []


def test_what_the_file_says_twice_or_not_at_all_is_not_compared() -> None:
    assert kinds(Shift(ALARM).read(ALARM, 50.0)) == ["setting-noted"]
    other = setting("low-alarm", Readback(Role.LO), unit="ppm")
    assert kinds(Shift(other, limits={LimitKind.HI: 24.0}).read(other, 50.0)) == ["setting-noted"]
    in_percent = setting("low-alarm", Readback(Role.HI), unit="%")
    assert kinds(Shift(in_percent, limits={LimitKind.HI: 24.0}).read(in_percent, 50.0)) == ["setting-noted"]


def test_a_unit_is_told_by_its_name() -> None:
    unit = setting("unit", Readback(Role.UNIT, "ppm", {1: "ppm", 4: "%LEL"}))
    shift = Shift(unit)
    assert told(shift.read(unit, 1), "kind", "value") == [("setting-noted", "ppm")]
    changed, differs = shift.read(unit, 4)
    assert (changed["old"], changed["new"]) == ("ppm", "%LEL")
    assert "存疑" in differs["text"]["zh"]
    assert "suspect" in differs["text"]["en"]
    assert told(shift.read(unit, 17), "old", "new") == [("%LEL", "17")]


def test_a_setting_that_is_doubted_itself_says_nothing() -> None:
    shift = Shift(ALARM, limits={LimitKind.HI: 24.0})
    shift.read(ALARM, 24.0)
    assert shift.read(ALARM, 6144.0, Quality.SUSPECT) == []  # the constant came with its bytes swapped
    assert shift.read(ALARM, None, Quality.COMM_FAULT) == []
    assert kinds(shift.read(ALARM, 50.0, Quality.MAINTENANCE)) == ["setting-changed", "setting-differs"]


def test_a_float_differs_by_more_than_its_own_dust() -> None:
    constant = setting("test", Readback(Role.CONSTANT, -123.45))
    shift = Shift(constant)
    assert kinds(shift.read(constant, -123.44999694824219)) == ["setting-noted"]
    assert kinds(shift.read(constant, -123.46)) == ["setting-changed", "setting-differs"]


def test_the_date_of_the_last_calibration_is_an_event_when_it_changes() -> None:
    calibrated = setting("calibrated", Readback(Role.CALIBRATION))
    shift = Shift(calibrated)
    shift.read(calibrated, "2026-03-01")
    assert told(shift.read(calibrated, "2026-11-24"), "kind", "old", "new") == [
        ("setting-changed", "2026-03-01", "2026-11-24")
    ]


@pytest.mark.parametrize(
    ("readback", "right", "wrong", "offset_s"),
    [
        (Readback(Role.CLOCK, is_utc=True), UTC_NS // 10**9, UTC_NS // 10**9 - 61, -61),
        (Readback(Role.CLOCK), "2026-11-24 16:33:35", "2026-11-24 16:34:36", 61),
        (Readback(Role.CLOCK, is_utc=True), "2026-11-24 08:33:35", "2026-11-24 16:33:35", 8 * 3600),
        (Readback(Role.CLOCK), UTC_NS // 10**9 + 8 * 3600, UTC_NS // 10**9, -8 * 3600),
    ],
)
def test_a_clock_that_is_a_minute_off_is_told_once(
    readback: Readback, right: Value, wrong: Value, offset_s: int
) -> None:
    clock = setting("clock", readback)
    shift = Shift(clock)
    assert shift.read(clock, right) == []
    assert told(shift.read(clock, wrong), "kind", "offset_s") == [("device-clock-off", offset_s)]
    assert shift.read(clock, wrong) == []
    assert [entry["value"] for entry in shift.reports.settings.differing()] == [offset_s]
    shift.start()
    assert shift.read(clock, wrong) == []
    assert kinds(shift.read(clock, right)) == ["device-clock-right"]


def test_while_our_own_clock_is_not_synchronised_nobody_knows_whose_is_off() -> None:
    clock = setting("clock", Readback(Role.CLOCK, is_utc=True))
    assert Shift(clock).read(clock, 0, synced=False) == []


@pytest.mark.parametrize("shown", ["not a date", 2**70, True, None])
def test_a_clock_that_shows_no_time_says_nothing(shown: Value) -> None:
    clock = setting("clock", Readback(Role.CLOCK, is_utc=True))
    assert Shift(clock).read(clock, shown) == []


def test_each_state_that_begins_or_ends_is_an_event() -> None:
    state = word(s1="good", s8="calibration")
    shift = Shift(state)
    assert shift.read(state, 1) == []
    [begun] = shift.read(state, 8)
    assert (begun["kind"], begun["value"], begun["quality"]) == ("device-state", 8, "calibration")
    assert begun["text"]["en"] == f"{shift.device.name.en}: state s8."
    assert shift.read(state, 8) == []
    shift.start()
    assert shift.read(state, 8) == []
    assert shift.read(state, None, Quality.COMM_FAULT) == []
    assert told(shift.read(state, 1), "value", "quality") == [(1, "good")]
    [unknown] = shift.read(state, 5)
    assert unknown["quality"] == "suspect"
    assert "5" in unknown["text"]["zh"]


def test_a_device_that_is_found_out_of_order_at_the_start_is_told() -> None:
    state = word(s1="good", s8="calibration")
    assert kinds(Shift(state).read(state, 8)) == ["device-state"]


def test_muting_is_an_event_though_the_value_stays_good() -> None:
    muted = replace(word(s1="good"), marks=replace(word(s1="good").marks or Marks(()), is_complete=False))
    shift = Shift(muted)
    assert shift.read(muted, False) == []
    state, bypass = shift.read(muted, True)
    assert (state["kind"], state["quality"]) == ("device-state", "good")
    assert (bypass["kind"], bypass["cause"]) == ("bypass", "muted")
    [ended] = shift.read(muted, False)
    assert "ended" in ended["text"]["en"]
    assert "解除" in ended["text"]["zh"]


def test_measured_points_concern_nobody_here() -> None:
    assert Shift(ALARM).read(GAS, 500.0) == []
