"""Polling on a clock that the test moves: what each slot yields, and what it asks for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest

from drivers.errors import ExceptionReply, Lost, NoReply, Silent
from drivers.modbus.decode import compile_block
from drivers.modbus.plan import Block, plan_blocks
from drivers.modbus.poll import Polled, Poller
from drivers.modbus.standing import Standing
from drivers.reading import Quality, Scan, ScanPlan
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


class Bench:
    """A poller of two units, one register each, at 1 s; unit 2's slots lie half a second later."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.scans: list[Scan] = []
        devices = [device(register_point(f"u{n}", 0, unit_id=n, period_s=1.0), unit_id=n) for n in (1, 2)]
        self.poller = Poller(
            [
                Polled(
                    block,
                    ScanPlan("line", block.name, block.points, 1.0),
                    compile_block(block),
                    Standing(1.0, Random(1)),
                )
                for block in plan_blocks(devices)
            ],
            self.clock,
            self.scans.append,
            where="bench",
            on_answer=lambda: None,
        )

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
        serving = asyncio.create_task(self.poller.serve(link))
        await asyncio.sleep(0)
        async with self.on_grid():
            yield serving
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


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
        assert bench.poller.overruns == 6
        await bench.clock.advance(0.5)
    assert bench.of(1)[-1].mono_ns == 4 * 10**9  # and the next slot lies on the grid as ever


async def test_a_machine_that_slept_takes_up_the_grid_where_it_is_now() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        await bench.clock.advance(10.2)
        assert (len(bench.of(1)), len(bench.of(2))) == (2, 1)
        assert bench.poller.overruns == 9 + 9
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
