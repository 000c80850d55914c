"""A platform's own books prove that nothing is missing, also of messages that went in halves or were refused.

What the platform took is entered in the books of the simulated bureau, and judged by its own hand
(simulator/bureau/completeness.py). With one message taken out the proof fails.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from agent.records import Json
from agent.uplinks.uplink import Delivered, Kind, Rejected, TooLarge, Verdict
from buffering.outbox import Outbox
from buffering.record import Lane
from config.model import Text
from simulator.bureau.completeness import faults, main
from simulator.bureau.ledger import Ledger
from simulator.bureau.parcel import from_plain
from tests.agent.destination import Platform, draft_of, shipped_layout, site, values
from tests.agent.parts import BEGIN_NS
from tests.support.waiting import until

NO = Text("不收", "no")
LARGE = Text("过大", "too large")


def lacks(folder: Path, bodies: Iterable[Json]) -> list[str]:
    """Return what the platform finds missing that has these messages and no others."""
    path = folder / "bureau.db"
    path.unlink(missing_ok=True)
    ledger = Ledger(path)
    for body in bodies:
        ledger.record("bureau", from_plain(body), received_ns=0, outcome="stored")
    ledger.close()
    return list(faults(path, "bureau"))


def with_readings(platform: Platform) -> list[Json]:
    return [body for body in platform.stored if body["readings"]]


def at_most(count: int) -> Callable[[Json], Verdict]:
    return lambda body: TooLarge(LARGE) if len(body["readings"]) > count else Delivered()


async def test_halves_of_a_message_that_is_too_large_prove_that_it_is_whole(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = at_most(3)
    async with site(tmp_path, platform, run=False) as before:
        await before.read(*range(11))
    async with site(tmp_path, platform):
        await platform.until(lambda: sorted(values(platform.stored)) == list(range(11)))
    parts = with_readings(platform)
    assert len({body["number"] for body in parts}) == 1
    assert len({body["id"] for body in parts}) == len(parts) == 4
    assert [body["part"] for body in parts] == [{"number": n, "of": 4, "items": 11} for n in (1, 2, 3, 4)]
    assert lacks(tmp_path, platform.stored) == []
    for each in parts:
        [fault] = lacks(tmp_path, [body for body in platform.stored if body is not each])
        assert fault.startswith(f"{each['number']}: nothing came of the stretch from")
    assert main(tmp_path / "bureau.db", "bureau") == 1


async def test_where_only_one_half_must_be_halved_the_shares_still_close(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: (
        TooLarge(LARGE) if len(body["readings"]) > 1 and 7 in values([body]) else Delivered()
    )
    async with site(tmp_path, platform, run=False) as before:
        await before.read(*range(8))
    async with site(tmp_path, platform):
        await platform.until(lambda: sorted(values(platform.stored)) == list(range(8)))
    shares = [(body["part"]["number"], body["part"]["of"]) for body in with_readings(platform)]
    assert shares == [(1, 2), (3, 4), (7, 8), (8, 8)]
    assert lacks(tmp_path, platform.stored) == []


async def test_a_refused_reading_is_explained_by_the_event_that_names_its_number(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if 13 in values([body]) else Delivered()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(11, 12, 13, 14)
    async with site(tmp_path, platform, keeps_events=True):
        await platform.until(lambda: bool(refused(platform)))
    [event] = refused(platform)
    assert (event["items"], event["point"]) == (1, "co-1.concentration")
    assert lacks(tmp_path, platform.stored) == []
    untold = [body for body in platform.stored if not any(e["kind"] == "refused" for e in body["events"])]
    assert f"{event['number']}: nothing came of the stretch from 1/2 to 3/4" in lacks(tmp_path, untold)


async def test_a_message_of_which_every_reading_is_refused_is_named(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if body["readings"] else Delivered()
    async with site(tmp_path, platform, keeps_events=True) as running:
        await running.read(1)
        await platform.until(lambda: bool(refused(platform)))
        await running.read(2, 3, 4, 5)
        await platform.until(
            lambda: platform.stored[-1]["records"] is not None and len(refused(platform)) >= 3
        )
        await until(lambda: running.outbox.backlog("bureau").records == 0)
    assert lacks(tmp_path, platform.stored) == []


async def test_what_a_point_that_is_parked_takes_with_it_is_counted(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if body["readings"] else Delivered()
    async with site(tmp_path, platform, run=False) as before:
        await before.read(1, 2, 3, 4, 5)
    async with site(tmp_path, platform, keeps_events=True):
        await platform.until(lambda: len(refused(platform)) == 3)
    assert [(event["kind"], event["items"]) for event in refused(platform)] == [
        ("refused", 1),
        ("refused", 1),
        ("point-parked", 3),
    ]
    assert lacks(tmp_path, platform.stored) == []


async def test_refused_events_are_named_once_the_platform_takes_events_again(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: (
        Rejected(NO) if any(e["kind"] == "odd" for e in body["events"]) else Delivered()
    )
    async with site(tmp_path, platform, keeps_events=True) as running:
        await platform.until(lambda: bool(platform.of("catalogue")))
        await say(running.outbox, "odd", "odd")
        await until(lambda: len(running.outbox.parked("bureau")) == 2)
        assert running.events == [], "nothing is said of it as long as it would be refused in its turn"
        await say(running.outbox, "start")
        await platform.until(lambda: bool(refused(platform)))
    [event] = refused(platform)
    assert [each["items"] for each in event["refused"]] == [1, 1]
    assert NO.en in event["text"]["en"]
    assert lacks(tmp_path, platform.stored) == []
    assert lacks(tmp_path, [body for body in platform.stored if event not in body["events"]]) != []


async def test_refused_events_of_an_earlier_run_are_named_too(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: (
        Rejected(NO) if any(e["kind"] == "odd" for e in body["events"]) else Delivered()
    )
    async with site(tmp_path, platform) as before:
        await say(before.outbox, "odd")
        await until(lambda: bool(before.outbox.parked("bureau")))
    async with site(tmp_path, platform, keeps_events=True) as running:
        await say(running.outbox, "start")
        await platform.until(lambda: bool(refused(platform)))
    assert lacks(tmp_path, platform.stored) == []


async def test_an_alarm_that_is_refused_for_good_is_named(tmp_path: Path) -> None:
    platform = Platform()
    platform.answer = lambda body: Rejected(NO) if body["alarms"] else Delivered()
    async with site(tmp_path, platform, keeps_events=True) as running:
        running.alarm()
        await platform.until(lambda: bool(refused(platform)))
    assert lacks(tmp_path, platform.stored) == []


async def test_what_a_layout_leaves_out_is_named_where_it_has_a_word_for_events(tmp_path: Path) -> None:
    shipped = shipped_layout("json")
    layout = replace(
        shipped,
        kinds=shipped.kinds - {Kind.STATE},
        render=lambda content: None if content.kind is Kind.STATE else shipped.render(content),
    )
    platform = Platform()
    async with site(tmp_path, platform, layout=layout, keeps_events=True) as running:
        await platform.until(lambda: bool(platform.of("catalogue")))
        await say(running.outbox, "bypass")
        await platform.until(lambda: bool(refused(platform)))
    [event] = refused(platform)
    assert event["text"]["en"] == "the layout of bureau leaves this out (state); the number is not sent"
    assert lacks(tmp_path, platform.stored) == []


async def test_a_number_that_nobody_explains_is_found(tmp_path: Path) -> None:
    platform = Platform()
    async with site(tmp_path, platform) as running:
        for value in range(3):
            await running.read(value)
            await platform.until(lambda count=value + 1: len(values(platform.stored)) == count)  # type: ignore[misc]
    [_, gone, _] = with_readings(platform)
    assert lacks(tmp_path, platform.stored) == []
    assert lacks(tmp_path, [b for b in platform.stored if b is not gone]) == [f"{gone['number']}: missing"]


def refused(platform: Platform) -> list[Json]:
    kinds = ("refused", "point-parked")
    return [event for body in platform.stored for event in body["events"] if event["kind"] in kinds]


async def say(outbox: Outbox, *kinds: str) -> None:
    """Record one event per commit."""
    for kind in kinds:
        outbox.append(draft_of(Lane.EVENT, {"kind": kind}), now_ns=BEGIN_NS)
        await outbox.commit(now_ns=BEGIN_NS)
