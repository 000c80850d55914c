"""Finding speed, parity and units of a serial line by asking.

All settings are tried with the likeliest units first; a unit that answers settles
the setting, because a line has only one, and the rest of the units are asked
under it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.commissioning.candidates import Setting, rounds, silent_s
from agent.commissioning.unit_scan import Progress, Units, identify_units, scan_units
from config.modbus_link import ModbusRtu
from config.source import Table
from drivers.clock import Clock
from drivers.modbus.line import open_line


@dataclass(frozen=True, slots=True)
class LineFound:
    """What a scan has found; `setting` is None where nobody answered legibly."""

    setting: Setting | None
    units: Units
    illegible: tuple[Setting, ...] = ()  # settings under which something came that could not be read


@dataclass(frozen=True, slots=True)
class LineScan:
    """What is to be tried on one port."""

    line: ModbusRtu
    settings: Sequence[Setting]
    unit_ids: Sequence[int]
    table: Table

    @property
    def questions(self) -> int:
        """How many questions it takes where nobody answers."""
        return len(self.settings) * len(self.unit_ids)

    @property
    def longest_s(self) -> float:
        """How long it takes where nobody answers."""
        return len(self.unit_ids) * sum(silent_s(self._set(setting)) for setting in self.settings)

    @property
    def usual_s(self) -> float:
        """How long it takes where a likely unit answers under the likeliest setting."""
        return len(self.unit_ids) * silent_s(self._set(self.settings[0]))

    async def run(self, clock: Clock, progress: Progress) -> LineFound:
        """Try it. Raises LinkFault where the port cannot be had or goes."""
        illegible: list[Setting] = []
        for setting, unit_ids in rounds(self.settings, self.unit_ids):
            if progress.stopped:
                break
            progress.begun(str(setting))
            units = await self._ask(setting, unit_ids, clock, progress)
            if units.found:
                rest = [unit_id for unit_id in self.unit_ids if unit_id not in unit_ids]
                await self._rest(setting, rest, units, clock, progress)
                return LineFound(setting, units)
            if units.illegible and setting not in illegible:
                illegible.append(setting)
        return LineFound(None, Units(), tuple(illegible))

    async def _rest(
        self, setting: Setting, rest: Sequence[int], units: Units, clock: Clock, progress: Progress
    ) -> None:
        """Ask the units that were not asked yet, and all that were found what they are."""
        link = await open_line(self._set(setting), clock, lambda: None)
        try:
            more = await scan_units(link, rest, self.table, self.line.timeout, progress)
            units.asked += more.asked
            units.found |= more.found
            units.illegible += more.illegible
            await identify_units(link, units, self.line.timeout, progress)
        finally:
            link.close()

    async def _ask(
        self, setting: Setting, unit_ids: Sequence[int], clock: Clock, progress: Progress
    ) -> Units:
        link = await open_line(self._set(setting), clock, lambda: None)
        try:
            return await scan_units(link, unit_ids, self.table, self.line.timeout, progress)
        finally:
            link.close()

    def _set(self, setting: Setting) -> ModbusRtu:
        at = {"baudrate": setting.baudrate, "parity": setting.parity, "stopbits": setting.stopbits}
        return self.line.model_copy(update=at)
