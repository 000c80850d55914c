"""Polling what is not there: silent units, lost links, missing registers."""

import asyncio

import pytest

from config.model import Device
from drivers.errors import ExceptionReply, NoReply, Silent
from drivers.modbus.holes import pack_holes
from drivers.modbus.plan import Block, lay_out
from drivers.reading import Quality
from tests.drivers.plant import all_are, device, good, register_point
from tests.drivers.poll_bench import SEVEN, Answer, Bench, DeadLink, FakeLink, many_blocks

TWO = device(*(register_point(f"u1.r{n}", n, period_s=1.0) for n in range(2)))


def every_six_hours(unit_id: int, count: int) -> Device:
    """A unit whose registers are read every six hours."""
    return many_blocks(unit_id, count, 6 * 3600.0)


async def test_what_is_read_every_six_hours_is_read_soon_after_the_start() -> None:
    bench = Bench(every_six_hours(1, 3))
    async with bench.served(FakeLink(lambda _: SEVEN)):
        for _ in range(21):
            await bench.clock.advance(0.25)
    assert len(bench.scans) == 3
    assert all(good(scan) for scan in bench.scans)


async def test_a_unit_that_is_back_is_polled_within_5_seconds_whatever_its_period() -> None:
    bench = Bench(every_six_hours(1, 4), many_blocks(2, 1, 1.0))
    dead = {1}
    link = FakeLink(lambda block: NoReply(1, 1.0) if block.unit_id in dead else SEVEN)
    async with bench.served(link):
        for _ in range(240):  # a minute
            await bench.clock.advance(0.25)
        assert not any(good(scan) for scan in bench.of(1))
        dead.clear()
        back_ns = bench.clock.mono_ns
        for _ in range(20):
            await bench.clock.advance(0.25)
    answered = [scan for scan in bench.of(1) if good(scan)]
    assert len({scan.plan.block for scan in answered}) == 4
    assert max(scan.mono_ns for scan in answered) - back_ns <= 5 * 10**9
    assert bench.told == [("unit-silent", 1), ("unit-back", 1)]


async def test_a_dead_unit_of_many_blocks_is_probed_with_one_of_them() -> None:
    bench = Bench(many_blocks(1, 20, 1.0), many_blocks(2, 1, 1.0))
    link = FakeLink(lambda block: NoReply(1, 1.0) if block.unit_id == 1 else SEVEN)
    async with bench.served(link):
        for _ in range(240):
            await bench.clock.advance(0.25)
    probes = [timeout for unit, timeout in link.asked if unit == 1]
    assert len(probes) < 60 / 2  # rests of 2 to 4 s by and by
    assert len(bench.of(1)) >= 20 * 60  # and yet every slot of every block is told to be BAD
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.of(1))


async def test_when_the_link_is_back_what_was_missed_is_asked_at_once() -> None:
    bench = Bench(every_six_hours(1, 2))
    async with bench.on_grid():
        for _ in range(21):
            await bench.clock.advance(0.25)
        assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)
        serving = asyncio.create_task(bench.poller.serve(FakeLink(lambda _: SEVEN)))
        await bench.clock.advance(0)
        serving.cancel()
    assert [good(scan) for scan in bench.scans] == [False, False, True, True]


async def test_a_link_made_anew_asks_at_once_who_was_silent_on_the_last_one() -> None:
    bench = Bench()
    dead, live = FakeLink(lambda block: NoReply(block.unit_id, 1.0)), FakeLink(lambda _: SEVEN)
    for _ in range(6):  # till they rest for as long as units ever do
        async with bench.served(dead) as serving:
            while not serving.done():
                await bench.clock.advance(0.25)
            with pytest.raises(Silent):
                await serving
    async with bench.served(live):
        await bench.clock.advance(0.25)
        await bench.clock.advance(0.25)
        assert {unit for unit, _ in live.asked} == {1, 2}


