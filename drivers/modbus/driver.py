"""The Modbus driver: one connection of any kind, and the units behind it."""

import asyncio
from collections.abc import Sequence

from config.modbus_link import Modbus, ModbusTcp
from config.model import Device
from drivers.condition import Conditions
from drivers.errors import LinkFault
from drivers.modbus.hold import Holder
from drivers.modbus.opening import opening_of, where_of
from drivers.modbus.other_kind import doubting_kind
from drivers.modbus.poll import Poller
from drivers.modbus.presence import Presence
from drivers.modbus.roster import Roster
from drivers.modbus.unit_notes import UnitTeller
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
            has_ids=isinstance(settings, ModbusTcp) and not settings.any_transaction_id,
            timeout_s=settings.timeout,
        )
        self._roster = Roster(
            connection_id,
            devices,
            timeout_s=settings.timeout,
            rng=rng,
            kept=surroundings.kept,
            now_ns=clock.monotonic_ns(),
        )
        self._teller = UnitTeller(connection_id, devices, clock, surroundings.on_note)
        for ground in self._roster.grounds:
            self._teller.remember(ground)

    def _explain(self, fault: LinkFault) -> LinkFault:
        if self._watch.statistics.bytes_received:
            return self._watch.explain(fault)
        return doubting_kind(fault, self._settings)

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """The plans whose scans this driver emits now: all points of the connection, each once.

        They change where a device turns out to lack registers.
        """
        return self._roster.plans

    @property
    def statistics(self) -> Statistics:
        """What the connection has been through since the driver was made."""
        return self._watch.statistics

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed and stands."""
        return (*self._remarks.standing, *self._teller.standing)

    @property
    def frames(self) -> tuple[Shown, ...]:
        """What passed on the wire last, oldest first."""
        return self._watch.frames

    async def run(self, emit: Emit) -> None:
        """Poll until cancelled; every scan goes to `emit`."""
        emit = self._conditions.over(emit)
        opening = opening_of(self._settings, self._clock, self._remarks, self._watch)
        poller = Poller(
            self._roster,
            self._clock,
            emit,
            where=opening.where,
            presence=Presence(self._roster.standings, self._teller.tell_presence, self._watch.hears),
            on_learnt=self._teller.tell_learnt,
            retries=self._settings.retries,
        )
        self._watch.statistics.overruns = poller.overruns
        holder = Holder(
            opening,
            poller,
            self._clock,
            self._rng,
            report=self._report,
            remarks=self._remarks,
            on_open=self._watch.connected,
            explain=self._explain,
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
