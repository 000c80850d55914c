"""What has no column of its own in the table for signature, in the grammar of the plant file.

Three parts: what the columns lack of the point's own entry; under `rules` the limits'
deadbands and delays; under `device` what holds for the whole device, in the row of its
first point alone. A limit's settings are written even where they are the usual ones:
who signs for an alarm must see how long it waits.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from agent.commissioning.flow import decimal, quantity
from config.connection import Connection
from config.model import Device, LimitRule, Point
from config.opcua_link import OpcUa
from config.source import NodeSource, RegisterSource, RegisterType

QUEUE_SIZE_USUAL: Final = NodeSource("").queue_size
REGISTERS_PER_READ_USUAL: Final = 125


def extra_of(
    device: Device, point: Point, rules: Sequence[LimitRule], connection: Connection
) -> Mapping[str, object]:
    """Return what a point's row says beside its columns; empty where there is nothing."""
    source = point.source
    own = (
        _of_node(point, source, connection)
        if isinstance(source, NodeSource)
        else _of_registers(point, source)
    )
    parts = {
        **own,
        "serves": point.serves,
        "rules": _of_limits(rules),
        "device": _of_device(device) if point is device.points[0] else {},
    }
    return {key: value for key, value in parts.items() if value}


def _of_registers(point: Point, source: RegisterSource) -> Mapping[str, object]:
    modbus: dict[str, object] = {}
    if source.bits is not None:
        modbus["bits"] = source.bits
    if source.inverted:
        modbus["contact"] = "normally-closed"
    if source.ends is not None:
        modbus["raw_range"] = source.ends.raw
        if source.ends.is_current:
            modbus["signal"] = "4-20mA"
    if source.type is RegisterType.PACKED and source.places != 1:
        modbus["places"] = source.places
    if source.type is RegisterType.STRING:
        modbus |= {"length": source.length, "encoding": source.encoding}
    if source.sentinels:
        modbus["sentinels"] = source.sentinels
    is_usual = point.datatype == _usual_datatype(source)
    return {"modbus": modbus, "datatype": "" if is_usual else point.datatype}


def _usual_datatype(source: RegisterSource) -> str:
    """Return the datatype that follows from the registers where a plant file says none."""
    if source.type.is_text:
        return "string"
    if source.type is RegisterType.BIT:
        return "bool"
    whole = source.scale == 1 and source.offset == 0 and source.ends is None
    is_whole_number = not source.type.is_float and source.type is not RegisterType.PACKED
    return "int" if whole and is_whole_number else "float"


def _of_node(point: Point, source: NodeSource, connection: Connection) -> Mapping[str, object]:
    assert isinstance(connection, OpcUa), point.id
    opcua: dict[str, object] = {}
    if source.index is not None:
        opcua["index"] = source.index
    if source.sampling_s is not None:
        opcua["sampling_interval"] = _seconds(source.sampling_s)
    if {source.queue_size, connection.queue_size} != {QUEUE_SIZE_USUAL}:
        opcua["queue_size"] = source.queue_size
    if source.deadband is not None:
        opcua["deadband"] = quantity(source.deadband, point.unit)
    elif connection.deadband_percent:
        opcua["deadband_percent"] = 0  # or the connection's would hold for it again
    return {"opcua": opcua}


def _of_limits(rules: Sequence[LimitRule]) -> Mapping[str, object]:
    # The columns have one standard and one clause for all limits of a point.
    differ = len({(rule.clause.standard, rule.clause.clause) for rule in rules}) > 1
    return {rule.kind.value: _of_limit(rule, names_clause=differ) for rule in rules}


def _of_limit(rule: LimitRule, *, names_clause: bool) -> Mapping[str, object]:
    settings: dict[str, object] = {
        "deadband": quantity(rule.deadband, rule.point.unit),
        "on_delay": _seconds(rule.on_delay_s),
        "off_delay": _seconds(rule.off_delay_s),
        "priority": rule.priority.value,
    }
    if names_clause:
        settings |= {"standard": rule.clause.standard, "clause": rule.clause.clause}
    if (deviation := rule.deviation) is not None:
        settings["deviation"] = {
            "reason": deviation.reason,
            "approved_by": deviation.approved_by,
            "date": str(deviation.date),
            "until": str(deviation.until),
        }
    return settings


def _of_device(device: Device) -> Mapping[str, object]:
    modbus = {
        "max_gap": device.max_gap_registers or None,
        "max_registers": None if device.max_registers == REGISTERS_PER_READ_USUAL else device.max_registers,
        "even_count": device.even_count or None,
        "forbidden": _ranges(device.forbidden),
        "readable": _ranges(device.readable),
    }
    settings: dict[str, object] = {}
    if device.name.en != device.name.zh:
        settings["name"] = {"zh": device.name.zh, "en": device.name.en}
    if given := {key: value for key, value in modbus.items() if value}:
        settings["modbus"] = given
    if device.calibration_due is not None:
        settings["calibration_due"] = str(device.calibration_due)
    if device.standard is not None:
        settings["standard"] = device.standard
    return settings


def _ranges(ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(f"{first}-{end - 1}" for first, end in ranges)


def _seconds(seconds: float) -> str:
    return f"{decimal(seconds)} s"
