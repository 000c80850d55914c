"""`edge-agent audit verify` where what was refused is told by the chain, and the tables say otherwise."""

import asyncio
import shutil
from pathlib import Path

import pytest

from agent.records import Json
from agent.store_events import StoreEvents
from agent.uplinks.uplink import Delivered, Rejected, Verdict
from buffering.notices import Stretch
from buffering.outbox import Keeping
from buffering.ranges import Range
from buffering.record import Lane
from tests.agent.destination import Platform, draft_of, site, values
from tests.agent.parts import BEGIN_NS, HandClock
from tests.agent.recorded import recording
from tests.agent.test_audit_report import Cells, report
from tests.agent.test_audit_verify import PLANT, alter, run, told
from tests.agent.test_kept_back import ALL, NO, POINT, acts
from tests.agent.test_numbers_proved import refused, say
from tests.support.waiting import until

EMPTY = '{"points":[],"readings":[],"unlisted":0}'
STATE = "UPDATE state SET value = CAST('{value}' AS BLOB), crc = NULL WHERE key = 'quarantine/bureau'"
FORGERIES: dict[str, tuple[str, list[str]]] = {
    "state torn": (STATE.format(value="{"), ["kept-back-unknown"]),
    "state of another shape": (STATE.format(value="[]"), ["kept-back-unknown"]),
    "state of other types": (
        STATE.format(value=EMPTY.replace(":0", ':"many"')),
        ["kept-back-unknown"],
    ),
    "state emptied": (STATE.format(value=EMPTY), ["kept-back-gone"]),
    "state deleted": ("DELETE FROM state WHERE key = 'quarantine/bureau'", ["kept-back-gone"]),
    "messages deleted": ("DELETE FROM message", ["parked-gone", "parked-gone"]),
    "message over other records": (
        "UPDATE message SET last = last + 1 WHERE lane = 'alarm'",
        ["parked-gone"],
    ),
}


