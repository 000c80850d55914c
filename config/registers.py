"""Where a Modbus point stands and how its registers are read: from the grammar of a profile to the wire."""

from typing import Final

from config.position import Origin
from config.profile import ModbusSource
from config.source import ByteOrder, RegisterSource, RegisterType, Table
from config.written import DeviceContext, WrittenPoint

ADDRESSES: Final = 65536

_SIGNED_BITS: Final = {RegisterType.INT16: 16, RegisterType.INT32: 32}
_WHOLE_NUMBER_RANGES: Final = {
    RegisterType.INT16: (-(2**15), 2**15 - 1),
    RegisterType.UINT16: (0, 2**16 - 1),
    RegisterType.INT32: (-(2**31), 2**31 - 1),
    RegisterType.UINT32: (0, 2**32 - 1),
}


def resolve_register(
    device: DeviceContext, written: WrittenPoint, source: ModbusSource
) -> RegisterSource | None:
    """Return where a point stands and how it is read; None where it has faults, which are told."""
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
