"""The units behind one Modbus connection: what each answers to a request, and what faults make of it.

Knows nothing of sockets and serial lines; both ask it the same way. Function
codes 1 to 4 and 43/14 (what are you?) are answered, anything else with exception 1,
because a plant must not depend on what a monitor writes.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from config.source import RegisterSource, Table
from simulator.devices import PlayedDevice
from simulator.encoding import reversed_bytes, sentinel
from simulator.faults import Target
from simulator.identification import identification_pdu, is_identification
from simulator.process import Inputs
from simulator.registers import Contents, Memory, Spoil
from simulator.served import Outcome, Response, Value
from simulator.timeline import Timeline

ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3
NO_SUCH_UNIT: Final = 11  # gateway target device failed to respond

REGISTERS_PER_READ_MAX: Final = 125
BITS_PER_READ_MAX: Final = 2000

_TABLES: Final = {table.function_code: table for table in Table}
_REQUEST: Final = struct.Struct(">BHH")  # function code, first address, count
_SPOILS: Final[Mapping[str, Spoil]] = {"sentinel": sentinel, "wrong-order": reversed_bytes}
_SILENCING: Final = frozenset({"line-cut", "reboot", "silent", "half-close"})
_LATE_TIMEOUTS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send (None: nothing), when, and what to log once it is sent."""

    pdu: bytes | None
    response: Response
    delay_s: float = 0.0
    is_garbled: bool = False  # the transport spoils the frame around it


@dataclass(frozen=True, slots=True)
class _Read:
    unit_id: int
    table: Table
    first: int
    count: int

    @property
    def block(self) -> str:
        return f"{self.unit_id}/{self.table.value}/{self.first}+{self.count}"

    @property
    def is_allowed(self) -> bool:
        return 1 <= self.count <= (BITS_PER_READ_MAX if self.table.holds_bits else REGISTERS_PER_READ_MAX)


@dataclass(frozen=True, slots=True)
class _Bank:
    """One table of one unit, and the devices whose points lie in it."""

    memory: Memory
    devices: tuple[PlayedDevice, ...]

    def read(self, read: _Read, now_ns: int, spoil: Spoil | None) -> Contents:
        values: dict[str, Value] = {}
        for device in self.devices:
            values.update(device.values(now_ns))
        return self.memory.read(read.first, read.count, values, spoil)


