"""From a point in the profile's grammar to a point of the model: its address on the wire, its type."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from config.base import Names
from config.connection import Connection, OpcUa
from config.device import DeviceEntry
from config.fault import Findings
from config.library import Profile
from config.model import ByteOrder, NodeSource, Point, RegisterSource, RegisterType, Table, Text
from config.position import Origin
from config.profile import ModbusDefaults, ModbusSource, OpcUaSource, PointEntry
from config.unit import UNITS, canonical

ADDRESSES: Final = 65536
DEFAULT_PERIOD_S: Final = 5.0

_SIGNED_BITS: Final = {RegisterType.INT16: 16, RegisterType.INT32: 32}
_WHOLE_NUMBER_RANGES: Final = {
    RegisterType.INT16: (-(2**15), 2**15 - 1),
    RegisterType.UINT16: (0, 2**16 - 1),
    RegisterType.INT32: (-(2**31), 2**31 - 1),
    RegisterType.UINT32: (0, 2**32 - 1),
}


@dataclass(frozen=True, slots=True, eq=False)
class WrittenPoint:
    """A point as written, and where."""

    name: str
    entry: PointEntry
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class DeviceContext:
    """A device as written, with all that its parts refer to."""

    id: str
    entry: DeviceEntry
    origin: Origin
    profile: Profile | None
    connection: Connection | None  # None: its name is unknown, and that has been told
    findings: Findings

    def written_points(self) -> Iterator[WrittenPoint]:
        """Yield the profile's points, then the device's own; one of the same name replaces the profile's."""
        if self.profile is not None:
            for name, entry in self.profile.entry.points.items():
                if name not in self.entry.points:
                    yield WrittenPoint(name, entry, self.profile.origin.at("points", name))
        for name, entry in self.entry.points.items():
            yield WrittenPoint(name, entry, self.origin.at("points", name))

    @property
    def points_to_read(self) -> int:
        """How many points its connection should yield."""
        by_node = isinstance(self.connection, OpcUa)
        written = [point.entry for point in self.written_points()]
        return sum((entry.opcua if by_node else entry.modbus) is not None for entry in written)

    def has_point(self, name: str) -> bool:
        """Return whether a point of this name is written, rightly or wrongly."""
        return self.origin.has("points", name) or (
            self.profile is not None and self.profile.origin.has("points", name)
        )

    def modbus(self) -> ModbusDefaults:
        """Return what holds for all its Modbus points: the profile's settings, the device's laid over."""
        below = self.profile.entry.modbus if self.profile else ModbusDefaults()
        return below.model_copy(update=self.entry.modbus.model_dump(exclude_none=True))


def text_of(names: Names) -> Text:
    """Return a name for the model."""
    return Text(names.zh, names.en)


def resolve_points(device: DeviceContext, first_index: int) -> tuple[Point, ...]:
    """Return the device's points, numbered from `first_index`; those with faults are left out."""
    points: list[Point] = []
    left_out: list[str] = []
    for written in device.written_points():
        wanted = written.entry.opcua if isinstance(device.connection, OpcUa) else written.entry.modbus
        if device.connection is not None and wanted is None:
            left_out.append(written.name)
        elif point := _point(device, written, first_index + len(points)):
            points.append(point)
    _tell_left_out(device, left_out, others=bool(points))
    return tuple(points)


def _tell_left_out(device: DeviceContext, names: list[str], *, others: bool) -> None:
    protocol = "opcua" if isinstance(device.connection, OpcUa) else "modbus"
    own = [name for name in names if name in device.entry.points]
    for name in own:
        place = device.origin.place("points", name, at_key=True)
        device.findings.fault(place, "point-without-protocol", point=name, protocol=protocol)
    if names and not own:
        place = device.origin.place("connection")
        tell = device.findings.warn if others else device.findings.fault
        code = "points-left-out" if others else "profile-without-protocol"
        tell(place, code, profile=device.entry.profile, protocol=protocol, points=tuple(names))


def _point(device: DeviceContext, written: WrittenPoint, index: int) -> Point | None:
    source: RegisterSource | NodeSource | None = None
    if isinstance(device.connection, OpcUa) and written.entry.opcua is not None:
        source = _node(device, written.entry.opcua)
    elif written.entry.modbus is not None:
        source = _register(device, written, written.entry.modbus)
    if source is None or device.connection is None:
        return None
    entry = written.entry
    unit = canonical(entry.unit)
    return Point(
        id=f"{device.id}.{written.name}",
        index=index,
        name=text_of(entry.name),
        unit=unit if unit in UNITS else entry.unit,
        datatype=entry.datatype or _datatype(written),
        range=entry.range,
        source=source,
        period_s=_period_s(device, entry),
        tag=entry.tag or device.entry.tag,
    )


