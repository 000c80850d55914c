"""A device that lacks registers, on a real socket: what it is asked, what is read, what is kept.

Method: the device answers every register with its own address, and with exception
2 where a missing one is touched; it keeps every request that it got.
"""

from collections.abc import Callable
from itertools import pairwise

from config.modbus_link import ModbusTcp
from config.model import Point
from drivers.reading import Quality, Scan
from tests.drivers.plant import Recorder, all_are, device, good, make_driver, register_point, running
from tests.drivers.scripted import Reply, Request, Scripted, tcp_device

PERIOD_S = 0.1
ADDRESSES = range(30)


def points(period_s: float = PERIOD_S) -> list[Point]:
    return [register_point(f"d.r{n}", n, period_s=period_s) for n in ADDRESSES]


def without(missing: set[int], code: int = 2) -> Callable[[Request], Reply]:
    """A script that refuses whatever touches a missing register."""

    def script(request: Request) -> Reply:
        touched = missing & set(range(request.first, request.first + request.count))
        return Reply(exception=code) if touched else Reply()

    return script


def tcp(port: int) -> ModbusTcp:
    return ModbusTcp(host="127.0.0.1", port=port, timeout="1 s")


def read_in(scans: list[Scan]) -> set[str]:
    return {point.id for scan in scans if good(scan) for point in scan.plan.points}


THERE = {f"d.r{n}" for n in ADDRESSES}


async def test_the_point_that_is_missing_is_bad_and_named_and_all_others_are_read() -> None:
    server = Scripted(script=without({11}))
    async with tcp_device(server) as port, running(tcp(port), [device(*points())]) as seen:
        await seen.until(lambda: bool(seen.notes))
        seen.scans.clear()
        await seen.until(lambda: read_in(seen.scans) == THERE - {"d.r11"})
        await seen.scan(lambda scan: scan.plan.block == "1/holding-register/11+1")
    (note,) = seen.notes
    assert (note.code, note.fields["points"], note.fields["registers"]) == ("points-missing", "d.r11", "11")
    lone = [scan for scan in seen.scans if scan.plan.points[0].id == "d.r11"]
    assert lone
    assert all(all_are(Quality.DEVICE_FAULT)(scan) for scan in lone)
    values = {p.id: v for s in seen.scans if good(s) for p, v in zip(s.plan.points, s.values, strict=True)}
    assert values == {f"d.r{n}": n for n in ADDRESSES if n != 11}


async def test_what_was_learnt_is_known_after_a_restart_so_that_no_refusal_is_met_again() -> None:
    server = Scripted(script=without({11}))
    async with tcp_device(server) as port:
        async with running(tcp(port), [device(*points())]) as seen:
            await seen.until(lambda: bool(seen.notes))
        kept = {key: value for note in seen.notes for key, value in note.kept.items()}
        server.requests.clear()
        async with running(tcp(port), [device(*points())], kept=kept) as again:
            await again.until(lambda: read_in(again.scans) == THERE - {"d.r11"})
            await again.scan(all_are(Quality.DEVICE_FAULT))
    assert {(r.first, r.count) for r in server.requests} == {(0, 11), (12, 18)}
    assert again.notes == []


async def test_a_changed_plan_starts_with_a_clean_sheet() -> None:
    server = Scripted(script=without({11}))
    async with tcp_device(server) as port:
        async with running(tcp(port), [device(*points())]) as seen:
            await seen.until(lambda: bool(seen.notes))
        kept = {key: value for note in seen.notes for key, value in note.kept.items()}
    driver = make_driver(tcp(1), [device(*points(), max_gap=1)], Recorder(), kept=kept)
    assert [plan.block for plan in driver.plans] == ["1/holding-register/0+30"]
    same = make_driver(tcp(1), [device(*points())], Recorder(), kept=kept)
    assert sorted(plan.block for plan in same.plans) == [
        "1/holding-register/0+11",
        "1/holding-register/11+1",
        "1/holding-register/12+18",
    ]


async def test_a_device_that_answers_3_to_long_reads_is_read_in_shorter_ones() -> None:
    def script(request: Request) -> Reply:
        return Reply(exception=3) if request.count > 16 else Reply()

    server = Scripted(script=script)
    async with tcp_device(server) as port, running(tcp(port), [device(*points())]) as seen:
        await seen.until(lambda: bool(seen.notes))
        seen.scans.clear()
        await seen.until(lambda: read_in(seen.scans) == THERE)
    assert seen.notes[0].code == "registers-missing"
    assert seen.notes[0].fields["registers"] == "14|15"


async def test_neighbours_keep_their_slots_while_a_unit_is_searched() -> None:
    server = Scripted(script=lambda r: without({3, 11, 25})(r) if r.unit == 1 else Reply())
    other = device(register_point("d2.r", 0, unit_id=2, period_s=PERIOD_S), unit_id=2)
    async with tcp_device(server) as port, running(tcp(port), [device(*points()), other]) as seen:
        await seen.until(lambda: bool(seen.notes))
    slots = seen.of(2)
    assert all(good(scan) for scan in slots)
    gaps = [later.mono_ns - sooner.mono_ns for sooner, later in pairwise(slots)]
    assert max(gaps) < 2 * PERIOD_S * 1e9


async def test_registers_read_once_an_hour_are_searched_at_once_and_not_an_hour_later() -> None:
    server = Scripted(script=without({11}))
    async with tcp_device(server) as port, running(tcp(port), [device(*points(3600.0))]) as seen:
        await seen.until(lambda: bool(seen.notes), within_s=15.0)
        await seen.until(lambda: read_in(seen.scans) == THERE - {"d.r11"})
    assert [note.code for note in seen.notes] == ["points-missing"]
    assert len(server.requests) < 20


async def test_a_refusal_by_chance_costs_what_is_read_once_an_hour_a_second() -> None:
    server = Scripted(script=lambda r: Reply(exception=2) if r.number == 1 else Reply())
    async with tcp_device(server) as port, running(tcp(port), [device(*points(3600.0))]) as seen:
        await seen.until(lambda: read_in(seen.scans) == THERE)
    assert len(server.requests) == 2
    assert seen.notes == []
