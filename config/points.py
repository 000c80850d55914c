"""From a point in the profile's grammar to a point of the model: its address on the wire, its type."""

from typing import Final

from config.base import Names
from config.model import Point, Text
from config.nodes import resolve_node
from config.opcua_link import OpcUa
from config.profile import PointEntry
from config.registers import resolve_register
from config.source import NodeSource, RegisterSource, RegisterType
from config.unit import UNITS, canonical
from config.written import DeviceContext, WrittenPoint

DEFAULT_PERIOD_S: Final = 5.0

_FLOATS: Final = ("float32", "float64", "packed")
_TEXTS: Final = tuple(type_.value for type_ in RegisterType if type_.is_text)


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
        source = resolve_node(device, written, written.entry.opcua)
    elif written.entry.modbus is not None:
        source = resolve_register(device, written, written.entry.modbus)
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
    if source is None or source.type in _FLOATS or source.raw_range is not None:
        return "float"
    if source.type in _TEXTS:
        return "string"
    if source.bit is not None or source.type == "bit" or source.table in ("coil", "discrete-input"):
        return "bool"
    return "int" if source.scale == 1 and source.offset == 0 else "float"
