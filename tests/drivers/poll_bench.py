"""A poller on links and a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from random import Random

from config.model import Device
from drivers.errors import NoReply
from drivers.modbus.ground import Learnt
from drivers.modbus.plan import Block
from drivers.modbus.poll import Poller
from drivers.modbus.presence import Presence
from drivers.modbus.roster import Roster
from drivers.reading import Scan
from tests.drivers.fake_clock import FakeClock
from tests.drivers.plant import device, register_point

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
            presence=Presence(self.roster.standings, self.tell),
            on_learnt=lambda ground: self.learnt.extend(ground.take_learnt()),
        )

    def tell(self, code: str, unit_id: int, block: Block | None = None, **_: str | float) -> None:
        self.told.append((code, unit_id))

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


def many_blocks(unit_id: int, count: int, period_s: float) -> Device:
    """A unit whose registers lie too far apart to be read together."""
    points = [register_point(f"u{unit_id}", 9 * n, unit_id=unit_id, period_s=period_s) for n in range(count)]
    return device(*points, unit_id=unit_id)