def _period_s(device: DeviceContext, entry: PointEntry) -> float:
    profile_period = device.profile.entry.period if device.profile else DEFAULT_PERIOD_S
    return device.entry.period or entry.period or profile_period


def _datatype(written: WrittenPoint) -> str:
    # The same whichever protocol is used, so that a plant may change from one to the other.
    source = written.entry.modbus
    if source is None or source.type == "float32":
        return "float"
    if source.bit is not None or source.type == "bit" or source.table in ("coil", "discrete-input"):
        return "bool"
    return "int" if source.scale == 1 and source.offset == 0 else "float"


def _node(device: DeviceContext, source: OpcUaSource) -> NodeSource:
    if source.id is not None:
        return NodeSource(source.id)
    return NodeSource(f"ns={source.namespace};s={device.entry.node or device.id}.{source.name}")


def _register(device: DeviceContext, written: WrittenPoint, source: ModbusSource) -> RegisterSource | None:
    origin = written.origin.at("modbus")
    defaults = device.modbus()
    table = Table(source.table or defaults.table or Table.HOLDING_REGISTER)
    type_ = _type(device, origin, source, table)
    if type_ is None or not _address_fits(device, origin, source, table, type_):
        return None
    if source.scale == 0:
        device.findings.fault(origin.place("scale"), "scale-zero")
    return RegisterSource(
        unit_id=device.entry.unit or 0,
        table=table,
        address=_address(device, source),
        type=type_,
        order=ByteOrder(source.order or defaults.order or ByteOrder.ABCD),
        bit=source.bit,
        scale=source.scale,
        offset=source.offset,
        sentinels=_sentinels(device, origin, source, type_),
    )


def _type(device: DeviceContext, origin: Origin, source: ModbusSource, table: Table) -> RegisterType | None:
    is_bit = source.type == "bit" or (source.type is None and (source.bit is not None or table.holds_bits))
    code = None
    if source.type is None and not is_bit:
        code = None if origin.has("type") or origin.has("bit") else "type-missing"
    elif table.holds_bits and not is_bit:
        code = "type-in-bit-table"
    elif table.holds_bits and source.bit is not None:
        code = "bit-in-bit-table"
    elif is_bit and not table.holds_bits and source.bit is None:
        code = None if origin.has("bit") else "bit-missing"
    elif not is_bit and source.bit is not None:
        code = "bit-of-number"
    else:
        return RegisterType.BIT if is_bit else RegisterType(source.type or "")
    if code is not None:
        key = "bit" if code in ("bit-in-bit-table", "bit-of-number") else "type"
        device.findings.fault(origin.place(key), code, type=source.type, table=table.value)
    return None


def _address(device: DeviceContext, source: ModbusSource) -> int:
    defaults = device.modbus()
    return source.address - (defaults.address_base or 0) + (defaults.shift or 0)


def _address_fits(
    device: DeviceContext, origin: Origin, source: ModbusSource, table: Table, type_: RegisterType
) -> bool:
    address = _address(device, source)
    if address < 0:
        device.findings.fault(origin.place("address"), "address-below-base", address=source.address)
        return False
    if address + type_.registers <= ADDRESSES:
        return True
    fields = {"first": address, "last": address + type_.registers - 1, "table": table.value}
    # A profile's address that a shift drives out of the table is the shift's fault.
    where = origin.place("address")
    if source.address + type_.registers <= ADDRESSES and device.origin.has("modbus", "shift"):
        where = device.origin.place("modbus", "shift")
    device.findings.fault(where, "outside-table", **fields)
    return False


def _sentinels(
    device: DeviceContext, origin: Origin, source: ModbusSource, type_: RegisterType
) -> tuple[int, ...]:
    """Return the sentinels as the numbers that decoding yields: 0x8000 of an int16 is -32768."""
    bits = _SIGNED_BITS.get(type_, 0)
    low, high = _WHOLE_NUMBER_RANGES.get(type_, (0, 0))
    found: list[int] = []
    for index, written in enumerate(source.sentinels):
        number = written - 2**bits if bits and high < written < 2**bits else written
        if type_ is RegisterType.FLOAT32 or low <= number <= high:
            found.append(number)
        else:
            place = origin.place("sentinels", index)
            device.findings.fault(place, "sentinel-impossible", value=written, type=type_.value)
    return tuple(found)
