"""Start permits, against a real engine and real latest values: what is not fit is found, each once."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.act import Refused
from agent.alarms.event import Act
from agent.gateway import Gateway
from agent.latest import LatestValues
from agent.permits import Permits
from drivers.reading import Quality, Scan, ScanPlan
from tests.agent.rule_shift import BAD, Read, Shift

RULE = """{kind: contradiction, name: {zh: 切断阀, en: Cut-off}, when: {point: plc.valve, equals: 1},
    must: {point: plc.closed, equals: 1}, off_delay: 0 s}
start_permits:
  cast: {name: {zh: 开铸, en: Cast},
    requires: [plc.inlet, the-rule, "plc.level >= 100 mm and not plc.fan"]}"""


class Room(Shift):
    """A shift with the latest values of its points, and its permits."""

    def __init__(self, folder: Path, rule: str = RULE, **device: object) -> None:
        super().__init__(folder, rule)
        if device:
            devices = {id_: replace(each, **cast("Any", device)) for id_, each in self.plant.devices.items()}
            self.plant = replace(self.plant, devices=devices)
            self.restart()
        self.latest = LatestValues(self.plant)
        self.recorded: list[dict[str, Any]] = []
        gateway = SimpleNamespace(
            plant=self.plant,
            latest=self.latest,
            engine=self.engine,
            clock=self.clock,
            on_event=self.recorded.append,
        )
        self.permits = Permits(cast("Gateway", gateway))

    def shown(self, **given: Read) -> None:
        self.read(**given)
        points = tuple(self._points[name] for name in given)
        pairs = [each if isinstance(each, tuple) else (each, Quality.GOOD) for each in given.values()]
        values, qualities = (tuple(part) for part in zip(*pairs, strict=True))
        plan = ScanPlan("plc", "-".join(given), points, 1.0)
        self.latest.take(Scan(plan, self.clock.now_ns(), self.clock.monotonic_ns(), True, values, qualities))

    def well(self, **others: Read) -> None:
        self.shown(
            **{"inlet": 200.0, "level": 150.0, "fan": False, "valve": False, "closed": False, **others}
        )

    @property
    def unfit(self) -> list[tuple[str, str]]:
        return [(what, why.en) for what, why in self.permits.findings(self.plant.permits["cast"])]


def test_all_is_fit(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.well()
    assert room.unfit == []


def test_before_the_first_reading_nothing_is(tmp_path: Path) -> None:
    assert {what for what, _ in Room(tmp_path).unfit} >= {"plc.inlet", "plc.valve", "plc.closed", "plc.level"}


@pytest.mark.parametrize(
    ("given", "what", "why"),
    [
        ({"inlet": BAD}, "plc.inlet", "has no valid value (comm-fault)"),
        ({"inlet": (200.0, Quality.MAINTENANCE)}, "plc.inlet", "is not to be trusted (maintenance)"),
        ({"level": 99.0}, "plc.level >= 100 mm and not plc.fan", "it is not so that"),
        ({"fan": True}, "plc.level >= 100 mm and not plc.fan", "it is not so that"),
        ({"valve": True}, "the-rule", "its alarm stands"),
    ],
)
def test_each_thing_that_is_not_fit_is_found(tmp_path: Path, given: Any, what: str, why: str) -> None:
    room = Room(tmp_path)
    room.well(**given)
    [(found, said)] = room.unfit
    assert found == what
    assert why in said


def test_an_uncertain_value_is_not_fit_whatever_it_says(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.well(level=(150.0, Quality.SIMULATION))
    assert [what for what, _ in room.unfit] == ["plc.level"]


def test_what_nobody_renews_is_stale(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.well()
    room.wait(11)
    assert ("plc.inlet", "进水流量 has not been renewed for 11 s") in room.unfit


def test_a_rule_that_somebody_took_out_or_silenced_is_not_in_force(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.well()
    alarm = room.engine.alarm("the-rule")
    assert alarm is not None
    act = Act("王工", reason="换阀", until_ns=room.clock.now_ns() + 3600 * 10**9)
    room.act(partial(alarm.take_out, act))
    assert room.unfit == [("the-rule", "Cut-off is out of service (by 王工)")]
    room.act(partial(alarm.put_back, act))
    room.act(partial(alarm.shelve, act))
    assert room.unfit == [("the-rule", "Cut-off is shelved (by 王工)")]


def test_a_rule_that_a_planned_stop_suppresses_or_that_is_under_test_is_not_in_force(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.well()
    alarm = room.engine.alarm("the-rule")
    assert alarm is not None
    alarm.rest(room.clock.now_ns(), room.clock.monotonic_ns())
    assert room.unfit == [("the-rule", "Cut-off is suppressed by a planned stop")]
    alarm.wake(room.clock.now_ns(), room.clock.monotonic_ns())
    alarm.begin_test({"by": "王工"})
    assert room.unfit == [("the-rule", "Cut-off is being tested with gas")]


def test_a_point_answers_for_every_rule_that_reads_it(tmp_path: Path) -> None:
    room = Room(tmp_path, RULE.replace("[plc.inlet, the-rule,", "[plc.closed,"))
    room.well(valve=True)
    assert ("the-rule", "Cut-off: its alarm stands") in room.unfit


def test_a_calibration_that_ran_out_is_told_once_for_its_device(tmp_path: Path) -> None:
    room = Room(tmp_path, calibration_due=date(2020, 1, 31))
    room.well()
    assert room.unfit == [("plc", "机组: calibration was due on 2020-01-31")]


async def test_a_check_is_an_event_with_its_answer_and_who_asked(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.well(level=99.0)
    answer = await room.permits.check({"permit": "cast"}, "王工 (uid 0)")
    assert (answer["fit"], answer["text"]["en"]) == (False, "Cast: 1 not fit; it should not be begun")
    [event] = room.recorded
    assert event == {"kind": "start-permit", **answer, "by": "王工 (uid 0)"}
    room.well()
    answer = await room.permits.check({"permit": "cast"}, "王工 (uid 0)")
    assert answer["fit"]
    assert "nothing is released" in answer["text"]["en"]
    with pytest.raises(Refused) as refused:
        await room.permits.check({"permit": "casting"}, "王工 (uid 0)")
    assert "did you mean cast?" in refused.value.text.en
