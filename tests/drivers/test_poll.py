"""Polling on a clock that the test moves: what each slot yields, and what it asks for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from random import Random

import pytest

from config.model import Device
from drivers.errors import ExceptionReply, Lost, NoReply, Silent
from drivers.modbus.ground import Learnt
from drivers.modbus.holes import pack_holes
from drivers.modbus.plan import Block, lay_out
from drivers.modbus.poll import Poller
from drivers.modbus.presence import Presence
from drivers.modbus.roster import Roster
from drivers.reading import Quality, Scan
from tests.drivers.fake_clock import FakeClock
from tests.drivers.plant import all_are, device, good, register_point

Answer = bytes | Exception | None  # None: the answer is still on its way


class FakeLink:
    """A link whose answers the test decides."""

    def __init__(self, answer: Callable[[Block], Answer]) -> None:
        self.connected = True
        self.answer = answer
        self.asked: list[tuple[int, float]] = []
        self.arrived = asyncio.Event()

    async def read(self, block: Block, timeout_s: float) -> bytes:
        self.asked.append((block.unit_id, timeout_s))
        while (answer := self.answer(block)) is None:
            self.arrived.clear()
            await self.arrived.wait()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def take_late_units(self) -> set[int]:
        return set()


class SlowLink(FakeLink):
    """A link on which every answer takes its time."""

    def __init__(self, clock: FakeClock, takes_s: float) -> None:
        super().__init__(lambda _: SEVEN)
        self.clock = clock
        self.takes_ns = round(takes_s * 1e9)

    async def read(self, block: Block, timeout_s: float) -> bytes:
        await self.clock.sleep_until(self.clock.monotonic_ns() + self.takes_ns)
        return await super().read(block, timeout_s)


class DeadLink(FakeLink):
    """A link on which one unit answers and all others take their whole time-out."""

    def __init__(self, clock: FakeClock, *, alive: int, takes_s: float) -> None:
        super().__init__(lambda _: SEVEN)
        self.clock = clock
        self.alive = alive
        self.takes_s = takes_s

    async def read(self, block: Block, timeout_s: float) -> bytes:
        takes_s = self.takes_s if block.unit_id == self.alive else timeout_s
        await self.clock.sleep_until(self.clock.monotonic_ns() + round(takes_s * 1e9))
        if block.unit_id != self.alive:
            raise NoReply(block.unit_id, timeout_s)
        return SEVEN


class Bench:
    """A poller of two units, one register each, at 1 s; unit 2's slots lie half a second later."""

    def __init__(self, *devices: Device, kept: Mapping[str, bytes] | None = None) -> None:
        self.clock = FakeClock()
        self.scans: list[Scan] = []
        devices = devices or tuple(
            device(register_point(f"u{n}", 0, unit_id=n, period_s=1.0), unit_id=n) for n in (1, 2)
        )
        self.told: list[tuple[str, int]] = []
        self.learnt: list[Learnt] = []
        self.roster = Roster("line", devices, timeout_s=1.0, rng=Random(1), kept=kept or {}, now_ns=0)
        self.poller = Poller(
            self.roster,
            self.clock,
            self.scans.append,
            where="bench",
            presence=Presence(
                self.roster.standings, lambda code, f: self.told.append((code, int(f["unit_id"])))
            ),
            on_learnt=lambda ground: self.learnt.extend(ground.take_learnt()),
        )

    def tell(self, code: str, fields: Mapping[str, str | int | float]) -> None:
        self.told.append((code, int(fields["unit_id"])))

    def of(self, unit_id: int) -> list[Scan]:
        return [scan for scan in self.scans if scan.plan.points[0].id == f"u{unit_id}"]

    @asynccontextmanager
    async def on_grid(self) -> AsyncIterator[None]:
        grid = asyncio.create_task(self.poller.keep_grid(origin_ns=0))
        await self.clock.advance(0)
        try:
            yield
        finally:
            grid.cancel()

    @asynccontextmanager
    async def served(self, link: FakeLink) -> AsyncIterator[asyncio.Task[None]]:
        async with self.served_by(link) as (serving,):
            yield serving

    @asynccontextmanager
    async def served_by(self, *links: FakeLink) -> AsyncIterator[list[asyncio.Task[None]]]:
        serving = [asyncio.create_task(self.poller.serve(link)) for link in links]
        await asyncio.sleep(0)
        async with self.on_grid():
            yield serving
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


