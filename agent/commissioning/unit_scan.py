"""Which units are there: each is asked for one register, and whatever answer it gives is a sign of life.

An exception is an answer too: a unit without a register 0 says so. Only a gateway's
exceptions 10 and 11 speak in the name of a unit that is silent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from config.source import Table
from drivers.errors import ExceptionReply, Lost, NoReply, UnitFault, WrongReply
from drivers.modbus.identification import Identification, identify
from drivers.modbus.opening import OpenLink
from drivers.modbus.plan import Block

GATEWAY_EXCEPTIONS: Final = frozenset({10, 11})
UNLIKELY_UNITS: Final = (147, 201, 233)
"""Ids that nobody sets: who answers to all of them ignores the unit id, as many TCP devices do."""


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit that answered. `exception` is the code by which it refused, None where it gave a value."""

    unit_id: int
    exception: int | None = None
    identification: Identification | None = None


@dataclass(slots=True)
class Units:
    """What a scan has found so far. `illegible` are units whose answers could not be read.

    `broke_at` is the unit at whose question the connection broke, after others had answered.
    """

    asked: int = 0
    found: dict[int, FoundUnit] = field(default_factory=dict)
    illegible: list[int] = field(default_factory=list)
    broke_at: int | None = None


class Progress(Protocol):
    """Hears how a scan goes."""

    def begun(self, what: str) -> None:
        """A part of the scan begins, a setting of the line for instance."""
        ...

    def asked(self, what: str) -> None:
        """One more question was asked."""
        ...

    def found(self, what: str) -> None:
        """Something was found."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether the scan is to end with what it has."""
        ...


async def scan_units(
    link: OpenLink, unit_ids: Sequence[int], table: Table, timeout_s: float, progress: Progress
) -> Units:
    """Ask every unit, and return those that answer. Raises Lost when the connection breaks before any has."""
    units = Units()
    for unit_id in unit_ids:
        if progress.stopped:
            break
        try:
            await _ask(link, unit_id, table, timeout_s, units)
        except Lost:
            if not units.found:
                raise
            units.broke_at = unit_id
            break
        progress.asked(str(unit_id))
        if unit_id in units.found:
            progress.found(f"{unit_id}")
        _note_late(link, unit_ids, units)
    return units


async def answers_reads(link: OpenLink, blocks: Iterable[Block], timeout_s: float) -> bool:
    """Return whether a unit answers any of these reads, by a value or a refusal. Raises Lost."""
    for block in blocks:
        try:
            await link.read(block, timeout_s)
        except ExceptionReply as reply:
            return reply.exception_code not in GATEWAY_EXCEPTIONS
        except (NoReply, WrongReply):
            continue
        return True
    return False


async def ignores_ids(link: OpenLink, table: Table, timeout_s: float) -> bool:
    """Return whether the device answers to every unit id. Raises Lost when the connection breaks."""
    units = Units()
    for unit_id in UNLIKELY_UNITS:
        await _ask(link, unit_id, table, timeout_s, units)
        if unit_id not in units.found:
            return False
    return True


async def _ask(link: OpenLink, unit_id: int, table: Table, timeout_s: float, units: Units) -> None:
    units.asked += 1
    try:
        await link.read(Block(unit_id, table, 0, 1, 0.0, ()), timeout_s)
    except ExceptionReply as reply:
        if reply.exception_code not in GATEWAY_EXCEPTIONS:
            units.found[unit_id] = FoundUnit(unit_id, reply.exception_code)
    except WrongReply:
        units.illegible.append(unit_id)
    except NoReply:
        pass
    else:
        units.found[unit_id] = FoundUnit(unit_id)


def _note_late(link: OpenLink, unit_ids: Sequence[int], units: Units) -> None:
    """A unit whose answer came after its time is there as well."""
    for unit_id in link.take_late_units():
        if unit_id in unit_ids:
            units.found.setdefault(unit_id, FoundUnit(unit_id))


async def identify_units(link: OpenLink, units: Units, timeout_s: float, progress: Progress) -> None:
    """Ask every unit that was found what it is; most don't know. Raises Lost."""
    for unit_id, unit in units.found.items():
        if progress.stopped:
            break
        try:
            told = await identify(link, unit_id, timeout_s)
        except UnitFault:
            continue
        units.found[unit_id] = FoundUnit(unit_id, unit.exception, told)