async def test_one_lost_answer_is_no_silence() -> None:
    bench = Bench()
    lost = [True]
    link = FakeLink(lambda block: NoReply(1, 1.0) if block.unit_id == 1 and lost and lost.pop() else SEVEN)
    async with bench.served(link):
        for _ in range(20):
            await bench.clock.advance(0.5)
    assert [good(scan) for scan in bench.of(1)][:2] == [False, True]
    assert bench.told == []


async def test_when_all_are_silent_the_connection_speaks_for_its_units() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda block: NoReply(block.unit_id, 1.0))) as serving:
        for _ in range(8):
            await bench.clock.advance(0.5)
        with pytest.raises(Silent):
            await serving
    assert bench.told == []


async def test_twenty_dead_units_leave_the_live_one_its_slots() -> None:
    dead = [many_blocks(unit_id, 1, 1.0) for unit_id in range(2, 22)]
    bench = Bench(many_blocks(1, 8, 1.0), *dead)
    link = DeadLink(bench.clock, alive=1, takes_s=0.05)
    async with bench.served(link):
        for _ in range(400):
            await bench.clock.advance(0.25)
        settled = len(bench.of(1))
        before = bench.poller.overruns.total()
        for _ in range(2400):
            await bench.clock.advance(0.025)
    assert len(bench.of(1)) - settled >= 0.95 * 60 * 8
    assert bench.poller.overruns.total() - before < 0.05 * 60 * 8


async def test_a_register_that_does_not_exist_costs_its_neighbours_a_few_slots_and_no_more() -> None:
    points = [register_point(f"u1.r{n}", n, period_s=1.0) for n in range(50)]
    bench = Bench(device(*points))
    missing = 37

    def answer(block: Block) -> Answer:
        if block.first <= missing < block.first + block.count:
            return ExceptionReply(1, 2)
        return b"\x00\x07" * block.count

    async with bench.served(FakeLink(answer)):
        for _ in range(30):
            await bench.clock.advance(1.0)
        bench.scans.clear()
        await bench.clock.advance(1.0)
    read = {point.id for scan in bench.scans if good(scan) for point in scan.plan.points}
    assert read == {point.id for point in points} - {"u1.r37"}
    (bad,) = [scan for scan in bench.scans if not good(scan)]
    assert bad.qualities == (Quality.DEVICE_FAULT,)
    assert bad.plan.block == "1/holding-register/37+1"
    assert [learnt.points for learnt in bench.learnt] == [("u1.r37",)]
    assert sorted(p.id for plan in bench.roster.plans for p in plan.points) == sorted(p.id for p in points)


async def test_other_exceptions_teach_nothing_about_holes() -> None:
    bench = Bench(device(*(register_point(f"u1.r{n}", n, period_s=1.0) for n in range(4))))
    link = FakeLink(lambda _: ExceptionReply(1, 4))
    async with bench.served(link):
        for _ in range(10):
            await bench.clock.advance(1.0)
    assert {scan.plan.block for scan in bench.scans} == {"1/holding-register/0+4"}
    assert len(link.asked) == 11


async def test_points_that_cannot_be_read_are_a_comm_fault_while_their_unit_is_silent() -> None:
    kept = {"holes/line/1/holding-register": pack_holes({(1, 2)}, lay_out([TWO])[0]) or b""}
    bench = Bench(TWO, many_blocks(2, 1, 1.0), kept=kept)
    dead: set[int] = set()
    link = FakeLink(lambda block: NoReply(1, 1.0) if block.unit_id in dead else SEVEN)
    async with bench.served(link):
        await bench.clock.advance(1.0)
        (unread,) = [scan for scan in bench.scans[-3:] if scan.plan.points[0].id == "u1.r1"]
        assert unread.qualities == (Quality.DEVICE_FAULT,)
        dead.add(1)
        for _ in range(3):
            await bench.clock.advance(1.0)
    unread = [scan for scan in bench.scans if scan.plan.points[0].id == "u1.r1"][-1]
    assert unread.qualities == (Quality.COMM_FAULT,)
