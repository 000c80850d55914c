"""From a point in the profile's grammar to a point of the model: its address on the wire, its type."""

from typing import Final

from config.always_watched import always_watched
from config.base import Names
from config.channels import check_channels
from config.model import Point, Text
from config.nodes import resolve_node
from config.opcua_link import OpcUa
from config.periods import check_overruled, period_s_of
from config.readback import decimals_from, unit_of
from config.reads import check_period
from config.registers import resolve_register
from config.source import NodeSource, RegisterSource, RegisterType
from config.states import resolve_marks
from config.unit import UNITS, canonical, nearest_unit
from config.validation import choice_fields
from config.written import DeviceContext
from config.written_point import WrittenPoint

_FLOATS: Final = ("float32", "float64", "packed")
_TEXTS: Final = tuple(type_.value for type_ in RegisterType if type_.is_text)


def text_of(names: Names) -> Text:
    """Return a name for the model."""
    return Text(names.zh, names.en)


def resolve_points(device: DeviceContext, first_index: int) -> tuple[Point, ...]:
    """Return the device's points, numbered from `first_index`; those with faults are left out."""
    points: list[Point] = []
    left_out: list[WrittenPoint] = []
    check_channels(device)
    for written in device.points:
        if not _is_whole(device, written):
            continue
        if device.connection is not None and not device.is_read(written):
            left_out.append(written)
        elif point := _point(device, written, first_index + len(points)):
            points.append(point)
    _tell_left_out(device, left_out, others=bool(points))
    check_overruled(device)
    return tuple(points)


def _is_whole(device: DeviceContext, written: WrittenPoint) -> bool:
    """Return whether there is a point at all, and not only a change to one that does not exist."""
    entry, place = written.entry, written.says.place()
    if entry.modbus is None and entry.opcua is None:
        if written.says.has("modbus") or written.says.has("opcua"):
            return False  # told already: it is written, and at fault
        if device.profile is None:
            device.findings.fault(place, "point-without-source")
        else:
            there = [point.name for point in device.points if device.is_read(point)]
            suffix, fields = choice_fields(written.name, there)
            device.findings.fault(place, "change-of-no-point" + suffix, name=written.name, **fields)
        return False
    if entry.name is None and not written.says.has("name"):
        device.findings.fault(place, "missing-key", key="name")
        return False
    return True


def _tell_left_out(device: DeviceContext, points: list[WrittenPoint], *, others: bool) -> None:
    protocol = "opcua" if isinstance(device.connection, OpcUa) else "modbus"
    own = [point for point in points if point.says.layers is device.origin.layers]
    for point in own:
        place = point.says.place(at_key=True)
        device.findings.fault(place, "point-without-protocol", point=point.name, protocol=protocol)
    if points and not own:
        place = device.origin.place("connection")
        names = tuple(point.name for point in points)
        tell = device.findings.warn if others else device.findings.fault
        code = "points-left-out" if others else "profile-without-protocol"
        tell(place, code, profile=device.entry.profile, protocol=protocol, points=names)


def _point(device: DeviceContext, written: WrittenPoint, index: int) -> Point | None:
    source: RegisterSource | NodeSource | None = None
    if isinstance(device.connection, OpcUa) and written.entry.opcua is not None:
        source = resolve_node(device, written, written.entry.opcua)
    elif written.entry.modbus is not None:
        source = resolve_register(device, written, written.entry.modbus)
    if source is None or device.connection is None:
        return None
    entry = written.entry
    unit = unit_of(device, written)
    _check_unit(device, written)
    datatype = entry.datatype or _datatype(device, written, source)
    period_s = period_s_of(device, written)
    check_period(device, written, period_s)
    return Point(
        id=f"{device.id}.{written.name}",
        index=index,
        name=text_of(entry.name) if entry.name else Text(written.name, written.name),
        unit=canonical(unit) if canonical(unit) in UNITS else unit,
        datatype=datatype,
        range=entry.range,
        source=source,
        period_s=period_s,
        tag=entry.tag or device.entry.tag,
        marks=resolve_marks(device, written, datatype, period_s),
        serves=entry.serves,
        over_range_latched=_latched(device, written),
        always_watched=always_watched(device, written, unit),
    )


def _latched(device: DeviceContext, written: WrittenPoint) -> bool:
    entry = written.entry
    if entry.over_range is not None and entry.range is None and written.says.has("over_range"):
        device.findings.fault(written.says.place("over_range", at_key=True), "latched-without-range")
    return entry.over_range is not None


def _check_unit(device: DeviceContext, written: WrittenPoint) -> None:
    unit = written.entry.unit
    if not unit or canonical(unit) in UNITS:
        return
    near = nearest_unit(unit)
    code, fields = ("unit-of-its-own-near", {"nearest": near}) if near else ("unit-of-its-own", {})
    device.findings.warn(written.says.place("unit"), code, unit=unit, **fields)


def _datatype(device: DeviceContext, written: WrittenPoint, resolved: RegisterSource | NodeSource) -> str:
    # The same whichever protocol is used, so that a plant may change from one to the other.
    source = written.entry.modbus
    if source is None or source.type in _FLOATS or source.raw_range is not None:
        return "float"
    if decimals_from(device, written) is not None:
        return "float"
    if source.type in _TEXTS:
        return "string"
    is_bit = source.bit is not None or source.type == "bit" or source.table in ("coil", "discrete-input")
    # 10001 says its table by itself.
    if is_bit or (isinstance(resolved, RegisterSource) and resolved.type is RegisterType.BIT):
        return "bool"
    return "int" if source.scale == 1 and source.offset == 0 else "float"
