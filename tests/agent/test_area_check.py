"""The checklist before an area goes on: what it finds, and that it finds nothing where nothing is."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from agent.alarms.alarm import Alarm
from agent.area_check import AreaCheck
from agent.latest import LatestValues
from config.model import Plant
from drivers.reading import Quality, Scan, ScanPlan, Value
from tests.agent.area_shift import WANG, Shift

DECLARED = "  shop: {name: 车间, state: {declared: true}}\n"


class Walk:
    """One device with two points, and the list of its area."""

    def __init__(self, folder: Path, *, due: date | None = None) -> None:
        self.shift = Shift(folder, DECLARED)
        press = self.shift.plant.devices["press"]
        self.plant: Plant = replace(self.shift.plant, devices={"press": replace(press, calibration_due=due)})
        self.latest = LatestValues(self.plant)
        self._plan = ScanPlan("plc", "block", press.points, 1.0)

    def read(self, *values: tuple[Value, Quality]) -> None:
        taken = tuple(value for value, _ in values)
        clock = self.shift.clock
        scan = Scan(
            self._plan,
            clock.now_ns(),
            clock.monotonic_ns(),
            True,
            taken,
            tuple(quality for _, quality in values),
        )
        self.latest.take(scan)
        self.shift._heard(self.shift.engine.evaluate(scan))

    def found(self) -> list[tuple[str, str | None]]:
        check = AreaCheck(self.plant, self.shift.engine, self.latest, self.shift.clock).of("shop")
        assert check["ok"] == (not check["found"])
        assert all(each["text"]["zh"] and each["text"]["en"] for each in check["found"])
        return [(each["what"], each["point"]) for each in check["found"]]


GOOD = (1, Quality.GOOD), (50, Quality.GOOD)


def test_nothing_is_found_where_all_is_well(tmp_path: Path) -> None:
    walk = Walk(tmp_path, due=date(2027, 1, 1))
    walk.read(*GOOD)
    assert walk.found() == []


def test_a_device_that_was_never_read_is_dead_as_a_whole_and_a_point_by_itself(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    assert walk.found() == [("dead", None)]
    walk.read((1, Quality.GOOD), (None, Quality.WIRE_BREAK))
    assert walk.found() == [("dead", "press.flow")]


def test_a_value_that_is_not_the_plants_or_doubtful_is_told(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    walk.read((1, Quality.GOOD), (50, Quality.SIMULATION))
    assert walk.found() == [("bypassed", "press.flow")]
    walk.read((1, Quality.SUSPECT), (50, Quality.GOOD))
    assert walk.found() == [("doubtful", "press.running")]


def test_calibration_is_due_on_its_day_as_the_alarm_has_it(tmp_path: Path) -> None:
    for due, found in ((date(2026, 9, 22), []), (date(2026, 9, 21), [("calibration", None)])):
        walk = Walk(tmp_path, due=due)
        walk.read(*GOOD)
        assert walk.found() == found, due


def test_what_stands_is_suppressed_or_lost_is_told(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    walk.read((1, Quality.GOOD), (3, Quality.GOOD))
    assert walk.found() == [("alarm", "press.flow")]
    alarm = walk.shift.engine.alarm("press.flow.lo")
    assert alarm is not None
    hour = replace(WANG, until_ns=walk.shift.utc + 3600 * 10**9)
    for what, do in (("shelved", Alarm.shelve), ("out-of-service", Alarm.take_out)):
        do(alarm, hour, walk.shift.utc, walk.shift.mono)
        walk.shift._heard(walk.shift.engine.acted())
        assert (what, "press.flow") in walk.found()
    assert ("alarm", "press.flow") not in walk.found(), "out of service ended it"
