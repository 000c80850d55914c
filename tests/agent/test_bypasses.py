"""Protections that are out of use, and rules that were changed: each is an event, and stands in the list."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from agent.protections import written
from config.condition import Expression, Frozen
from config.expression import Compared, Number, Value
from config.model import (
    AlarmSettings,
    Area,
    DeviceAlarm,
    Disabled,
    Gate,
    GatePhase,
    LimitKind,
    Marks,
    Phase,
    Plant,
    Priority,
    State,
    Text,
)
from config.production import ByDeclaration, ByTag
from config.source import RegisterSource
from drivers.reading import Quality
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point
from tests.agent.working import Agent, Json, working

CO, PLAIN = point(), point("co-1.temperature", 1, unit="°C")
MUTE = replace(
    point("co-1.muted", 2, unit=""),
    name=Text("消音", "muted"),
    datatype="bool",
    marks=Marks((CO.id,), states={1: State(Text("消音", "muted"), "good")}),
)
HI = limit(CO, LimitKind.HI, 24.0)
PLANT = plant(device("co-1", [CO, PLAIN, MUTE], [HI]))


async def told(agent: Agent) -> list[Json]:
    return await agent.events("bypass", "bypass-end", "bypass-overdue", "limit-changed", "protection-changed")


def listed(agent: Agent) -> list[str]:
    return [each["cause"] for each in agent.pipeline.reports.bypasses.listed()]


@pytest.mark.parametrize(
    "quality",
    [
        Quality.MAINTENANCE,
        Quality.CALIBRATION,
        Quality.SIMULATION,
        Quality.MANUAL,
        Quality.STOPPED,
        Quality.DEVICE_FAULT,
        Quality.WIRE_BREAK,
    ],
)
async def test_a_detector_that_says_so_is_a_bypass_of_its_rules_until_it_is_back(
    tmp_path: Path, quality: Quality
) -> None:
    clock, off = HandClock(), (None if quality.is_bad else 3.0, quality)
    async with working(tmp_path, PLANT, clock) as agent:
        agent.read(co_1__concentration=3.0)
        assert await told(agent) == []
        agent.each_second(60, co_1__concentration=off)
        [begun] = await told(agent)
        assert (begun["kind"], begun["cause"], begun["rules"]) == ("bypass", quality.word, [HI.id])
        assert (begun["device"], begun["point"]) == ("co-1", CO.id)
        assert listed(agent) == [quality.word]
    async with working(tmp_path, PLANT, clock) as agent:
        assert listed(agent) == [quality.word]
        agent.each_second(10, co_1__concentration=(None, Quality.COMM_FAULT))
        agent.each_second(10, co_1__concentration=3.0)
        assert await told(agent) == [], "not good for 10 s yet"
        agent.each_second(1, co_1__concentration=3.0)
        [ended] = await told(agent)
        assert (ended["kind"], ended["cause"], ended["from_ns"]) == (
            "bypass-end",
            quality.word,
            begun["since_ns"],
        )
        assert listed(agent) == []
    async with working(tmp_path, PLANT, clock) as agent:
        assert listed(agent) == []


async def test_a_fault_that_flickers_is_one_and_another_reason_is_another(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        for _ in range(20):
            agent.each_second(1, co_1__concentration=(None, Quality.DEVICE_FAULT))
            agent.each_second(3, co_1__concentration=3.0)
        agent.each_second(1, co_1__concentration=(3.0, Quality.CALIBRATION))
        causes = [(event["kind"], event["cause"]) for event in await told(agent)]
        assert causes == [
            ("bypass", "device-fault"),
            ("bypass-end", "device-fault"),
            ("bypass", "calibration"),
        ]


async def test_beyond_the_range_in_doubt_or_without_a_rule_is_no_bypass(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.each_second(20, co_1__concentration=(1000.0, Quality.OVER_RANGE))
        agent.each_second(20, co_1__concentration=(3.0, Quality.SUSPECT))
        agent.each_second(20, co_1__temperature=(20.0, Quality.MAINTENANCE))
        assert await told(agent) == []


async def test_a_status_word_that_doubts_what_is_always_watched_is_a_bypass(tmp_path: Path) -> None:
    """A panel's common fault: the number stands there, and nobody may rely on it."""
    watched = replace(CO, always_watched=True)
    fault = replace(
        point("co-1.fault", 2, unit=""),
        datatype="bool",
        marks=Marks((CO.id,), states={1: State(Text("故障", "fault"), "suspect")}),
    )
    of = plant(device("co-1", [watched, fault], [replace(HI, point=watched)]))
    async with working(tmp_path, of, HandClock()) as agent:
        agent.each_second(5, co_1__concentration=(3.0, Quality.SUSPECT), co_1__fault=True)
        [begun] = await told(agent)
        assert (begun["kind"], begun["cause"], begun["rules"]) == ("bypass", "suspect", [HI.id])
        agent.each_second(11, co_1__concentration=3.0, co_1__fault=False)
        assert [event["kind"] for event in await told(agent)] == ["bypass-end"]


