"""What was never for a destination is not told as confirmed: kinds without a word, points not asked for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.evidence.noted import Noted
from agent.evidence.takings import Takings
from agent.records import Json
from agent.takings import tell_taking
from agent.uplinks.uplink import Kind
from buffering.outbox import Keeping
from buffering.record import Lane, Stream
from config.load import load_plant
from config.model import LimitKind, Plant
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


SITE = """
plant: {id: P-1, name: {zh: 厂, en: Plant}, region: "140800"}
connections: {line: {modbus-tcp: {host: 127.0.0.1}}}
devices:
  co: {name: {zh: 探头, en: Head}, profile: gas-detector/co, connection: line, unit: 1, standard: GB/T 50493}
uplinks:
  bureau: {mqtt: {host: broker.example.invalid, port: 8883, tls: {}}, layout: json, readings: {points: [%s]}}
"""


def site(folder: Path, points: str) -> Plant:
    path = folder / "plant.yaml"
    path.write_text(SITE % points, encoding="utf-8")
    return load_plant(path, profile_dirs=())


async def start(folder: Path, site: Plant, clock: HandClock, **more: Any) -> list[Json]:
    """Return what a start puts on record of what the platform takes."""
    events: list[Json] = []
    async with recording(folder, ALONE, clock, **more) as desk:

        def on_event(content: Json, *, state: Mapping[str, bytes | None] | None = None) -> None:
            events.append(content)
            desk.recorder.event(content, state=state)

        await tell_taking(site, "bureau", desk.outbox, on_event, clock)
        await desk.recorder.flush()
    return events


async def test_what_a_destination_takes_is_told_when_it_is_another_than_before(tmp_path: Path) -> None:
    clock, state = HandClock(), tmp_path / "state"
    one, all_of_it = site(tmp_path, "co.concentration"), site(tmp_path, "co.*")
    told = [await start(state, each, clock) for each in (one, one, all_of_it, all_of_it, one)]
    assert [len(each) for each in told] == [1, 0, 1, 0, 1]
    assert told[0][0]["points"] == ["co.concentration"]
    assert told[2][0]["after"]["event"] > told[0][0]["after"]["event"]


async def test_terms_outlive_the_events_that_told_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Readings are kept for longer than events: what was left out of them stays known."""
    clock, state = HandClock(), tmp_path / "state"
    await start(state, site(tmp_path, "co.concentration"), clock)
    keeping = Keeping(events_s=3600)
    async with recording(state, ALONE, clock, keeping=keeping) as desk:
        await desk.read(CO.id, 1)
        for stream in (Stream.EVENT, Stream.LIVE):
            await desk.deliver(stream)
        clock.move(2 * 3600)
        await desk.outbox.upkeep.tidy(now_ns=clock.now_ns(), trust_time=True)
    found = verified(state, capsys)
    assert found["destinations"]["bureau"]["takes"]["points"] == ["co.concentration"]
    reading = next(each for each in found["lanes"] if each["lane"] == "reading")
    assert reading["destinations"]["bureau"]["left_out"] == {"records": 1, "items": 1}


async def test_terms_are_told_under_the_present_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recording(tmp_path, PLANT, HandClock()) as desk:
        text = {"zh": "平台 bureau：全部", "en": "bureau gets everything"}
        desk.recorder.event({**takes(EVERYTHING, [CO.id]), "left_out": ["gap"], "text": text})
    keeping = Keeping(renamed={"province": "bureau"})
    async with recording(tmp_path, PLANT, HandClock(), destinations=("province",), keeping=keeping):
        pass
    assert main(["audit", "verify", "--state", str(tmp_path)]) == 0
    told = "province gets readings of 1 points (all); kinds of message that it does not take: gap"
    assert told in capsys.readouterr().out
    html = report(tmp_path)[1]
    assert told in html
    assert "bureau gets" not in html


def test_terms_go_on_under_a_new_name() -> None:
    told = [
        Noted(1, 1, 0, {**takes(["reading"], None), "destination": "county"}),
        Noted(1, 2, 0, {"kind": "destination", "destination": "bureau", "joined": True, "was": "county"}),
        Noted(1, 3, 0, takes(["reading", "alarm"], None, after=2)),
    ]
    takings = Takings("bureau", told)
    before, now = takings.of(1, Lane.EVENT, 2), takings.of(1, Lane.EVENT, 3)
    assert before is not None
    assert now is not None
    assert ("alarm" in before.kinds, "alarm" in now.kinds) == (False, True)
    assert Takings("county", told).of(1, Lane.EVENT, 2) is None


def test_what_is_kept_beside_the_log_counts_where_the_event_is_gone_and_once() -> None:
    first, second = takes(["reading"], None), takes(["reading", "alarm"], None, after=5)
    kept = [Noted(1, 0, 0, first), Noted(1, 0, 0, second), Noted(1, 0, 0, {"kind": "?"})]
    takings = Takings("bureau", [Noted(1, 6, 0, second)], kept)
    under = {seq: takings.of(1, Lane.EVENT, seq) for seq in (5, 6)}
    told = [("alarm" in each.kinds, each.noted.seq) for each in under.values() if each is not None]
    assert told == [(False, 0), (True, 6)]


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
    assert [seq for seq, terms in under.items() if terms is second] == [3, 4, 6]
    assert under[2] is not None
    assert "alarm" in under[2].kinds, "what had arrived does not go with terms that it is sent again under"
    assert takings.of(2, Lane.READING, 1) is second, "a later epoch begins under the newest terms"
    assert Takings("county", told).of(1, Lane.READING, 1) is None


def test_what_went_again_under_narrower_terms_had_arrived_and_under_wider_ones_arrives() -> None:
    again: Json = {"kind": "resend", "destination": "bureau", "records": [[1, "reading", 1, 2]]}
    wide, narrow = takes(["reading"], None), takes(["reading"], ["co-1.co"], after=5)
    for first, second in (
        (wide, narrow),
        ({**narrow, "after": wide["after"]}, {**wide, "after": narrow["after"]}),
    ):
        told = [Noted(1, 1, 0, first), Noted(1, 9, 0, second), Noted(1, 10, 0, again)]
        under = Takings("bureau", told).of(1, Lane.READING, 1)
        assert under is not None
        assert under.takes_point("hood.flow")
    beforehand = [Noted(1, 9, 0, narrow), Noted(1, 10, 0, again)]
    assert Takings("bureau", beforehand).of(1, Lane.READING, 1) is None, "settled before any were on record"
