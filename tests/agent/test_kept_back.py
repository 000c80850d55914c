"""What a platform refused: listed, sent after all, given up; a real outbox, the platform follows a script."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent.act import Refused
from agent.cli.quarantine import lines
from agent.gateway import Gateway
from agent.kept_back import KeptBack
from agent.records import Reading
from agent.store_events import StoreEvents
from agent.uplinks.messages import too_large
from agent.uplinks.quarantine import GivenUp, Quarantine
from agent.uplinks.uplink import Delivered, Rejected, TooLarge
from buffering.notices import Stretch
from buffering.ranges import Range
from buffering.record import Lane, Stream
from config.model import Text
from drivers.clock import SystemClock
from drivers.reading import Quality
from tests.agent.destination import CATALOGUE, Platform, Site, draft_of, site, values
from tests.agent.parts import BEGIN_NS
from tests.agent.test_audit_verify import told
from tests.support.waiting import until

NO = Text("编码未登记", "code not registered")
POINT = "co-1.concentration"
ALL = {"destination": "bureau", "all": "yes"}


def acts(running: Site) -> KeptBack:
    gateway = SimpleNamespace(
        plant=SimpleNamespace(timezone="Asia/Shanghai", uplinks={"bureau": None}),
        outbox=running.outbox,
        clock=SystemClock(),
        forwarders={"bureau": running.forwarder},
        on_event=running._take_event,
    )
    return KeptBack(cast("Gateway", gateway))


def refuses(*refused: float) -> Platform:
    """Return a platform that refuses these values; all readings, if none is named."""
    platform = Platform()
    platform.answer = lambda body: (
        Rejected(NO) if any(not refused or r["value"] in refused for r in body["readings"]) else Delivered()
    )
    return platform


async def test_a_parked_point_is_listed_and_sent_whole_once_the_platform_takes_it(tmp_path: Path) -> None:
    platform = refuses()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3, 4, 5)
    async with site(tmp_path, platform) as running:
        await until(lambda: bool(running.forwarder.quarantine.parked))
        await running.read(6)
        quarantine = acts(running)
        listed = quarantine.listed(ALL)
        [point] = listed["points"]
        assert (point["point"], point["reason"]["en"], point["seq"], point["records"]) == (POINT, NO.en, 1, 6)
        assert "parked since 2026-09-21 22:13:20+08:00, 6 records since" in next(iter(lines(listed))).en
        await platform.until(lambda: platform.attempts[-1]["records"] is not None)
        await until(lambda: running.outbox.backlog("bureau").records == 0)

        platform.answer = lambda _: Delivered()
        done = await quarantine.resend(ALL, "wang (uid 1000)")
        assert done["text"]["en"].startswith("wang (uid 1000) asked that what bureau refused be sent again")
        await platform.until(lambda: sorted(values(platform.stored)) == [1, 2, 3, 4, 5, 6])
        event = running.events[-1]
        assert (event["kind"], event["by"]) == ("quarantine-resent", "wang (uid 1000)")
        assert quarantine.listed(ALL)["points"] == []
        await running.read(7)
        await platform.until(lambda: 7 in values(platform.stored))
    assert running.states[-1] == {"quarantine/bureau": None}


async def test_a_reading_that_is_too_large_by_itself_is_kept_back_with_its_own_words(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: (
        TooLarge(too_large("platform.example")) if 2 in values([body]) else Delivered()
    )
    async with site(tmp_path, platform) as running:
        await running.read(1, 2, 3)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await platform.until(lambda: 3 in values(platform.stored))
    [event] = [event for event in running.events if event["kind"] == "refused"]
    assert "sent in parts" not in event["text"]["en"]
    assert "too large for the platform, and it cannot be halved" in event["text"]["en"]
    assert "无法再拆：请平台方放宽报文上限" in event["text"]["zh"]


async def test_a_single_reading_goes_again_with_its_record(tmp_path: Path) -> None:
    platform = refuses(2)
    async with site(tmp_path, platform) as running:
        await running.read(1, 2, 3)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await platform.until(lambda: 3 in values(platform.stored))
        listed = acts(running).listed({**ALL, "point": POINT})
        assert [(each["point"], each["seq"]) for each in listed["readings"]] == [(POINT, 2)]
        platform.answer = lambda _: Delivered()
        await acts(running).resend({**ALL, "point": POINT}, "uid 0")
        await platform.until(lambda: 2 in values(platform.stored))
    assert sorted(values(platform.stored)) == [1, 2, 3]


async def test_a_refused_reading_that_comes_again_with_its_record_and_is_taken_is_kept_back_no_longer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = refuses(2)
    async with site(tmp_path, platform, keeps_events=True, describe=StoreEvents()) as running:
        await running.read(1, 2, 3)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await platform.until(lambda: 3 in values(platform.stored))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        whole = Stretch(running.outbox.opened.epoch, Lane.READING, (Range(1, 3),))
        platform.answer = lambda _: Delivered()
        await running.outbox.again.send("bureau", [whole], by="uid 0", now_ns=BEGIN_NS)
        await platform.until(lambda: 2 in values(platform.stored))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        assert running.forwarder.quarantine.readings == ()
        [event] = [each for each in running.events if each["kind"] == "quarantine-taken"]
        assert event["readings"] == [[POINT, whole.epoch, 2]]
    assert running.states[-1] == {"quarantine/bureau": None}
    found = told(capsys, tmp_path)
    assert (found["discords"], found["destinations"]["bureau"]["refused"]["items"]) == ([], 0)


async def test_what_is_dropped_is_given_up_and_not_confirmed_until_it_is_sent_after_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = refuses(2)
    async with site(tmp_path, platform, keeps_events=True, describe=StoreEvents()) as running:
        await running.read(1, 2, 3)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await platform.until(lambda: 3 in values(platform.stored))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        await acts(running).drop(ALL, "li (uid 1000)")
        await running.outbox.commit(now_ns=BEGIN_NS)
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        epoch = running.outbox.opened.epoch
    [reading] = [each for each in told(capsys, tmp_path)["lanes"] if each["lane"] == "reading"]
    reading = reading["destinations"]["bureau"]
    assert [reading[key]["items"] for key in ("confirmed", "refused", "given_up")] == [2, 0, 1]
    platform.answer = lambda _: Delivered()
    async with site(tmp_path, platform, keeps_events=True, describe=StoreEvents()) as running:
        whole = Stretch(epoch, Lane.READING, (Range(2, 2),))
        await running.outbox.again.send("bureau", [whole], by="uid 0", now_ns=BEGIN_NS)
        await platform.until(lambda: 2 in values(platform.stored))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
    [reading] = [each for each in told(capsys, tmp_path)["lanes"] if each["lane"] == "reading"]
    reading = reading["destinations"]["bureau"]
    assert [reading[key]["items"] for key in ("confirmed", "refused", "given_up")] == [3, 0, 0]


async def test_a_refused_reading_that_is_refused_again_is_listed_once(tmp_path: Path) -> None:
    platform = refuses(2)
    async with site(tmp_path, platform) as running:
        await running.read(1, 2, 3)
        await until(lambda: bool(running.forwarder.quarantine.readings))
        await platform.until(lambda: 3 in values(platform.stored))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        whole = Stretch(running.outbox.opened.epoch, Lane.READING, (Range(2, 2),))
        await running.outbox.again.send("bureau", [whole], by="uid 0", now_ns=BEGIN_NS)
        await until(lambda: len(running.states) == 2)
        assert [each.seq for each in running.forwarder.quarantine.readings] == [2]


def test_of_several_readings_of_a_point_in_one_record_only_the_one_that_was_taken_leaves() -> None:
    quarantine, [point] = Quarantine("bureau", {}), CATALOGUE.points
    for utc_ns in (7, 8):
        quarantine.give_up(GivenUp(POINT, 1, 5, utc_ns, NO))
    taken = Reading(0, point, 8, 1.0, Quality.GOOD, None)
    [left] = quarantine.accepted(1, [(5, taken)])
    assert left.utc_ns == 8
    assert [each.utc_ns for each in quarantine.readings] == [7]


async def test_what_is_dropped_is_on_record_and_the_point_is_sent_from_then_on(tmp_path: Path) -> None:
    platform = refuses()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3)
    async with site(tmp_path, platform) as running:
        await until(lambda: bool(running.forwarder.quarantine.parked))
        await until(lambda: running.outbox.backlog("bureau").records == 0)
        platform.answer = lambda _: Delivered()
        await acts(running).drop(ALL, "uid 0")
        assert running.events[-1]["kind"] == "quarantine-dropped"
        assert running.events[-1]["readings"] == [[POINT, running.outbox.opened.epoch, 1]]
        await running.read(4)
        await platform.until(lambda: 4 in values(platform.stored))
    assert values(platform.stored) == [4]


@pytest.mark.parametrize("dropped", [False, True], ids=["resent", "dropped"])
async def test_a_message_that_was_set_aside_goes_under_its_number_or_is_given_up(
    tmp_path: Path, dropped: bool
) -> None:
    platform = Platform()
    async with site(tmp_path, platform, run=False) as running:
        running.outbox.append(draft_of(Lane.EVENT, {"kind": "test"}), now_ns=BEGIN_NS)
        await running.outbox.commit(now_ns=BEGIN_NS)
        message = await running.outbox.next_message("bureau", Stream.EVENT, records_max=1)
        await running.outbox.park(message, "no")
        listed = acts(running).listed(ALL)
        assert [(each["number"], each["reason"]) for each in listed["messages"]] == [(message.number, "no")]
        await (acts(running).drop if dropped else acts(running).resend)(ALL, "uid 0")
        assert acts(running).listed(ALL)["messages"] == []
        if not dropped:
            again = await running.outbox.next_message("bureau", Stream.EVENT)
            assert (again.id, again.number) == (message.id, message.number)
        assert running.events[-1]["messages"] == [message.number]


async def test_what_is_not_kept_back_cannot_be_sent_again(tmp_path: Path) -> None:
    async with site(tmp_path, Platform(), run=False) as running:
        for asked, words in (
            ({"destination": "county"}, "there is no destination 'county'; there are: bureau"),
            (ALL, "nothing is kept back for bureau"),
            ({**ALL, "point": "x.y"}, "nothing is kept back for bureau x.y; points of which something is: –"),
        ):
            with pytest.raises(Refused) as refused:
                await acts(running).resend(asked, "uid 0")
            assert words in refused.value.text.en
        assert [text.en for text in lines(acts(running).listed(ALL))] == ["nothing is kept back from bureau"]
    assert Quarantine("bureau", {}).points == ()