async def test_muting_is_a_bypass_though_the_values_stay_good(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.each_second(5, co_1__concentration=3.0, co_1__muted=False)
        assert await told(agent) == []
        agent.each_second(5, co_1__concentration=3.0, co_1__muted=True)
        [begun] = await told(agent)
        assert (begun["cause"], begun["point"], begun["rules"]) == ("muted", MUTE.id, [HI.id])
        agent.each_second(11, co_1__concentration=3.0, co_1__muted=False)
        assert [event["kind"] for event in await told(agent)] == ["bypass-end"]


async def test_what_lasts_longer_than_a_shift_is_told_when_a_day_begins_where_the_plant_is(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    noon = datetime.datetime(2026, 11, 30, 4, tzinfo=datetime.UTC)  # 12:00 in Shanghai
    clock.utc_ns = round(noon.timestamp()) * SECOND
    async with working(tmp_path, PLANT, clock) as agent:
        agent.read(co_1__concentration=(3.0, Quality.MAINTENANCE), co_1__muted=False)
        agent.wait(5 * 3600)
        agent.read(co_1__concentration=(3.0, Quality.MAINTENANCE), co_1__muted=True)
        await told(agent)
        agent.wait(7 * 3600 - 1)
        agent.read(co_1__concentration=(3.0, Quality.MAINTENANCE), co_1__muted=True)
        assert await told(agent) == []
        agent.wait(1)
        agent.read(co_1__concentration=(3.0, Quality.MAINTENANCE), co_1__muted=True)
        [overdue] = await told(agent)
        assert (overdue["kind"], overdue["cause"]) == ("bypass-overdue", "maintenance")
        assert "for 12 h" in overdue["text"]["en"]
        agent.wait(86_400)
        agent.read(co_1__concentration=(3.0, Quality.MAINTENANCE), co_1__muted=True)
        assert [event["cause"] for event in await told(agent)] == ["maintenance", "muted"], "each day"


def with_limit(at: float, *, on: float = 0.0, priority: Priority = Priority.CRITICAL) -> Plant:
    return plant(device("co-1", [CO], [replace(limit(CO, LimitKind.HI, at, on=on), priority=priority)]))


async def test_a_limit_that_was_changed_in_the_file_is_told_with_old_and_new_and_listed_for_a_week(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    async with working(tmp_path, with_limit(24.0), clock) as agent:
        assert await told(agent) == [], "at the first start nothing was before"
    async with working(tmp_path, with_limit(24.0), clock) as agent:
        assert await told(agent) == []
    changed = with_limit(50.0, on=30.0, priority=Priority.LOW)
    async with working(tmp_path, changed, clock) as agent:
        [event] = await told(agent)
        assert (event["kind"], event["rule"], event["point"]) == ("limit-changed", HI.id, CO.id)
        assert (event["old"]["limit"], event["new"]["limit"]) == (24.0, 50.0)
        assert "limit 24 → 50, on_delay in s 0 → 30, priority critical → low" in event["text"]["en"]
    clock.move(6 * 86_400)
    async with working(tmp_path, changed, clock) as agent:
        assert await told(agent) == []
        assert len(agent.pipeline.reports.in_force.listed(clock.utc_ns)) == 1
        assert agent.pipeline.reports.in_force.listed(clock.utc_ns + 2 * 86_400 * SECOND) == []


async def test_sets_of_a_gate_that_come_or_go_are_a_change_of_the_limit(tmp_path: Path) -> None:
    clock, sets = HandClock(), ((Phase.IDLE, None), (Phase.START, 50.0))
    gated = plant(device("co-1", [CO], [replace(HI, gate="cast", sets=sets)]))
    async with working(tmp_path, with_limit(24.0), clock) as agent:
        assert await told(agent) == []
    async with working(tmp_path, gated, clock) as agent:
        [event] = await told(agent)
        assert event["new"]["sets"] == {"idle": None, "start": 50.0}
        assert "gate – → cast, sets – → idle none, start 50" in event["text"]["en"]
    async with working(tmp_path, with_limit(24.0), clock) as agent:
        [event] = await told(agent)
        assert "gate cast → –, sets idle none, start 50 → –" in event["text"]["en"]


IDLE = Compared("<", Value(0), Number(1.0))


def _gated(idle: str, steady: str = "co-1.co > 5 ppm") -> Plant:
    points = (CO,)
    phases = tuple(
        GatePhase(phase, Expression((CO.id,), IDLE, text), points)
        for phase, text in ((Phase.IDLE, idle), (Phase.STEADY, steady))
    )
    gate = Gate("cast", Text("浇铸", "cast"), phases, is_steady_told=True, contradicted=None)
    return replace(with_limit(24.0), gates={"cast": gate})


def _with_point(**changed: object) -> Plant:
    sensor = replace(CO, **changed)  # type: ignore[arg-type]
    return plant(device("co-1", [sensor], [replace(HI, point=sensor)]))


_AREA = replace(with_limit(24.0), areas={"shop": Area("shop", Text("车间", "shop"), ByDeclaration())})
assert isinstance(CO.source, RegisterSource)
_ELSEWHERE = replace(CO.source, scale=0.1)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (_gated("co-1.co < 1 ppm"), _gated("co-1.co < 900 ppm"), "gate cast changed"),
        (
            _AREA,
            replace(_AREA, areas={"shop": Area("shop", Text("车间", "shop"), ByTag("co-1.co", above=5.0))}),
            "area shop changed in the plant file, and with it what is watched: how its state is known",
        ),
        (_with_point(), _with_point(range=(0.0, 9999.0)), "range 0..1000 → 0..9999"),
        (_with_point(), _with_point(period_s=600.0), "period in s 1 → 600"),
        (_with_point(always_watched=True), _with_point(), "always_watched true → false"),
        (_with_point(), _with_point(source=_ELSEWHERE), "watched: source"),
        (
            _AREA,
            replace(_AREA, devices={"co-1": replace(_AREA.devices["co-1"], area="shop")}),
            "point co-1.concentration changed in the plant file, and with it what is watched: area – → shop",
        ),
        (
            with_limit(24.0),
            replace(with_limit(24.0), alarms=AlarmSettings(engineers=("王工",))),
            "alarms changed in the plant file, and with it what is watched: engineers – → 王工",
        ),
    ],
)
async def test_what_rules_rest_on_is_told_and_listed_when_it_was_changed_in_the_file(
    tmp_path: Path, before: Plant, after: Plant, said: str
) -> None:
    clock = HandClock()
    async with working(tmp_path, before, clock) as agent:
        assert await told(agent) == []
    async with working(tmp_path, after, clock) as agent:
        [event] = await told(agent)
        assert event["kind"] == "protection-changed"
        assert said in event["text"]["en"]
        assert event["old"] != event["new"]
        assert len(agent.pipeline.reports.in_force.listed(clock.utc_ns)) == 1
    async with working(tmp_path, after, clock) as agent:
        assert await told(agent) == [], "once"


def test_what_a_later_version_adds_by_default_is_no_change() -> None:
    assert "scale" not in written(CO.source)
    assert "scale=0.1" in written(_ELSEWHERE)


async def test_a_rule_that_was_removed_from_the_file_is_a_bypass_until_it_is_back(tmp_path: Path) -> None:
    clock, without = HandClock(), plant(device("co-1", [CO], []))
    async with working(tmp_path, with_limit(24.0), clock):
        pass
    for expected in (["bypass"], []):
        async with working(tmp_path, without, clock) as agent:
            events = await told(agent)
            assert [event["kind"] for event in events] == expected
            assert all((e["cause"], e["rule"]) == ("rule-removed", HI.id) for e in events)
            assert len(agent.pipeline.reports.in_force.listed(clock.utc_ns)) == 1
    async with working(tmp_path, with_limit(24.0), clock) as agent:
        assert [event["kind"] for event in await told(agent)] == ["bypass-end"]
        assert agent.pipeline.reports.in_force.listed(clock.utc_ns) == []


async def test_a_rule_of_a_profile_that_is_disabled_from_the_first_start_on_is_a_bypass_too(
    tmp_path: Path,
) -> None:
    clock, rule = HandClock(), "co-1.off-baseline"
    name, until = Text("压差偏离基线", "Off its baseline"), datetime.date(2026, 12, 31)
    disabled_rule = Disabled(rule, "co-1", Frozen("co-1.co", 600.0, 2.0, None), name, "误报多", "王工", until)
    disabled = replace(with_limit(24.0), disabled=(disabled_rule,))
    for expected in (["bypass"], []):
        async with working(tmp_path, disabled, clock) as agent:
            events = await told(agent)
            assert [event["kind"] for event in events] == expected
            said = [(event["cause"], event["by"], event["until"]) for event in events]
            assert said == [("rule-disabled", "王工", "2026-12-31")] * len(expected)
            assert len(agent.pipeline.reports.in_force.listed(clock.utc_ns + 30 * 86_400 * SECOND)) == 1


async def test_an_alarm_of_the_device_and_a_latch_that_leave_the_file_are_told_too(tmp_path: Path) -> None:
    clock, sensor = HandClock(), replace(CO, over_range_latched=True)
    told_by = DeviceAlarm("co-1.al1.device-alarm", MUTE, frozenset({1}), MUTE.name, None, None, Priority.HIGH)
    whole = plant(replace(device("co-1", [sensor, MUTE], []), alarms=(told_by,)))
    async with working(tmp_path, whole, clock):
        pass
    async with working(tmp_path, plant(device("co-1", [CO, MUTE], [])), clock) as agent:
        assert {event["rule"] for event in await told(agent)} == {told_by.id, "co-1.concentration.over-range"}
