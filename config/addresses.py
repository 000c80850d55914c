"""At which address of which table a point stands, however its manual counts.

A manual may count registers from 0, from 1, or in the manner of Modicon, whose
leading digit names the table: 40001 is the first holding register. 40001 may be
the 40002nd register of a large device as well; nobody can tell from the number,
so that manner is said (`address_base: modicon`), and an unsaid one is a fault.
10001 is in doubt only where the table is said to be that of discrete inputs: many
a device has a holding register of that number.
"""

from typing import Final

from config.position import Origin
from config.profile import ModbusSource
from config.source import Table
from config.written import DeviceContext

ADDRESSES: Final = 65536

_OF_DIGIT: Final = {
    0: Table.COIL,
    1: Table.DISCRETE_INPUT,
    3: Table.INPUT_REGISTER,
    4: Table.HOLDING_REGISTER,
}
_AMBIGUOUS: Final = (range(30001, 40000), range(40001, 50000))
_AMBIGUOUS_INPUTS: Final = range(10001, 20000)

Place = tuple[Table, int]


def locate(device: DeviceContext, origin: Origin, source: ModbusSource) -> Place | None:
    """Return table and zero-based address of a point; None after telling what is wrong with them."""
    defaults = device.modbus()
    table = Table(source.table or defaults.table or Table.HOLDING_REGISTER)
    if defaults.address_base == "modicon":
        place = _modicon(device, origin, source)
    elif defaults.address_base is None and _could_be_modicon(source.address, table):
        _tell_ambiguous(device, origin, source.address)
        return None
    else:
        place = table, source.address - (defaults.address_base or 0)
    if place is None:
        return None
    table, address = place
    if address < 0:
        device.findings.fault(origin.place("address"), "address-below-base", address=source.address)
        return None
    return table, address + (defaults.shift or 0)


def fits(device: DeviceContext, origin: Origin, source: ModbusSource, place: Place, registers: int) -> bool:
    """Return whether a value of so many registers ends inside its table; tell it where it does not."""
    table, address = place
    if address + registers <= ADDRESSES:
        return True
    fields = {"first": address, "last": address + registers - 1, "table": table.value}
    # A profile's address that a shift drives out of the table is the shift's fault.
    where = origin.place("address")
    if source.address + registers <= ADDRESSES and device.origin.has("modbus", "shift"):
        where = device.origin.place("modbus", "shift")
    device.findings.fault(where, "outside-table", **fields)
    return False


def _modicon(device: DeviceContext, origin: Origin, source: ModbusSource) -> Place | None:
    read = _read_modicon(source.address)
    if read is None:
        device.findings.fault(origin.place("address"), "address-not-modicon", address=source.address)
    elif source.table is not None and source.table != read[0].value:
        device.findings.fault(
            origin.place("table"), "table-against-address", address=source.address, table=read[0].value
        )
    else:
        return read
    return None


def _read_modicon(address: int) -> Place | None:
    """Return what 40001 or 400001 names; five digits reach the first 9999 of a table, six all of it."""
    size = 100_000 if address >= 100_000 else 10_000
    digit, number = divmod(address, size)
    if digit not in _OF_DIGIT or not 1 <= number <= ADDRESSES:
        return None
    return _OF_DIGIT[digit], number - 1


def _could_be_modicon(address: int, table: Table) -> bool:
    if table is Table.DISCRETE_INPUT and address in _AMBIGUOUS_INPUTS:
        return True
    return address > ADDRESSES or any(address in numbers for numbers in _AMBIGUOUS)


def _tell_ambiguous(device: DeviceContext, origin: Origin, address: int) -> None:
    read = _read_modicon(address)
    if read is None:
        fields = {"first": address, "last": address, "table": Table.HOLDING_REGISTER.value}
        device.findings.fault(origin.place("address"), "outside-table", **fields)
    elif address > ADDRESSES:
        table, number = read
        device.findings.fault(
            origin.place("address"), "address-unmarked", address=address, table=table.value, number=number
        )
    else:
        table, number = read
        device.findings.fault(
            origin.place("address"), "address-ambiguous", address=address, table=table.value, number=number
        )