SEVEN = b"\x00\x07"


async def test_each_slot_yields_one_scan_at_its_own_time() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        for _ in range(6):
            await bench.clock.advance(0.5)
    assert [scan.mono_ns / 1e9 for scan in bench.of(1)] == [0.0, 1.0, 2.0, 3.0]
    assert [scan.mono_ns / 1e9 for scan in bench.of(2)] == [0.5, 1.5, 2.5]
    assert all(good(scan) and scan.values == (7,) for scan in bench.scans)


async def test_without_a_link_each_slot_is_bad() -> None:
    bench = Bench()
    async with bench.on_grid():
        for _ in range(4):
            await bench.clock.advance(0.5)
    assert len(bench.scans) == 5
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)


async def test_an_overrun_skips_and_counts_but_never_bursts() -> None:
    bench = Bench()
    waiting = [True]
    link = FakeLink(lambda _: None if waiting[0] else SEVEN)
    async with bench.served(link):
        for _ in range(7):  # unit 1 answers only after 3.5 s
            await bench.clock.advance(0.5)
        assert bench.scans == []
        waiting[0] = False
        link.arrived.set()
        await bench.clock.advance(0)
        assert len(bench.of(1)) == len(bench.of(2)) == 1  # what waited is served once, not four times
        assert bench.poller.overruns.total() == 6
        await bench.clock.advance(0.5)
    assert bench.of(1)[-1].mono_ns == 4 * 10**9  # and the next slot lies on the grid as ever


async def test_a_machine_that_slept_takes_up_the_grid_where_it_is_now() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        await bench.clock.advance(10.2)
        assert (len(bench.of(1)), len(bench.of(2))) == (2, 1)
        assert bench.poller.overruns.total() == 9 + 9
        await bench.clock.advance(0.3)
    assert bench.of(2)[-1].mono_ns == 10_500_000_000


async def test_a_step_of_the_wall_clock_moves_no_slot() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        bench.clock.utc_ns += 3600 * 10**9
        for _ in range(4):
            await bench.clock.advance(0.5)
    assert [scan.mono_ns / 1e9 for scan in bench.of(1)] == [0.0, 1.0, 2.0]
    assert bench.of(1)[1].utc_ns - bench.of(1)[0].utc_ns == 3601 * 10**9


async def test_a_resting_unit_is_bad_in_its_slots_and_probed_shortly_after_each_rest() -> None:
    bench = Bench()
    link = FakeLink(lambda block: NoReply(1, 1.0) if block.unit_id == 1 else SEVEN)
    async with bench.served(link):
        for _ in range(40):
            await bench.clock.advance(0.5)
    assert len(bench.of(1)) == len(bench.of(2)) + 1 == 21
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.of(1))
    assert all(good(scan) for scan in bench.of(2))
    timeouts = [timeout for unit, timeout in link.asked if unit == 1]
    assert timeouts[0] == 1.0
    assert set(timeouts[1:]) == {0.1}
    assert len(timeouts) < 10


async def test_an_exception_reply_is_a_device_fault_in_every_slot() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: ExceptionReply(1, 4))):
        for _ in range(4):
            await bench.clock.advance(0.5)
    assert len(bench.scans) == 5
    assert all(all_are(Quality.DEVICE_FAULT)(scan) for scan in bench.scans)


async def test_a_lost_link_ends_serving_with_what_waited_bad() -> None:
    bench = Bench()
    link = FakeLink(lambda _: None)
    async with bench.served(link) as serving:
        await bench.clock.advance(0.5)
        link.answer = lambda _: Lost("bench")
        link.arrived.set()
        with pytest.raises(Lost):
            await serving
    assert [scan.plan.points[0].id for scan in bench.scans] == ["u1", "u2"]
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)


async def test_a_link_that_breaks_while_idle_is_noticed_at_once() -> None:
    bench = Bench()
    link = FakeLink(lambda _: SEVEN)
    async with bench.served(link) as serving:
        await bench.clock.advance(0.1)
        link.connected = False
        bench.poller.wake()
        with pytest.raises(Lost):
            await serving


async def test_when_every_unit_is_silent_the_link_itself_is_in_doubt() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda block: NoReply(block.unit_id, 1.0))) as serving:
        for _ in range(8):
            await bench.clock.advance(0.5)
        with pytest.raises(Silent):
            await serving


