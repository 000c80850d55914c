"""Where an OPC UA point stands: from the grammar of a profile to a node, and how it is watched."""

from config.fault import Objection
from config.node_id import parse_path, write_path
from config.opcua_link import OpcUa
from config.opcua_source import OpcUaSource
from config.quantity import Quantity
from config.source import NodeSource
from config.unit import Gas, compatible, convert, convert_difference
from config.written import DeviceContext
from config.written_point import WrittenPoint


def resolve_node(device: DeviceContext, written: WrittenPoint, source: OpcUaSource) -> NodeSource | None:
    """Return the node that a point is read from; None after telling what is wrong with it."""
    settings = device.connection
    assert isinstance(settings, OpcUa), device.id
    address = _address(device, written, source)
    if address is None:
        return None
    return NodeSource(
        address,
        index=source.index,
        sampling_s=source.sampling_interval or settings.sampling_interval,
        queue_size=source.queue_size or settings.queue_size,
        deadband=_deadband(device, written, source, settings),
    )


def _address(device: DeviceContext, written: WrittenPoint, source: OpcUaSource) -> str | None:
    if source.id is not None:
        return source.id
    if source.path is not None:
        try:
            return write_path(parse_path(source.path, source.namespace))
        except Objection as objection:
            place = written.origin.place("opcua", "path")
            device.findings.fault(place, objection.code, **objection.fields)
            return None
    namespace = f"ns={source.namespace}" if isinstance(source.namespace, int) else f"nsu={source.namespace}"
    return f"{namespace};s={device.entry.node or device.id}.{source.name}"


def _deadband(
    device: DeviceContext, written: WrittenPoint, source: OpcUaSource, settings: OpcUa
) -> float | None:
    """Return the deadband in the point's unit; a share of the range is made absolute.

    So the server needs no measuring range of its own, and none that differs from ours.
    """
    if source.deadband is not None:
        return _absolute(device, written, source.deadband)
    percent = source.deadband_percent
    if percent is None:
        percent = settings.deadband_percent if written.entry.range is not None else None
    if not percent:
        return None
    if written.entry.range is None:
        place = written.origin.place("opcua", "deadband_percent")
        device.findings.fault(place, "deadband-without-range")
        return None
    low, high = written.entry.range
    return float(f"{(high - low) * percent / 100:.12g}")


def _absolute(device: DeviceContext, written: WrittenPoint, amount: Quantity) -> float | None:
    place, unit = written.origin.place("opcua", "deadband"), written.entry.unit
    if amount.number < 0:
        device.findings.fault(place, "deadband-negative", value=str(amount))
        return None
    if not amount.unit and unit:
        device.findings.fault(place, "unit-missing", value=amount.number, into=unit)
        return None
    try:
        return convert_difference(amount.number, amount.unit or unit, unit, _gas(written)) or None
    except Objection as objection:
        fields = {**objection.fields, "compatible": compatible(unit) if unit else ("–",)}
        device.findings.fault(place, objection.code, **fields)
        return None


def _gas(written: WrittenPoint) -> Gas | None:
    gas = written.entry.gas
    if gas is None:
        return None
    reference = gas.reference_temperature
    return Gas(gas.substance, convert(reference.number, reference.unit or "°C", "°C"))
