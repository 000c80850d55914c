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
    """How the raw bits of a Modbus point are read; the value is the word used in profiles."""

    BIT = "bit"
    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    BCD16 = "bcd16"  # four decimal digits: 0x0209 is 209
    BCD32 = "bcd32"
    PACKED = "packed"  # integer part in the high byte, decimals in the low one: 0x1409 is 20.9
    STRING = "string"
    DATETIME_WORDS = "datetime-words"  # year, month, day, hour, minute, second: a register each
    DATETIME_BCD = "datetime-bcd"  # the same as BCD bytes in three registers: YYMM DDHH MMSS

    @property
    def registers(self) -> int:
        """How many registers (or, in a bit table, bits) a value takes; 0 for a string, which says itself."""
        return _REGISTERS.get(self, 1)

    @property
    def is_float(self) -> bool:
        """Whether the raw number is a floating-point one."""
        return self in (RegisterType.FLOAT32, RegisterType.FLOAT64)

    @property
    def is_text(self) -> bool:
        """Whether the value is a text: it has neither unit nor scale nor limits."""
        return self in (RegisterType.STRING, RegisterType.DATETIME_WORDS, RegisterType.DATETIME_BCD)


_REGISTERS = {
    RegisterType.INT32: 2,
    RegisterType.UINT32: 2,
    RegisterType.FLOAT32: 2,
    RegisterType.BCD32: 2,
    RegisterType.INT64: 4,
    RegisterType.UINT64: 4,
    RegisterType.FLOAT64: 4,
    RegisterType.STRING: 0,
    RegisterType.DATETIME_WORDS: 6,
    RegisterType.DATETIME_BCD: 3,
}


class ByteOrder(StrEnum):
    """Order of a value's bytes on the wire; A is the most significant byte of a 32-bit value.

    ABCD: most significant byte first. DCBA: all bytes reversed. CDAB: the
    registers in reverse, each as sent. BADC: the registers as sent, the bytes in
    each reversed. So a 64-bit value under CDAB is GHEFCDAB, and a 16-bit value or
    a text follows only the order inside the registers.
    """

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"

    @property
    def swaps_bytes(self) -> bool:
        """Whether the two bytes of each register stand in reverse."""
        return self in (ByteOrder.BADC, ByteOrder.DCBA)


@dataclass(frozen=True, slots=True)
class Ends:
    """What stands in the register at the two ends of the measuring range; between them it is linear.

    `is_current`: the raw number is a 4-20 mA signal, the ends are at 4 and 20 mA,
    and what lies beyond is judged by NAMUR NE 43.
    """

    raw: tuple[float, float]
    value: tuple[float, float]
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """Where a Modbus point comes from, and how its raw number becomes a value.

    value = raw × scale + offset, in the point's unit, unless `ends` says otherwise.
    A raw number (before scaling) listed in `sentinels` says that the device has no
    value. A field of several bits is cut out before anything else.
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
    bits: tuple[int, int] | None = None  # lowest and highest bit of a field in a register
    inverted: bool = False  # a normally closed contact: 0 is active
    ends: Ends | None = None
    places: int = 1  # decimal places of a packed value
    length: int = 0  # registers of a string
    encoding: str = "ascii"  # of a string
    decimals_from: str | None = None  # id of the point that says how many decimals the raw number has

    @property
    def registers(self) -> int:
        """How many registers (or, in a bit table, bits) the value takes."""
        return self.length or self.type.registers

    @property
    def is_part(self) -> bool:
        """Whether the value is cut out of a register that may hold others."""
        return self.bits is not None or (self.bit is not None and not self.table.holds_bits)


@dataclass(frozen=True, slots=True)
class NodeSource:
    """Where an OPC UA point comes from, and how the server is asked to watch it.

    `node_id` is a node id, `ns=2;s=furnace.tilt`, or with its namespace's URI,
    `nsu=http://…;s=…`; or a browse path from the Objects folder, `/2:Furnace/2:Tilt`.
    config/node_id.py reads all of them.
    """

    node_id: str
    index: int | None = None  # element of a one-dimensional array, from 0
    sampling_s: float | None = None  # how often the server samples; None: the point's period
    queue_size: int = 10  # samples that the server keeps between two notifications
    deadband: float | None = None  # in the point's unit; changes up to it are not reported
