"""What was never for a destination is not told as confirmed: kinds without a word, points not asked for."""

import json
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.evidence.history import Noted
from agent.evidence.takings import Takings
from agent.records import Json
from agent.uplinks.uplink import Kind
from buffering.record import Lane, Stream
from config.model import LimitKind
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.recorded import Desk, recording
from tests.agent.test_audit_report import Cells, report

CO, WATER = point(), point("hood.flow", 1)
PLANT = plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)]), device("hood", [WATER], []))


ALONE = plant(device("co-1", [CO], []))
EVERYTHING = [kind.value for kind in Kind]


def takes(
    kinds: list[str],
    points: list[str] | None,
    *,
    after: int = 0,
    outstanding: list[list[object]] | None = None,
) -> Json:
    heads = dict.fromkeys(("alarm", "event", "reading"), after)
    text = {"zh": "只收读数", "en": "readings only"}
    told = {"kind": "taking", "destination": "bureau", "kinds": kinds, "readings": "all", "points": points}
    return {**told, "outstanding": outstanding or [], "after": heads, "text": text}


async def deliver_all(desk: Desk) -> None:
    await desk.recorder.flush()
    for stream in (Stream.ALARM, Stream.EVENT, Stream.LIVE):
        await desk.deliver(stream)


def verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> Json:
    assert main(["audit", "verify", "--state", str(folder), "--json"]) == 0
    found: Json = json.loads(capsys.readouterr().out)
    return found


async def test_alarms_and_events_that_a_platform_has_no_word_for_are_not_confirmed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        desk.recorder.event(takes(["reading", "backfill"], None))
        await desk.read(CO.id, 30)
        await deliver_all(desk)
    found = verified(tmp_path, capsys)
    lanes = {each["lane"]: each["destinations"]["bureau"] for each in found["lanes"]}
    assert lanes["alarm"]["confirmed"] == {"records": 0, "items": 0}
    assert lanes["alarm"]["left_out"] == {"records": 1, "items": 1}
    assert lanes["event"]["confirmed"] == {"records": 0, "items": 0}
    assert lanes["event"]["left_out"]["records"] > 0
    assert lanes["reading"]["confirmed"] == {"records": 1, "items": 1}
    assert main(["audit", "verify", "--state", str(tmp_path)]) == 0
    assert "readings only" in capsys.readouterr().out


async def test_points_that_are_not_sent_stand_apart_in_the_account_and_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        desk.recorder.event(takes(EVERYTHING, [CO.id]))
        for of in (CO, WATER):
            await desk.read(of.id, 1)
        await desk.recorder.flush()
        await desk.deliver(Stream.LIVE)
    reading = next(each for each in verified(tmp_path, capsys)["lanes"] if each["lane"] == "reading")
    assert reading["destinations"]["bureau"]["confirmed"] == {"records": 1, "items": 1}
    assert reading["destinations"]["bureau"]["left_out"] == {"records": 1, "items": 1}
    page = Cells(report(tmp_path, after_s=1)[1])
    co, water = page.row("co-1 探测器"), page.row("hood 探测器")
    assert co[8] == "1 100.00 %"
    assert water[8] == "0 – 不报 not for it 1"


async def test_nobody_is_told_of_a_gap_by_a_platform_without_a_word_for_it(tmp_path: Path) -> None:
    clock = HandClock()
    async with recording(tmp_path, ALONE, clock) as desk:
        desk.recorder.event(takes(["reading"], None))
        await desk.read(CO.id, 1)
    clock.move(60)
    async with recording(tmp_path, ALONE, clock) as desk:
        await desk.recorder.flush()
        await desk.deliver(Stream.EVENT)
    down = Cells(report(tmp_path, after_s=61)[1]).row("the agent was down", "22:13:20.000")
    assert down[5] == "bureau 该平台不接收 not taken by it"


async def test_without_such_a_record_it_is_said_that_nothing_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        await desk.read(CO.id, 1)
    assert main(["audit", "verify", "--state", str(tmp_path)]) == 0
    assert "nothing on record says what it takes" in capsys.readouterr().out


def test_a_record_is_under_the_terms_that_held_when_it_was_settled() -> None:
    """Terms A from the start; at event 9 B, when readings 3 to 4 were not settled; then 2 went again."""
    told = [
        Noted(1, 1, 0, takes(["reading", "alarm"], None)),
        Noted(1, 9, 0, takes(["reading"], None, after=5, outstanding=[[1, "reading", 3, 4]])),
        Noted(1, 10, 0, {"kind": "resend", "destination": "bureau", "records": [[1, "reading", 2, 2]]}),
    ]
    takings = Takings("bureau", told)
    first, second = takings.of(1, Lane.READING, 1), takings.of(1, Lane.READING, 3)
    assert first is not None
    assert second is not None
    assert ("alarm" in first.kinds, "alarm" in second.kinds) == (True, False)
    under = {seq: takings.of(1, Lane.READING, seq) for seq in range(1, 7)}
    assert [seq for seq, terms in under.items() if terms is first] == [1, 5]
    assert [seq for seq, terms in under.items() if terms is second] == [2, 3, 4, 6]
    assert takings.of(2, Lane.READING, 1) is second, "a later epoch begins under the newest terms"
    assert Takings("county", told).of(1, Lane.READING, 1) is None
