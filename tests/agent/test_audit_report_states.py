"""A day's page: planned stops with who said so and which rules rested, and the verdicts on interlocks."""

from pathlib import Path
from typing import Final

from agent.records import Json
from config.model import LimitKind
from tests.agent.parts import SECOND, HandClock, device, limit, plant, point
from tests.agent.recorded import Desk, recording
from tests.agent.test_audit_report import Cells, report

CO = point()
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]))
TEXT: Final = {"zh": "…", "en": "…"}


def state(desk: Desk, says: str, **fields: object) -> None:
    desk.recorder.event({"kind": "production-state", "area": "shop", "state": says, "text": TEXT, **fields})


def stop(desk: Desk, says: str) -> None:
    rested = {"rules": ["water/flow/lo", "water/flow/lolo"], "devices": ["water"]}
    desk.recorder.event({"kind": "planned-stop", "area": "shop", "state": says, "text": TEXT, **rested})


async def test_a_planned_stop_names_who_declared_it_and_every_rule_that_rested(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
        until = {"until_ns": clock.now_ns() + 3600 * SECOND}
        state(desk, "planned-stop", source="declaration", by="wang", reason="检修", **until)
        stop(desk, "begun")
        clock.move(5)
        state(desk, "planned-stop", source="declaration", by="li", reason="再检修", **until)
        clock.move(5)
        state(desk, "running", source="tag")
        stop(desk, "over")
        await desk.read(CO.id, 1)
    row = Cells(report(tmp_path, after_s=20)[1]).row("wang", "water/flow/lolo")
    assert row[:2] == ["22:13:20.000", "22:13:30.000"]
    assert all(word in row[3] for word in ("wang", "检修", "li", "再检修", "23:13:20.000"))
    assert row[4].startswith("2 条 2 rules")
    assert "water/flow/lo," in row[4]


async def test_a_stop_by_calendar_that_lasts_says_so_on_every_day_of_it(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
        state(desk, "planned-stop", source="calendar")
        stop(desk, "begun")
        clock.move(86_400)
        await desk.read(CO.id, 1)
    row = Cells(report(tmp_path, day="2026-09-22", after_s=86_400 + 20)[1]).row("按日历 by calendar")
    assert row[:2] == ["2026-09-21 22:13:20.000+08:00", "仍在持续 still standing"]


async def test_each_effect_of_an_interlock_stands_with_its_verdict_and_its_interval(tmp_path: Path) -> None:
    clock = HandClock()

    def effect(name: str, verdict: str, low: float | None, high: float | None) -> Json:
        told = {"effect": name, "name": {"zh": name, "en": name}, "within_s": 2.0, "verdict": verdict}
        return {**told, "low_s": low, "high_s": high}

    async with recording(tmp_path, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
        told = {"kind": "interlock", "rule": "water-trip", "name": {"zh": "断水联锁", "en": "water trip"}}
        began = {"trigger": {"by_ns": clock.now_ns()}, "text": TEXT}
        desk.recorder.event({**told, **began, "interlock": "triggered"})
        clock.move(4)
        effects = [effect("cut-off", "in time", 0.4, 0.6), effect("discharge", "never", 4.0, None)]
        desk.recorder.event({**told, **began, "interlock": "judged", "effects": effects})
    page = Cells(report(tmp_path, after_s=20)[1])
    assert page.row("cut-off")[3:] == ["及时 in time", "0.40 – 0.60 s", "2 s"]
    assert page.row("discharge")[3:] == ["未动作 never", "> 4.00 s", "2 s"]
    assert page.row("discharge")[0] == "22:13:20.000"
