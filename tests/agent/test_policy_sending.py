"""Policies against a real outbox: messages cover every record, and a repeat is the same bytes."""

from collections.abc import Sequence
from pathlib import Path

from agent.records import Json
from agent.uplinks.uplink import Delivered, Unknown, Verdict
from config.model import Text
from config.settings import Policy
from tests.agent.destination import Platform, Site, site, values
from tests.agent.parts import BEGIN_NS
from tests.support.waiting import until

CHANGE = Policy("change", (), 600.0, {"co-1.concentration": 2.0})
SNAPSHOT = Policy("snapshot", (), 30.0)
NO = Text("否", "no")

SLOW_RISE = [(n, 10 + n * 0.5) for n in range(20)]


def covered(bodies: list[Json]) -> list[int]:
    spans = [body["records"] for body in bodies if body["kind"] in ("report", "continues")]
    return [seq for span in spans for seq in range(span["first"], span["last"] + 1)]


def numbers(bodies: list[Json]) -> list[int]:
    return sorted(body["number"] for body in bodies if body["number"] is not None)


async def one_by_one(running: Site, taken: Sequence[tuple[float, float]]) -> None:
    """Record readings so that each is considered by itself."""
    await running.platform.until(lambda: bool(running.platform.stored))
    for each in taken:
        await running.record(each)
        await until(lambda: not running.outbox.backlog("bureau").records)


async def test_what_goes_next_covers_the_records_of_which_nothing_went(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await one_by_one(running, SLOW_RISE)
    assert [(body["records"]["first"], body["records"]["last"]) for body in platform.of("report")] == [
        (1, 1),
        (2, 6),
        (7, 11),
        (12, 16),
    ]
    assert values(platform.stored) == [10, 12.5, 15.0, 17.5]
    assert numbers(platform.stored) == [1, 2, 3, 4, 5], "the catalogue, and four messages"


async def test_what_was_considered_before_a_restart_is_told_after_it_under_its_number(tmp_path: Path) -> None:
    """It may have been sent; so it goes as it is, and only what comes after it is gathered again."""
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await one_by_one(running, SLOW_RISE[:4])
    assert numbers(platform.stored) == [1, 2]
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await platform.until(lambda: len(covered(platform.stored)) == 4)
        await one_by_one(running, SLOW_RISE[4:12])
    assert sorted(covered(platform.stored)) == list(range(1, 12))
    assert numbers(platform.stored) == [1, 2, 3, 4, 5]
    assert values(platform.stored) == [10, 12.5, 15.0]


async def test_alarms_and_events_do_not_wait_for_what_is_being_considered(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await one_by_one(running, SLOW_RISE[:3])
        await running.alarm().committed
        await platform.until(lambda: bool(platform.of("alarm")))
        assert numbers(platform.stored) == [1, 2, 4], "3 is being filled"
        await running.record(*SLOW_RISE[3:6])
        await platform.until(lambda: numbers(platform.stored) == [1, 2, 3, 4])
    assert sorted(covered(platform.stored)) == list(range(1, 7))


async def test_a_platform_that_nothing_is_for_hears_so_every_two_hours(tmp_path: Path) -> None:
    platform = Platform()
    nothing = Policy("all", ("furnace.*",))
    async with site(tmp_path, platform, policy=nothing) as running:
        await one_by_one(running, [(minutes * 60.0, 1.0) for minutes in range(0, 360, 20)])
    assert [(body["records"]["first"], body["records"]["last"]) for body in platform.of("report")] == [
        (1, 7),
        (8, 14),
    ]
    assert values(platform.stored) == []


async def test_back_fill_in_large_messages_brings_what_live_would_have_brought_in_small_ones(
    tmp_path: Path,
) -> None:
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE, run=False) as before:
        await before.record(*SLOW_RISE)
    async with site(tmp_path, platform, policy=CHANGE):
        await platform.until(lambda: len(covered(platform.stored)) == len(SLOW_RISE))
    assert len(platform.of("continues")) < len(SLOW_RISE)
    assert values(platform.stored) == [10, 12.5, 15.0, 17.5]


async def test_a_repeat_after_a_restart_is_the_same_whatever_was_delivered_before_it(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await one_by_one(running, SLOW_RISE[:7])
        platform.answer = lambda body: Unknown(NO) if body["records"] else Delivered()
        await running.record(*SLOW_RISE[7:12])
        await platform.until(lambda: any(body not in platform.stored for body in platform.attempts))
    [unanswered] = {body["id"]: body for body in platform.attempts if body not in platform.stored}.values()
    again = Platform()
    async with site(tmp_path, again, policy=CHANGE):
        await again.until(lambda: bool(values(again.stored)))
    assert [body for body in again.stored if body["id"] == unanswered["id"]] == [unanswered]
    assert values(platform.stored + again.stored) == [10, 12.5, 15.0]


async def test_live_beside_back_fill_goes_on_from_what_back_fill_will_have_brought(tmp_path: Path) -> None:
    platform = Platform()

    def no_back_fill_yet(body: Json) -> Verdict | None:
        return None if body["kind"] == "continues" else Delivered()

    platform.answer = no_back_fill_yet
    async with site(tmp_path, platform, policy=CHANGE, run=False) as before:
        await before.record(*SLOW_RISE[:12])
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await platform.until(lambda: any(body["kind"] == "continues" for body in platform.attempts))
        await running.record(*SLOW_RISE[12:])
        await platform.until(lambda: bool(platform.of("report")))
    assert values(platform.of("report")) == [17.5]


async def test_each_window_comes_once_whole_also_across_messages_and_a_restart(tmp_path: Path) -> None:
    platform = Platform()
    offset = -(BEGIN_NS // 10**9) % 30  # to the beginning of a window
    taken = [(offset + 10.0 * n, float(n)) for n in range(10)]
    async with site(tmp_path, platform, policy=SNAPSHOT, layout="json-snapshot") as running:
        await one_by_one(running, taken[:5])
    async with site(tmp_path, platform, policy=SNAPSHOT, layout="json-snapshot") as running:
        await one_by_one(running, taken[5:])
    told = [reading for body in platform.stored for reading in body["readings"]]
    assert [(each["min"], each["max"], each["mean"], each["count"]) for each in told] == [
        (0, 2, 1, 3),
        (3, 5, 4, 3),
    ]
    assert [(each["value"], each["seq"]) for each in told] == [(2, 3), (5, 6)]
    assert {each["end_ns"] - each["begin_ns"] for each in told} == {30 * 10**9}


async def test_an_outage_in_between_neither_doubles_nor_loses_a_change(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await one_by_one(running, SLOW_RISE[:3])
        platform.answer = lambda _: Unknown(NO)
        await running.record(*SLOW_RISE[3:12])
        await until(lambda: not running.forwarder.standing.up.is_set())
        platform.answer = lambda _: Delivered()
        await platform.until(lambda: len(covered(platform.stored)) == len(SLOW_RISE[:12]))
        await one_by_one(running, SLOW_RISE[12:])
    assert platform.of("continues")
    assert sorted(values(platform.stored)) == [10, 12.5, 15.0, 17.5]