def refuses(body: Json) -> Verdict:
    """Refuse alarms, odd events, and the reading 2."""
    is_odd = any(each["kind"] == "odd" for each in body["events"])
    return Rejected(NO) if is_odd or body["alarms"] or 2 in values([body]) else Delivered()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that takes seconds to make: a platform is asked again before it is believed."""
    folder = tmp_path_factory.mktemp("made")
    asyncio.run(make(folder))
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store"))


async def make(folder: Path) -> None:
    """Have a reading, an event and an alarm refused, and told."""
    platform = Platform()
    platform.answer = refuses
    async with site(folder, platform, keeps_events=True) as running:
        await running.read(1, 2, 3)
        await say(running.outbox, "odd")
        running.alarm()
        await until(lambda: len(running.outbox.parked("bureau")) == 2)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await say(running.outbox, "start")
        await platform.until(lambda: len(refused(platform)) == 3)
        await until(lambda: running.outbox.backlog("bureau").records == 0)


def discords(capsys: pytest.CaptureFixture[str], folder: Path) -> list[str]:
    return [each["what"] for each in told(capsys, folder)["discords"]]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_the_chain_says_was_refused_does_not_turn_into_confirmed(
    store: Path, capsys: pytest.CaptureFixture[str], forgery: str
) -> None:
    assert discords(capsys, store) == []
    statement, found = FORGERIES[forgery]
    alter(store, statement)
    assert discords(capsys, store) == found
    code, out, _ = run(capsys, "--state", store)
    assert (code, "! bureau" in out) == (1, True)


async def test_the_days_page_says_where_what_is_kept_back_cannot_be_understood(store: Path) -> None:
    alter(store, STATE.format(value="{"))
    code, html = report(store)
    assert (code, "what is kept back from bureau cannot be understood" in html) == (1, True)


async def test_the_days_page_lists_what_persons_did_and_each_refusal_once(store: Path) -> None:
    platform = Platform()
    async with site(store, platform, keeps_events=True) as running:
        await say(running.outbox, "start")
        await platform.until(lambda: len(refused(platform)) == 1)
        outbox = running.outbox
        one, other = (each.message.number for each in outbox.parked("bureau"))
        [kept] = running.forwarder.quarantine.readings
        await acts(running).resend(ALL, "li (uid 1000)")
        await outbox.commit(now_ns=BEGIN_NS)
        await until(lambda: outbox.backlog("bureau").records == 0)
    renamed = Keeping(renamed={"province": "bureau"}, named={"quarantine/": False})
    open_as = {"destinations": ("province",), "keeping": renamed, "gateway": "G"}
    stretch = Stretch(kept.epoch, Lane.READING, (Range(1, 1),))
    async with recording(store, PLANT, HandClock(), **open_as) as desk:  # type: ignore[arg-type]
        await desk.outbox.again.send("province", [stretch], by="wang (uid 0)", now_ns=BEGIN_NS)
    rows = Cells(report(store)[1]).rows
    told_of = [row for row in rows if len(row) == 4 and row[1] == "province 原名 formerly bureau"]
    assert len(told_of) == 4, "three refusals and what was done, not what was told again"
    [done] = [row for row in told_of if "li (uid 1000) asked that what bureau refused" in row[3]]
    assert done[2] == f"搁置的已重发 sent after all {POINT}, {one}, {other}"
    [again] = [row for row in rows if len(row) == 4 and "wang (uid 0)" in row[3]]
    assert again[1:3] == ["province", f"重发 sent again {stretch.epoch}/reading/1/1"]


async def test_a_parked_point_that_is_not_kept_back_any_more_is_named_with_its_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if values([body]) else Delivered()
    async with site(tmp_path, platform, keeps_events=True) as running:
        await running.read(1, 2, 3, 4)
        await until(lambda: bool(running.forwarder.quarantine.parked))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
    assert discords(capsys, tmp_path) == []
    alter(tmp_path, STATE.format(value=EMPTY))
    [found] = told(capsys, tmp_path)["discords"]
    assert found["detail"].startswith(f"bureau: {POINT} (event ")


@pytest.mark.parametrize("act", ["resend", "drop"])
async def test_what_a_person_let_go_is_not_missed(
    store: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    platform = Platform()
    async with site(store, platform, keeps_events=True, describe=StoreEvents()) as running:
        await (acts(running).resend if act == "resend" else acts(running).drop)(ALL, "uid 0")
        await running.outbox.commit(now_ns=BEGIN_NS)
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        assert running.outbox.parked("bureau") == ()
    assert discords(capsys, store) == []


async def test_what_is_kept_back_goes_on_under_a_new_name_and_is_forgotten_with_who_leaves(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping = Keeping(renamed={"province": "bureau"}, named={"quarantine/": False})
    open_as = {"destinations": ("province",), "keeping": keeping, "gateway": "G"}
    async with recording(store, PLANT, HandClock(), **open_as):  # type: ignore[arg-type]
        pass
    assert discords(capsys, store) == []
    alter(store, "DELETE FROM state WHERE key = 'quarantine/province'", "DELETE FROM message")
    assert discords(capsys, store) == ["kept-back-gone", "parked-gone", "parked-gone"]
    async with recording(store, PLANT, HandClock(), destinations=("county",), gateway="G"):
        pass
    assert discords(capsys, store) == []


async def test_an_event_that_was_sent_after_all_before_its_refusal_was_told_is_not_told_as_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if body["kind"] == "event" else Delivered()
    async with site(tmp_path, platform, keeps_events=True) as running:
        await say(running.outbox, "odd")
        await until(lambda: bool(running.outbox.parked("bureau")))
        platform.answer = lambda _: Delivered()
        await acts(running).resend(ALL, "uid 0")
        running.outbox.append(draft_of(Lane.EVENT, {"kind": "start"}), now_ns=BEGIN_NS)
        await running.outbox.commit(now_ns=BEGIN_NS)
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        assert [each["kind"] for each in running.events] == ["quarantine-resent"]
    assert discords(capsys, tmp_path) == []


async def test_refusals_are_counted_once_also_when_told_again_and_under_a_new_name(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "refused by it: 3" in run(capsys, "--state", store)[1]
    platform = Platform()
    async with site(store, platform, keeps_events=True) as running:
        await say(running.outbox, "start")
        await platform.until(lambda: len(refused(platform)) == 1)
    assert "refused by it: 3" in run(capsys, "--state", store)[1]
    renamed = Keeping(renamed={"province": "bureau"}, named={"quarantine/": False})
    open_as = {"destinations": ("province",), "keeping": renamed, "gateway": "G"}
    async with recording(store, PLANT, HandClock(), **open_as):  # type: ignore[arg-type]
        pass
    assert "refused by it: 3" in run(capsys, "--state", store)[1]


async def test_what_was_sent_after_all_and_refused_again_counts_again(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = Platform()
    platform.answer = refuses
    async with site(store, platform, keeps_events=True) as running:
        await acts(running).resend(ALL, "uid 0")
        await until(lambda: len(running.outbox.parked("bureau")) == 2)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await say(running.outbox, "start")
        await platform.until(lambda: len(refused(platform)) >= 3)
    assert "refused by it: 6" in run(capsys, "--state", store)[1]