class Station:
    """All units of one connection.

    A unit that is not there is silent, as on a serial line, or answers with
    exception 11, as behind a gateway (`is_gateway`).
    """

    def __init__(
        self,
        connection_id: str,
        devices: Sequence[PlayedDevice],
        timeline: Timeline,
        *,
        timeout_s: float,
        is_gateway: bool = False,
    ) -> None:
        self._connection_id = connection_id
        self._timeline = timeline
        self._timeout_s = timeout_s
        self._is_gateway = is_gateway
        self._banks = _banks(devices)
        self._units = _units(self._banks)

    def ask(self, unit_id: int, request: bytes, now_ns: int) -> Reply:
        """Return the reply to one request PDU."""
        faults = self._faults(now_ns, unit_id)
        read = _parse(unit_id, request)
        block = read.block if read else f"{unit_id}/function/{request[0]}"
        if faults.keys() & _SILENCING:
            return self._refuse(block, request[0], None)
        if unit_id not in self._units:
            return self._refuse(block, request[0], NO_SUCH_UNIT if self._is_gateway else None)
        if "exception" in faults:
            return self._refuse(block, request[0], int(faults["exception"]["code"]))
        if is_identification(request):
            return self._identify(unit_id, block, request)
        if read is None:
            return self._refuse(block, request[0], ILLEGAL_FUNCTION)
        if not read.is_allowed:
            return self._refuse(block, request[0], ILLEGAL_VALUE)
        bank = self._banks.get((unit_id, read.table))
        if bank is None or not bank.memory.has(read.first, read.count):
            return self._refuse(block, request[0], ILLEGAL_ADDRESS)
        return self._answer(read, bank, now_ns, faults)

    def _answer(self, read: _Read, bank: _Bank, now_ns: int, faults: Inputs) -> Reply:
        spoil = next((_SPOILS[do] for do in faults if do in _SPOILS), None)
        contents = bank.read(read, now_ns, spoil)
        pdu = bytes((read.table.function_code, len(contents.data))) + contents.data
        is_garbled = "bad-crc" in faults
        delay_s = 0.0
        if "late" in faults:
            delay_s = faults["late"].get("delay", _LATE_TIMEOUTS * self._timeout_s)
        outcome = Outcome.LATE if delay_s >= self._timeout_s else Outcome.SERVED
        if spoil is not None or is_garbled:
            outcome = Outcome.SPOILED
        response = Response(self._connection_id, read.block, outcome, contents.values)
        return Reply(pdu, response, delay_s, is_garbled)

    def _identify(self, unit_id: int, block: str, request: bytes) -> Reply:
        pdu = identification_pdu(request, [played.device for played in self._units[unit_id]])
        if pdu is None:
            return self._refuse(block, request[0], ILLEGAL_VALUE)
        return Reply(pdu, Response(self._connection_id, block, Outcome.SERVED, {}))

    def _refuse(self, block: str, function_code: int, code: int | None) -> Reply:
        if code is None:
            return Reply(None, Response(self._connection_id, block, Outcome.SILENT, {}))
        pdu = bytes((function_code | 0x80, code))
        return Reply(pdu, Response(self._connection_id, block, Outcome.EXCEPTION, {}))

    def line_faults(self, now_ns: int) -> frozenset[str]:
        """Return what befalls the connection itself."""
        events = self._timeline.active(now_ns, Target.CONNECTION, self._connection_id)
        return frozenset(event.do for event in events)

    def _faults(self, now_ns: int, unit_id: int) -> Inputs:
        """What befalls the connection, and any device of the unit."""
        events = self._timeline.active(now_ns, Target.CONNECTION, self._connection_id)
        for played in self._units.get(unit_id, ()):
            events += self._timeline.active(now_ns, Target.DEVICE, played.device.id)
        return {event.do: event.parameters for event in events}


def _parse(unit_id: int, request: bytes) -> _Read | None:
    if len(request) != _REQUEST.size or request[0] not in _TABLES:
        return None
    function_code, first, count = _REQUEST.unpack(request)
    return _Read(unit_id, _TABLES[function_code], first, count)


def _banks(devices: Iterable[PlayedDevice]) -> Mapping[tuple[int, Table], _Bank]:
    """Group points by unit and table; devices may share a unit."""
    owners: dict[tuple[int, Table], dict[str, PlayedDevice]] = {}
    for played in devices:
        for point in played.device.points:
            if isinstance(point.source, RegisterSource):
                key = (point.source.unit_id, point.source.table)
                owners.setdefault(key, {})[played.device.id] = played
    return {key: _bank(key, tuple(of.values())) for key, of in owners.items()}


def _units(banks: Mapping[tuple[int, Table], _Bank]) -> Mapping[int, tuple[PlayedDevice, ...]]:
    units: dict[int, tuple[PlayedDevice, ...]] = {}
    for (unit_id, _), bank in banks.items():
        units[unit_id] = tuple(dict.fromkeys((*units.get(unit_id, ()), *bank.devices)))
    return units


def _bank(key: tuple[int, Table], devices: tuple[PlayedDevice, ...]) -> _Bank:
    points = [
        point
        for played in devices
        for point in played.device.points
        if isinstance(point.source, RegisterSource) and (point.source.unit_id, point.source.table) == key
    ]
    # Who allows reading across a gap says that the registers in it exist.
    gaps = any(played.device.max_gap_registers > 0 for played in devices)
    ranges = [range(*each) for played in devices for each in played.device.readable]
    return _Bank(Memory(points, gaps=gaps, declared=chain.from_iterable(ranges)), devices)
