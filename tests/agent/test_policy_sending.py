"""Policies against a real outbox: messages cover every record, and a repeat is the same bytes."""

from collections.abc import Sequence
from pathlib import Path

from agent.records import Json
from agent.uplinks.uplink import Delivered, Unknown, Verdict
from config.model import Policy, Text
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


async def one_by_one(running: Site, taken: Sequence[tuple[float, float]]) -> None:
    """Record readings so that each is in a message of its own."""
    for each in taken:
        before = len(covered(running.platform.stored))
        await running.record(each)
        await running.platform.until(lambda: len(covered(running.platform.stored)) > before)  # noqa: B023


async def test_messages_of_which_nothing_goes_still_cover_their_records(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform, policy=CHANGE) as running:
        await one_by_one(running, SLOW_RISE)
    assert sorted(covered(platform.stored)) == list(range(1, len(SLOW_RISE) + 1))
    assert values(platform.stored) == [10, 12.5, 15.0, 17.5]
    numbers = sorted(body["number"] for body in platform.stored if body["number"] is not None)
    assert numbers == list(range(1, len(numbers) + 1))


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
        platform.answer = lambda body: Unknown(NO) if body["readings"] else Delivered()
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
        await platform.until(lambda: len(covered(platform.stored)) == len(SLOW_RISE[12:]))
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
