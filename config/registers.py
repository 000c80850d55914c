"""Where a Modbus point stands and how its registers are read: from the grammar of a profile to the wire."""

from typing import Final

from config.addresses import fits, locate
from config.position import Origin
from config.profile import ModbusSource
from config.readback import decimals_from
from config.scaling import check_range, ends_of, sentinels_of
from config.source import ByteOrder, RegisterSource, RegisterType, Table
from config.written import DeviceContext
from config.written_point import WrittenPoint

BITS_MAX: Final = 15
_TEXT_HAS_NO: Final = ("scale", "offset", "sentinels", "raw_range", "signal")


def resolve_register(
    device: DeviceContext, written: WrittenPoint, source: ModbusSource
) -> RegisterSource | None:
    """Return where a point stands and how it is read; None where it has faults, which are told."""
    origin = written.origin.at("modbus")
    place = locate(device, origin, source)
    if place is None:
        return None
    table, address = place
    type_ = _type(device, written, source, table)
    if type_ is None:
        return None
    length = _length(device, origin, source, type_)
    if length is None or not fits(device, origin, source, place, length or type_.registers):
        return None
    _check_keys(device, written, source, type_)
    if source.scale == 0:
        device.findings.fault(origin.place("scale"), "scale-zero")
    scaler = decimals_from(device, written)
    if scaler is None:
        check_range(device, written, source, type_)
    return RegisterSource(
        unit_id=device.entry.unit or 0,
        table=table,
        address=address,
        type=type_,
        order=_order(device, source, type_),
        bit=source.bit,
        scale=source.scale,
        offset=source.offset,
        sentinels=sentinels_of(device, origin, source, type_),
        bits=source.bits,
        inverted=source.contact == "normally-closed",
        ends=ends_of(device, written, source, type_),
        places=source.places or 1,
        length=length,
        encoding=source.encoding or "ascii",
        decimals_from=f"{device.id}.{scaler}" if scaler else None,
    )


def _type(
    device: DeviceContext, written: WrittenPoint, source: ModbusSource, table: Table
) -> RegisterType | None:
    origin = written.origin.at("modbus")
    if (
        source.bit is not None and source.bit > BITS_MAX
    ):  # only a channel's can be: the grammar refuses others
        fields = {"bit": source.bit, "channel": written.channel}
        device.findings.fault(written.origin.place("repeat", at_key=True), "bit-beyond", **fields)
        return None
    is_bit = source.type == "bit" or (source.type is None and (source.bit is not None or table.holds_bits))
    if source.bits is not None or origin.has("bits"):
        return _field_type(device, origin, source, table)
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


def _field_type(
    device: DeviceContext, origin: Origin, source: ModbusSource, table: Table
) -> RegisterType | None:
    if table.holds_bits:
        device.findings.fault(origin.place("bits"), "bit-in-bit-table", table=table.value)
    elif source.type not in (None, "uint16") or source.bit is not None:
        device.findings.fault(origin.place("bits", at_key=True), "bits-of-number")
    elif source.bits is not None:
        return RegisterType.UINT16
    return None


def _length(device: DeviceContext, origin: Origin, source: ModbusSource, type_: RegisterType) -> int | None:
    """Return the registers of a string, 0 for any other type; None after telling that it is missing."""
    if type_ is not RegisterType.STRING:
        for key in ("length", "encoding"):
            if origin.has(key):
                device.findings.fault(origin.place(key, at_key=True), "key-of-string", key=key)
        return 0
    if source.length is None and not origin.has("length"):
        device.findings.fault(origin.place("type"), "length-missing")
    return source.length


def _check_keys(
    device: DeviceContext, written: WrittenPoint, source: ModbusSource, type_: RegisterType
) -> None:
    """Tell the keys that mean nothing for a value of this type."""
    origin, findings = written.origin.at("modbus"), device.findings
    if source.contact is not None and type_ is not RegisterType.BIT:
        findings.fault(origin.place("contact"), "contact-of-number", type=type_.value)
    if source.places is not None and type_ is not RegisterType.PACKED:
        findings.fault(origin.place("places", at_key=True), "places-of-number", type=type_.value)
    if not type_.is_text:
        return
    for key in _TEXT_HAS_NO:
        if origin.has(key):
            findings.fault(origin.place(key, at_key=True), "text-is-no-number", key=key)
    for key in ("unit", "range", "gas"):
        if written.origin.has(key) and getattr(written.entry, key):
            findings.fault(written.origin.place(key, at_key=True), "text-is-no-number", key=key)
    if written.entry.datatype not in (None, "string"):
        findings.fault(written.origin.place("datatype"), "text-is-no-number", key="datatype")


def _order(device: DeviceContext, source: ModbusSource, type_: RegisterType) -> ByteOrder:
    defaults = device.modbus()
    of_floats = defaults.float_order if type_.is_float else None
    return ByteOrder(source.order or of_floats or defaults.order or ByteOrder.ABCD)