def many_blocks(unit_id: int, count: int, period_s: float) -> Device:
    """A unit whose registers lie too far apart to be read together."""
    points = [register_point(f"u{unit_id}", 9 * n, unit_id=unit_id, period_s=period_s) for n in range(count)]
    return device(*points, unit_id=unit_id)


async def test_two_links_serve_two_units_at_the_same_time_but_never_one_unit_twice() -> None:
    bench = Bench(many_blocks(1, 3, 1.0), many_blocks(2, 3, 1.0))
    links = FakeLink(lambda _: None), FakeLink(lambda _: None)
    async with bench.served_by(*links):
        for _ in range(3):  # all six wait by now
            await bench.clock.advance(0.4)
        assert sorted(unit for link in links for unit, _ in link.asked) == [1, 2]
        for link in links:
            link.answer = lambda _: SEVEN
            link.arrived.set()
        await bench.clock.advance(0)
    assert len(bench.of(1)) == len(bench.of(2)) == 3


async def test_a_link_that_is_lost_leaves_the_queue_to_the_others() -> None:
    bench = Bench()
    sick, sound = FakeLink(lambda _: Lost("bench")), FakeLink(lambda _: SEVEN)
    async with bench.served_by(sick, sound) as (serving, _):
        for _ in range(6):
            await bench.clock.advance(0.5)
        with pytest.raises(Lost):
            await serving
    assert sum(not good(scan) for scan in bench.scans) == 1  # what the sick one had in flight
    assert len(bench.scans) == 7


async def test_a_link_on_which_a_unit_is_silent_that_answers_elsewhere_is_given_up() -> None:
    bench = Bench()
    deaf, sound = FakeLink(lambda block: NoReply(block.unit_id, 1.0)), FakeLink(lambda _: SEVEN)
    async with bench.served_by(deaf, sound) as (serving, other):
        for _ in range(8):
            await bench.clock.advance(0.5)
        with pytest.raises(Silent):
            await serving
        assert not other.done()


async def test_all_links_are_in_doubt_when_no_unit_answers_on_any() -> None:
    bench = Bench()
    links = [FakeLink(lambda block: NoReply(block.unit_id, 1.0)) for _ in range(2)]
    async with bench.served_by(*links) as serving:
        for _ in range(10):
            await bench.clock.advance(0.5)
        for task in serving:
            with pytest.raises(Silent):
                await task


async def test_a_unit_with_many_blocks_starves_no_other_on_a_slow_line() -> None:
    bench = Bench(many_blocks(1, 20, 1.0), many_blocks(2, 1, 1.0), many_blocks(3, 1, 1.0))
    link = SlowLink(bench.clock, 0.2)  # five answers a second where 22 are wanted
    async with bench.served(link):
        for _ in range(200):
            await bench.clock.advance(0.05)
    assert len(bench.of(2)) == len(bench.of(3)) >= 9
    assert bench.poller.overruns["1/holding-register/0+1"] > 0
    assert bench.poller.overruns["2/holding-register/0+1"] == 0


async def test_of_one_unit_every_block_has_its_turn_on_a_slow_line() -> None:
    bench = Bench(many_blocks(1, 10, 1.0))
    async with bench.served(SlowLink(bench.clock, 0.2)):
        for _ in range(200):
            await bench.clock.advance(0.05)
    turns = Counter(scan.plan.block for scan in bench.scans)
    assert len(turns) == 10
    assert max(turns.values()) - min(turns.values()) <= 1


TWO = device(*(register_point(f"u1.r{n}", n, period_s=1.0) for n in range(2)))


def every_six_hours(unit_id: int, count: int) -> Device:
    """A unit whose registers are read every six hours."""
    return many_blocks(unit_id, count, 6 * 3600.0)


async def test_what_is_read_every_six_hours_is_read_soon_after_the_start() -> None:
    bench = Bench(every_six_hours(1, 3))
    async with bench.served(FakeLink(lambda _: SEVEN)):
        for _ in range(41):
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
        for _ in range(41):
            await bench.clock.advance(0.25)
        assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)
        serving = asyncio.create_task(bench.poller.serve(FakeLink(lambda _: SEVEN)))
        await bench.clock.advance(0)
        serving.cancel()
    assert [good(scan) for scan in bench.scans] == [False, False, True, True]


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
