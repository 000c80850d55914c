"""The Modbus driver: one connection of any kind, and the units behind it."""

import asyncio
from collections.abc import Sequence

from config.modbus_link import Modbus, ModbusTcp
from config.model import Device
from drivers.condition import Conditions
from drivers.modbus.decode import compile_block
from drivers.modbus.hold import Holder
from drivers.modbus.opening import opening_of, where_of
from drivers.modbus.plan import Block, plan_blocks
from drivers.modbus.poll import Polled, Poller
from drivers.modbus.standing import Standing
from drivers.modbus.watch import Watch
from drivers.passed import Shown
from drivers.reading import Emit, ScanPlan
from drivers.remarks import Remarks
from drivers.report import LinkReport
from drivers.schedule import begin_grid
from drivers.statistics import Statistics
from drivers.surroundings import Note, Surroundings


class ModbusDriver:
    """Polls every Modbus point behind one connection; see drivers/driver.py for what a driver promises."""

    def __init__(
        self,
        connection_id: str,
        settings: Modbus,
        devices: Sequence[Device],
        surroundings: Surroundings,
    ) -> None:
        self.connection_id = connection_id
        clock, rng = surroundings.clock, surroundings.rng
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._conditions = Conditions(devices)
        self._report = LinkReport(connection_id, clock, surroundings.on_link)
        self._remarks = Remarks(connection_id, clock, surroundings.on_note)
        self._watch = Watch(
            connection_id,
            clock,
            self._remarks,
            where=where_of(settings),
            is_tcp=isinstance(settings, ModbusTcp),
        )
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

    @property
    def statistics(self) -> Statistics:
        """What the connection has been through since the driver was made."""
        return self._watch.statistics

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed and stands."""
        return self._remarks.standing

    @property
    def frames(self) -> tuple[Shown, ...]:
        """What passed on the wire last, oldest first."""
        return self._watch.frames

    async def run(self, emit: Emit) -> None:
        """Poll until cancelled; every scan goes to `emit`."""
        emit = self._conditions.over(emit)
        opening = opening_of(self._settings, self._clock, self._remarks, self._watch)
        poller = Poller(self._polled, self._clock, emit, where=opening.where, retries=self._settings.retries)
        self._watch.statistics.overruns = poller.overruns
        holder = Holder(
            opening,
            poller,
            self._clock,
            self._rng,
            report=self._report,
            remarks=self._remarks,
            on_open=self._watch.connected,
        )
        tried = asyncio.Event()
        name = f"driver[{self.connection_id}]"
        try:
            async with asyncio.TaskGroup() as tasks:
                for number in range(opening.links):
                    tasks.create_task(holder.hold(number, tried), name=f"{name}.link-{number}")
                await tried.wait()  # or the first slots would be BAD for no better reason than haste
                origin_ns = begin_grid(self._clock.monotonic_ns(), self._rng)
                tasks.create_task(poller.keep_grid(origin_ns), name=f"{name}.grid")
        finally:
            opening.close()


def _scan_plan(connection_id: str, block: Block) -> ScanPlan:
    return ScanPlan(connection_id, block.name, block.points, block.period_s)
