"""The time line: which alarm is put down to which event, when it ended, and how that is shown."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from simulator.demo.store_reader import StoredRecord
from simulator.faults import KINDS, Target
from simulator.rehearsal.course import Course, course
from simulator.rehearsal.heading import Heading
from simulator.rehearsal.page import page
from simulator.rehearsal.plots import BUCKETS, Plot
from simulator.rehearsal.ran import Ran
from simulator.rehearsal.record import as_json
from simulator.rehearsal.rows import rows
from simulator.rehearsal.spans import clock_time, span
from simulator.rehearsal.words_faults import FAULTS
from simulator.scenario import Event, Scenario
from simulator.timeline import NS_PER_S
from tests.simulator.plants import RTU, TCP, collector, detector, device, plant

PLANT = plant({"line": RTU, "plc": TCP}, detector("co-12", "line", 12), collector("dc-1", "plc", 1))
BEGIN_NS = 1_795_000_000 * NS_PER_S
LEAK = Event(0.1, 0.5, Target.DEVICE, "co-12", "leak", {"to": 320.0})
CUT = Event(0.2, 0.3, Target.CONNECTION, "plc", "line-cut")
SCENARIO = Scenario(600.0, (CUT, LEAK))
HEADING = Heading("P-1", "厂 <plant>", "Asia/Shanghai", "p.yaml", "ab" * 32, "leak", 1, 20.0, 600.0)
STARTED = StoredRecord(1, 3, 0, {"kind": "started"})
RAN = Ran(BEGIN_NS, 30.0, 20.0, 20.0, 0)


def told(at_s: float, rule: str, event: str, **more: object) -> StoredRecord:
    device = rule.partition(".")[0]
    alarm: Mapping[str, Any] = {
        "event": event,
        "rule": rule,
        "condition": rule.rpartition(".")[2],
        "device": device if device in PLANT.devices else None,
        "point": rule.rpartition(".")[0] if rule.count(".") == 2 else None,
        "priority": "high",
        "utc_ns": BEGIN_NS + round(at_s * NS_PER_S),
        "value": 25.5,
        "unit": "ppm",
        "limit": 24.0,
        "text": {"zh": "超过 <高限>", "en": "beyond <the limit>"},
        **more,
    }
    return StoredRecord(1, 1, alarm["utc_ns"], {"kind": "alarm", "alarm": alarm})


def drawn(*records: StoredRecord) -> Course:
    return course(PLANT, SCENARIO, BEGIN_NS, records)


def test_an_alarm_counts_from_the_event_at_its_device_and_ends_after_its_end() -> None:
    rule = "co-12.concentration.hi"
    [alarm] = drawn(told(75, rule, "raised"), told(80, rule, "escalated"), told(330, rule, "cleared")).alarms
    assert alarm.cause is not None
    assert alarm.cause.do == "leak"
    assert alarm.delay_s == pytest.approx(15)
    assert alarm.ended_s == pytest.approx(330)
    assert alarm.ended_after_s == pytest.approx(30)


def test_an_alarm_of_a_line_is_put_down_to_what_befell_the_line_and_so_are_its_devices() -> None:
    alarms = drawn(told(130, "plc.comm-fault", "raised"), told(131, "dc-1.comm-fault", "raised")).alarms
    assert [alarm.cause and alarm.cause.do for alarm in alarms] == ["line-cut", "line-cut"]


def test_what_befell_another_instrument_of_the_same_machine_is_a_cause() -> None:
    water = device("water-1", "plc", [], {"process": "cooling-water", "line": "casting"})
    apart = device("water-2", "plc", [], {"process": "cooling-water"})
    tilt = device("tilt-1", "plc", [], {"process": "tilting-furnace", "line": "casting"})
    loss = Scenario(600.0, (Event(0.1, 0.2, Target.DEVICE, "tilt-1", "pressure-loss"),))
    records = [
        told(80, "water-1.inlet-flow.lo", "raised", device="water-1"),
        told(80, "water-2.inlet-flow.lo", "raised", device="water-2"),
    ]
    alarms = course(plant({"plc": TCP}, water, apart, tilt), loss, BEGIN_NS, records).alarms
    assert [alarm.cause and alarm.cause.id for alarm in alarms] == ["tilt-1", None]


def test_an_alarm_before_any_event_or_elsewhere_has_no_cause() -> None:
    alarms = drawn(
        told(59, "co-12.concentration.hi", "raised"), told(100, "dc-1.hopper-temperature.hi", "raised")
    ).alarms
    assert [alarm.cause for alarm in alarms] == [None, None]
    assert [alarm.delay_s for alarm in alarms] == [None, None]


def test_an_alarm_that_comes_twice_is_two_and_one_that_is_not_over_has_no_end() -> None:
    rule = "co-12.concentration.hi"
    records = [told(70, rule, "raised"), told(90, rule, "cleared"), told(100, rule, "raised")]
    assert [alarm.ended_s for alarm in drawn(*records).alarms] == [pytest.approx(90), None]


def test_a_limit_that_nobody_watched_is_no_alarm_but_is_told() -> None:
    rule = "co-12.concentration.hi"
    line = drawn(told(70, rule, "not-evaluated"), told(90, rule, "evaluated"))
    assert line.alarms == []
    assert [(lost.raised_s, lost.ended_s) for lost in line.lost] == [(70, 90)]


def judged(*verdicts: tuple[str, str, float | None]) -> StoredRecord:
    effects = [
        {"effect": id_, "name": {"zh": "切断", "en": "Cut-off"}, "within_s": 2.0, "verdict": verdict}
        | {"low_s": 0.4, "high_s": high_s}
        for id_, verdict, high_s in verdicts
    ]
    content = {
        "kind": "interlock",
        "interlock": "judged",
        "rule": "trip",
        "name": {"zh": "断水联锁", "en": "Water trip"},
        "trigger": {"by_ns": BEGIN_NS + 90 * NS_PER_S},
        "effects": effects,
        "text": {"zh": "断水联锁：……", "en": "Water trip: …"},
    }
    return StoredRecord(1, 1, 0, content)


def test_an_interlock_that_was_set_off_is_told_with_the_verdict_on_every_effect() -> None:
    started = StoredRecord(1, 2, 0, {"kind": "interlock", "interlock": "triggered"})
    noted = [
        started,
        judged(("cut-off", "in time", 0.8), ("tilt-back", "never", None)),
        STARTED,
    ]
    line = course(PLANT, SCENARIO, BEGIN_NS, [], noted)
    shown = [(row.at_s, row.mark, row.what[1], row.delay[1], row.value) for row in rows(PLANT, line, 600.0)]
    assert (90.0, "acted", "◆ interlock Water trip Cut-off in time", "0.40 – 0.80 s", "(2 s)") in shown
    assert (90.0, "failed", "◆ interlock Water trip Cut-off never", "0.40 – ? s", "(2 s)") in shown
    [told] = as_json(HEADING, RAN, line)["interlocks"]
    assert (told["rule"], told["triggered_s"]) == ("trip", 90.0)
    assert [(each["effect"], each["verdict"]) for each in told["effects"]] == [
        ("cut-off", "in time"),
        ("tilt-back", "never"),
    ]


def test_rows_stand_in_order_of_time() -> None:
    rule = "co-12.concentration.hi"
    line = drawn(told(75, rule, "raised"), told(330, rule, "cleared"))
    shown = rows(PLANT, line, 600.0)
    assert [row.at_s for row in shown] == pytest.approx([60, 75, 120, 180, 300, 330])
    assert [row.mark for row in shown] == ["event", "alarm", "event", "event", "event", "alarm"]
    assert shown[1].delay == ("15.0 s", "15.0 s")
    assert shown[1].value == "25.5 (24) ppm"


def test_limits_of_one_device_that_are_lost_together_share_a_row() -> None:
    rules = [f"co-12.concentration.{kind}" for kind in ("hi", "hihi")]
    lost = [told(70 + n / 10, rule, "not-evaluated") for n, rule in enumerate(rules)]
    found = [told(400, rule, "evaluated") for rule in rules]
    shown = [row for row in rows(PLANT, drawn(*lost, *found), 600.0) if row.mark == "lost"]
    assert [row.at_s for row in shown] == [70, 400]
    assert "2 limits not watched" in shown[0].what[1]


def test_programs_get_the_same_in_seconds() -> None:
    line = as_json(HEADING, RAN, drawn(told(75, "co-12.concentration.hi", "raised")))
    [alarm] = line["alarms"]
    assert (alarm["raised_s"], alarm["delay_s"], alarm["cleared_s"]) == (75, 15, None)
    assert alarm["cause"] == {"do": "leak", "at_s": 60}
    assert [event["do"] for event in line["events"]] == ["leak", "line-cut"]


def test_the_page_shows_the_course_of_a_point_with_an_alarm_and_holds_nothing_foreign() -> None:
    line = drawn(told(75, "co-12.concentration.hi", "raised"))
    device = PLANT.devices["co-12"]
    plot = Plot(device.points[0], ("浓度", "concentration"), device.rules, line.alarms)
    for second in range(600):
        plot.add(second / 600, second / 10)
    text = page(PLANT, HEADING, RAN, line, [plot])
    assert "厂 &lt;plant&gt;" in text
    assert "&lt;高限&gt;" in text
    assert not re.search(r"<(script|link|img)|https?:", text)
    assert text.count("<svg") == 1


def test_a_picture_keeps_every_peak() -> None:
    device = PLANT.devices["co-12"]
    plot = Plot(device.points[0], ("浓度", "concentration"), (), ())
    for number in range(100 * BUCKETS):
        plot.add(number / (100 * BUCKETS), 900.0 if number == 12_345 else 1.0)
    assert len(plot.buckets) == BUCKETS
    assert max(high for _, high in plot.buckets.values()) == 900


def test_a_day_without_alarms_says_so() -> None:
    assert "No alarm at all" in page(PLANT, HEADING, RAN, drawn(), [])


def test_every_fault_has_its_words() -> None:
    assert FAULTS.keys() == KINDS.keys()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00.0"), (65.25, "01:05.2"), (3725, "1:02:05.0"), (-3.2, "-00:03.2")]
)
def test_times_read_as_on_a_clock(seconds: float, shown: str) -> None:
    assert clock_time(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(4.21, "4.2 s"), (192, "3 min 12 s"), (7500, "2 h 5 min")])
def test_spans_read_as_people_say_them(seconds: float, shown: str) -> None:
    assert span(seconds) == shown
