"""The Modbus driver: one connection, TCP or serial, and the units behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from config.modbus_link import ModbusRtu, ModbusTcp
from config.model import Device
from drivers.backoff import Backoff
from drivers.clock import Clock
from drivers.errors import LinkFault
from drivers.modbus.decode import compile_block
from drivers.modbus.guard import Guard
from drivers.modbus.line import open_line
from drivers.modbus.link import open_tcp
from drivers.modbus.plan import Block, plan_blocks
from drivers.modbus.poll import Polled, Poller
from drivers.modbus.standing import Standing
from drivers.reading import Emit, ScanPlan
from drivers.report import LinkReport
from drivers.schedule import begin_grid
from drivers.surroundings import Surroundings

RECONNECT_FIRST_S: Final = 0.2
RECONNECT_CAP_S: Final = 5.0


class ModbusDriver:
    """Polls every Modbus point behind one connection; see drivers/driver.py for what a driver promises."""

    def __init__(
        self,
        connection_id: str,
        settings: ModbusTcp | ModbusRtu,
        devices: Sequence[Device],
        surroundings: Surroundings,
    ) -> None:
        self.connection_id = connection_id
        clock, rng = surroundings.clock, surroundings.rng
        self._where, self._open = _opening(settings, clock)
        self._clock = clock
        self._rng = rng
        self._report = LinkReport(connection_id, clock, surroundings.on_link)
        self._backoff = Backoff(first_s=RECONNECT_FIRST_S, cap_s=RECONNECT_CAP_S, rng=rng)
        blocks = plan_blocks(devices)
        standings = {block.unit_id: Standing(settings.timeout, rng) for block in blocks}
        self._polled = tuple(
            Polled(block, _scan_plan(connection_id, block), compile_block(block), standings[block.unit_id])
            for block in blocks
        )

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """The plans whose scans this driver emits: all points of the connection, each once."""
        return tuple(polled.plan for polled in self._polled)

    async def run(self, emit: Emit) -> None:
        """Poll until cancelled; every scan goes to `emit`."""
        poller = Poller(self._polled, self._clock, emit, where=self._where, on_answer=self._on_answer)
        tried = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            name = f"driver[{self.connection_id}]"
            tasks.create_task(self._hold_link(poller, tried), name=f"{name}.link")
            await tried.wait()  # or the first slots would be BAD for no better reason than haste
            origin_ns = begin_grid(self._clock.monotonic_ns(), self._rng)
            tasks.create_task(poller.keep_grid(origin_ns), name=f"{name}.grid")

    async def _hold_link(self, poller: Poller, tried: asyncio.Event) -> None:
        """Open the connection and have it served, again and again."""
        while True:
            try:
                link = await self._open(poller.wake)
                tried.set()
                try:
                    await poller.serve(link)
                finally:
                    link.close()
            except LinkFault as fault:
                self._report.down(fault)
            tried.set()
            wait_ns = round(self._backoff.next_s() * 1e9)
            await self._clock.sleep_until(self._clock.monotonic_ns() + wait_ns)

    def _on_answer(self) -> None:
        self._report.up()
        self._backoff.reset()


def _opening(
    settings: ModbusTcp | ModbusRtu, clock: Clock
) -> tuple[str, Callable[[Callable[[], None]], Awaitable[Guard]]]:
    if isinstance(settings, ModbusTcp):
        return f"{settings.host}:{settings.port}", partial(open_tcp, settings, clock)
    return settings.port, partial(open_line, settings, clock)


def _scan_plan(connection_id: str, block: Block) -> ScanPlan:
    return ScanPlan(connection_id, block.name, block.points, block.period_s)
