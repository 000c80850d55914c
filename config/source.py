"""Where a point comes from: registers of a Modbus unit, or a node of an OPC UA server."""

from dataclasses import dataclass
from enum import StrEnum


class Table(StrEnum):
    """The four Modbus tables; the value is the word used in profiles."""

    COIL = "coil"
    DISCRETE_INPUT = "discrete-input"
    HOLDING_REGISTER = "holding-register"
    INPUT_REGISTER = "input-register"

    @property
    def function_code(self) -> int:
        """The function code that reads this table (1 to 4)."""
        return _FUNCTION_CODES[self]

    @property
    def holds_bits(self) -> bool:
        """Whether one address is one bit (coil, discrete input) rather than a 16-bit register."""
        return self in (Table.COIL, Table.DISCRETE_INPUT)


_FUNCTION_CODES = {
    Table.COIL: 1,
    Table.DISCRETE_INPUT: 2,
    Table.HOLDING_REGISTER: 3,
    Table.INPUT_REGISTER: 4,
}


class RegisterType(StrEnum):
    """How the raw bits of a Modbus point are read."""

    BIT = "bit"
    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    FLOAT32 = "float32"

    @property
    def registers(self) -> int:
        """How many registers (or, in a bit table, bits) one value takes."""
        return 2 if self in (RegisterType.INT32, RegisterType.UINT32, RegisterType.FLOAT32) else 1


class ByteOrder(StrEnum):
    """Order of a 32-bit value's bytes on the wire; A is the most significant byte.

    A 16-bit value follows the order of the bytes inside its register: swapped
    under BADC and DCBA, as sent under ABCD and CDAB.
    """

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """Where a Modbus point comes from, and how its raw number becomes a value.

    value = raw × scale + offset, in the point's unit. A raw number (before
    scaling) listed in `sentinels` says that the device has no value.
    """

    unit_id: int
    table: Table
    address: int  # zero-based, as on the wire
    type: RegisterType
    order: ByteOrder = ByteOrder.ABCD
    bit: int | None = None  # bit of a register, 0 = least significant; None in a bit table
    scale: float = 1.0
    offset: float = 0.0
    sentinels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeSource:
    """Where an OPC UA point comes from: a node id such as `ns=2;s=furnace.tilt`."""

    node_id: str
