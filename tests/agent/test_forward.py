"""The forwarder against a real outbox and a platform that follows a script."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import cast
from uuid import UUID

import pytest

from agent.records import Json
from agent.slow_alarm import SlowAlarm
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.uplink import Delivered, Kind, Rejected, RetryAfter, Unknown, Verdict
from buffering.notices import Stretch
from buffering.ranges import Range
from buffering.record import Lane, message_id
from config.model import Text
from drivers.clock import SystemClock
from tests.agent.destination import ALARM, CATALOGUE, CO, Platform, draft_of, site, values
from tests.agent.parts import BEGIN_NS
from tests.support.waiting import until

NO = Text("否", "no")


async def test_readings_from_before_the_first_delivery_are_back_fill_and_later_ones_live(
    tmp_path: Path,
) -> None:
    platform = Platform()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3)
    async with site(tmp_path, platform) as after:
        await platform.until(lambda: len(values(platform.of("continues"))) == 3)
        await after.read(4)
        await platform.until(lambda: bool(platform.of("report")))
    assert values(platform.of("continues")) == [1, 2, 3]
    assert values(platform.of("report")) == [4]


async def test_readings_of_an_outage_at_the_start_are_back_fill_however_late_the_platform_answers(
    tmp_path: Path,
) -> None:
    platform = Platform()
    platform.answer = lambda _: Unknown(NO)
    async with site(tmp_path, platform) as running:
        await running.read(1, 2, 3)
        await platform.until(lambda: len(platform.attempts) >= 3)
        await running.read(4, 5)
        platform.answer = lambda _: Delivered()
        await platform.until(lambda: len(values(platform.stored)) == 5)
    assert values(platform.of("continues")) == [1, 2, 3, 4, 5]


async def test_numbers_are_gapless_and_say_which_records_they_cover(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform) as running:
        await running.read(1, 2, 3)
        running.alarm()
        await platform.until(lambda: len(values(platform.stored)) == 3 and bool(platform.of("alarm")))
    numbered = sorted(body["number"] for body in platform.stored if body["number"] is not None)
    assert numbered == list(range(1, len(numbered) + 1))
    covered = [body["records"] for body in platform.stored if body["readings"]]
    assert sum(r["last"] - r["first"] + 1 for r in covered) == 3


async def test_a_lost_reply_is_answered_by_the_same_bytes_under_the_same_id(tmp_path: Path) -> None:
    platform = Platform()
    lost: list[Json] = []

    def lose_the_first_reply(body: Json) -> Verdict:
        if body["readings"] and not lost:
            lost.append(body)
            return Unknown(NO)
        return Delivered()

    platform.answer = lose_the_first_reply
    async with site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: bool(values(platform.stored)))
    sent = [body for body in platform.attempts if body["readings"]]
    assert sent[0] == sent[1]


async def test_order_survives_failures_in_a_window(tmp_path: Path) -> None:
    platform = Platform(window=8)
    rng = Random(3)
    platform.answer = lambda body: Unknown(NO) if body["readings"] and rng.random() < 0.3 else Delivered()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(*range(30))
    async with site(tmp_path, platform) as running:
        await running.read(*range(30, 40))
        await platform.until(lambda: len(values(platform.stored)) == 40)
    backfill, live = values(platform.of("continues")), values(platform.of("report"))
    assert backfill == sorted(backfill)
    assert live == sorted(live)
    assert sorted(backfill + live) == list(range(40))


async def test_an_alarm_overtakes_a_message_that_is_swallowed(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: None if body["readings"] else Delivered()
    async with site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: any(body["readings"] for body in platform.attempts))
        running.alarm()
        await platform.until(lambda: bool(platform.of("alarm")))


async def test_an_alarm_ends_a_back_off_at_once(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda _: Unknown(NO)
    async with site(tmp_path, platform) as running:
        await platform.until(lambda: len(platform.attempts) >= 4)
        platform.answer = lambda _: Delivered()
        running.alarm()
        running.forwarder.kick()
        await platform.until(lambda: bool(platform.of("alarm")))


async def test_a_pause_that_the_platform_asked_for_is_kept(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: RetryAfter(0.4, NO) if body["readings"] else Delivered()
    async with site(tmp_path, platform) as running:
        await running.read(1)
        await platform.until(lambda: any(body["readings"] for body in platform.attempts))
        clock, asked_ns = SystemClock(), SystemClock().monotonic_ns()
        running.forwarder.kick()
        await platform.until(lambda: len([b for b in platform.attempts if b["readings"]]) == 2)
        assert clock.monotonic_ns() - asked_ns > 0.35e9


async def test_a_refused_reading_is_split_off_and_kept_back_and_the_rest_flows(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if 13 in values([body]) else Delivered()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(11, 12, 13, 14)
    async with site(tmp_path, platform) as running:
        await platform.until(lambda: sorted(values(platform.stored)) == [11, 12, 14])
        await running.read(15)
        await platform.until(lambda: 15 in values(platform.stored))
        [kept] = running.forwarder.quarantine.readings
        assert (kept.point, kept.seq) == ("co-1.concentration", 3)
        assert running.forwarder.quarantine.parked == {}
        assert [event["kind"] for event in running.events] == ["refused"]
    assert sum(13 in values([body]) and len(body["readings"]) == 1 for body in platform.attempts) == 3


async def test_a_point_that_is_refused_whatever_it_says_is_parked_and_stays_parked_after_a_restart(
    tmp_path: Path,
) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if body["readings"] else Delivered()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3, 4, 5)
    async with site(tmp_path, platform) as running:
        await until(lambda: bool(running.forwarder.quarantine.parked))
        assert [event["kind"] for event in running.events] == ["refused", "refused", "point-parked"]
        assert running.forwarder.quarantine.parked["co-1.concentration"].seq == 1
        attempts = len(platform.attempts)
        await running.read(6)
        await platform.until(lambda: len(platform.attempts) > attempts)
        assert platform.attempts[-1]["readings"] == [], "considered, and said so"
        [*_, state] = running.states
    assert Quarantine("bureau", cast("dict[str, bytes]", state)).parked.keys() == {"co-1.concentration"}


async def test_an_alarm_that_the_disk_keeps_waiting_goes_out_from_memory_under_its_own_id(
    tmp_path: Path,
) -> None:
    platform = Platform()
    async with site(tmp_path, platform) as running:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        draft = draft_of(Lane.ALARM, ALARM)
        await running.forwarder.slow_alarm(SlowAlarm(draft, ALARM, never))
        running.outbox.append(draft, now_ns=BEGIN_NS)
        await running.outbox.commit(now_ns=BEGIN_NS)
        await platform.until(lambda: len(platform.of("alarm")) == 2)
    first, second = platform.of("alarm")
    assert UUID(first["id"]) == UUID(second["id"]) == message_id(draft.uid, "bureau")
    assert (first["durable"], first["number"]) == (False, None)
    assert second["durable"]
    assert second["number"] is not None


async def test_nothing_goes_out_but_what_the_outbox_holds(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform):
        await platform.until(lambda: bool(platform.of("heartbeat")) and bool(platform.of("catalogue")))
    assert {body["kind"] for body in platform.stored} == {"heartbeat", "catalogue"}


async def test_what_is_asked_for_after_a_message_was_cut_without_it_comes_in_another(tmp_path: Path) -> None:
    """A point is released while a message is on its way from which it was left out."""
    platform, point = Platform(), "co-1.concentration"
    platform.answer = lambda body: Rejected(NO) if body["readings"] else Delivered()
    async with site(tmp_path, platform) as running:
        quarantine = running.forwarder.quarantine
        await running.read(1, 2, 3)
        await until(lambda: bool(quarantine.parked))
        platform.answer = lambda _: Unknown(NO)
        await running.read(4)
        await platform.until(lambda: any(_covers(body, 4) for body in platform.attempts))

        released = quarantine.release(point)
        stretch = Stretch(running.outbox.opened.epoch, Lane.READING, (Range(released[0].seq, 4),))
        sent = await running.outbox.again.send("bureau", [stretch], by="li", now_ns=BEGIN_NS)
        assert all(one.last is not None and one.last < 4 for each in sent for one in each.ranges)
        platform.answer = lambda _: Delivered()
        await platform.until(lambda: {1, 2, 3, 4} <= set(values(platform.stored)))


def _covers(body: Json, seq: int) -> bool:
    records = body["records"]
    return bool(records) and records["lane"] == "reading" and records["first"] <= seq <= records["last"]


def refusing(*words: str, verdict: Verdict) -> Callable[[Json], Verdict]:
    return lambda body: verdict if body["kind"] in words else Delivered()


@pytest.mark.parametrize("verdict", [Unknown(NO), Rejected(NO), RetryAfter(60.0, NO)])
async def test_a_catalogue_that_is_not_taken_holds_up_nothing_and_is_shown(
    tmp_path: Path, verdict: Verdict
) -> None:
    platform = Platform()
    platform.answer = refusing("catalogue", verdict=verdict)
    async with site(tmp_path, platform, catalogue=CATALOGUE.content) as running:
        await running.read(1, 2, 3)
        running.alarm()
        await platform.until(lambda: len(values(platform.stored)) == 3 and bool(platform.of("alarm")))
        await platform.until(lambda: any(body["kind"] == "catalogue" for body in platform.attempts))
        standing = running.forwarder.standing
        await until(lambda: Kind.CATALOGUE in standing.failing)


async def test_a_catalogue_goes_once_for_a_connection_and_not_after_each_failed_message(
    tmp_path: Path,
) -> None:
    platform = Platform()
    failures: list[Json] = []

    def now_and_then(body: Json) -> Verdict:
        if body["readings"] and len(failures) < 4:
            failures.append(body)
            return Unknown(NO)
        return Delivered()

    platform.answer = now_and_then
    async with site(tmp_path, platform, catalogue=CATALOGUE.content, heartbeat_s=0.05) as running:
        await running.read(1, 2, 3)
        await platform.until(lambda: len(values(platform.stored)) == 3)
        introduced = [body for body in platform.of("catalogue") if body["number"] is None]
    assert len(introduced) == 1


async def test_a_platform_that_refuses_even_heartbeats_has_no_point_parked_for_it(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda _: Rejected(NO)
    async with site(tmp_path, platform) as running:
        await running.read(1, 2, 3)
        await platform.until(lambda: len([b for b in platform.attempts if b["readings"]]) >= 4)
        assert not running.forwarder.quarantine.points
        assert running.forwarder.standing.failing
        platform.answer = lambda _: Delivered()
        await platform.until(lambda: len(values(platform.stored)) == 3)


async def test_a_platform_without_heartbeats_that_takes_data_has_the_reading_it_refuses_set_aside(
    tmp_path: Path,
) -> None:
    platform = Platform()

    def only_small(body: Json) -> Verdict:
        if body["kind"] == "heartbeat":
            return Rejected(NO)
        return Rejected(NO) if any(r["value"] > 10 for r in body["readings"]) else Delivered()

    platform.answer = only_small
    async with site(tmp_path, platform) as running:
        await running.read(1, 99, 2)
        await platform.until(lambda: sorted(values(platform.stored)) == [1, 2])
        await until(lambda: running.forwarder.quarantine.points == (CO.id,))
