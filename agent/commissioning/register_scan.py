"""A range of registers read for what there is: what the device refuses is halved until the holes are bare.

Exception 2 says that one register of the range does not exist, not which; 3 that
the range is too long for it. Some devices say nothing at all to a range that they
don't like: once the unit has answered, a silence is halved as well, and reads are
kept as short as the device likes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent.commissioning.unit_scan import Progress
from config.source import Table
from drivers.errors import ExceptionReply, Lost, NoReply, UnitFault
from drivers.modbus.opening import OpenLink
from drivers.modbus.plan import BITS_PER_READ_MAX, REGISTERS_PER_READ_MAX, Block

SILENCES_MAX: Final = 3
"""Single addresses in a row about which the unit says nothing: then it has gone."""
_HALVED: Final = frozenset({2, 3})
"""Illegal address, illegal value; any other exception is about the whole device."""


@dataclass(slots=True)
class Registers:
    """What was read. `missing` are addresses that the device does not have."""

    table: Table
    words: dict[int, int] = field(default_factory=dict)  # address → register, or 0 and 1 in a bit table
    missing: list[int] = field(default_factory=list)
    fault: UnitFault | Lost | None = None  # what ended the scan before its end


class RegisterScan:
    """Reads a range of one table of one unit."""

    def __init__(self, link: OpenLink, unit_id: int, table: Table, *, timeout_s: float, at_once: int) -> None:
        self._link = link
        self._unit_id = unit_id
        self._timeout_s = timeout_s
        self._longest = min(at_once, BITS_PER_READ_MAX if table.holds_bits else REGISTERS_PER_READ_MAX)
        self._has_answered = False
        self._has_tried_one = False
        self._silences = 0  # in a row, of single addresses
        self.registers = Registers(table)

    async def run(self, addresses: Sequence[int], progress: Progress) -> Registers:
        """Read addresses. Raises Lost when the connection breaks."""
        spans = _spans(addresses)
        while spans and not progress.stopped:
            start, end = spans.pop()
            if end - start > self._longest:
                spans.append((start + self._longest, end))
                end = start + self._longest
            try:
                await self._read(start, end)
            except (ExceptionReply, NoReply) as fault:
                if not self._may_halve(end - start, fault):
                    self.registers.fault = fault
                    break
                spans += self._halves(start, end, fault)
            except UnitFault as fault:
                self.registers.fault = fault
                break
            progress.asked(f"{start}-{end - 1}")
        self.registers.missing.sort()
        return self.registers

    async def _read(self, start: int, end: int) -> None:
        table, count = self.registers.table, end - start
        data = await self._link.read(Block(self._unit_id, table, start, count, 0.0, ()), self._timeout_s)
        self._has_answered, self._silences = True, 0
        for offset in range(count):
            if table.holds_bits:
                word = data[offset // 8] >> offset % 8 & 1
            else:
                word = int.from_bytes(data[2 * offset : 2 * offset + 2], "big")
            self.registers.words[start + offset] = word

    def _may_halve(self, count: int, fault: ExceptionReply | NoReply) -> bool:
        """Return whether less of the same may be answered."""
        if isinstance(fault, ExceptionReply):
            self._has_answered = True
            return fault.exception_code in _HALVED
        if not self._has_answered and (self._has_tried_one or count == 1):
            return False
        return self._silences < SILENCES_MAX

    def _halves(self, start: int, end: int, fault: ExceptionReply | NoReply) -> list[tuple[int, int]]:
        """Return what to read in place of a span, the later part first; a single address is a hole."""
        if end - start == 1:
            self._silences = self._silences + 1 if isinstance(fault, NoReply) else 0
            self._has_tried_one = True
            self.registers.missing.append(start)
            return []
        if isinstance(fault, NoReply) and not self._has_answered:
            self._has_tried_one = True
            return [(start + 1, end), (start, start + 1)]
        middle = (start + end) // 2
        if isinstance(fault, NoReply):
            self._longest = middle - start  # it keeps silent about what is too long for it
        return [(middle, end), (start, middle)]


def _spans(addresses: Iterable[int]) -> list[tuple[int, int]]:
    """Return addresses as spans without holes, the last one first."""
    spans: list[tuple[int, int]] = []
    for address in sorted(addresses):
        if spans and spans[-1][1] == address:
            spans[-1] = (spans[-1][0], address + 1)
        else:
            spans.append((address, address + 1))
    return spans[::-1]
