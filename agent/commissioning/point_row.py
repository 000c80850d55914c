"""One row of a point table, read: what it says of a point, with the place of what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.commissioning.address import Written
from agent.commissioning.row_extra import Extra
from config.fault import Place
from config.model import LimitKind
from config.source import ByteOrder, RegisterType, Table


@dataclass(frozen=True, slots=True)
class LinkName:
    """How a row says by what it is reached: a connection's id, an address, or both."""

    connection: str | None
    host: str | None = None
    port: int = 502


@dataclass(frozen=True, slots=True)
class RowLimit:
    """One limit, in the row's own words; `unit` is "" where none was written with it."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Length:
    """How long a value is: in registers, or in what its column counts (`is_settled`: False)."""

    number: int
    is_settled: bool = True
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point as its row has it. `address` is zero-based once the table's way of counting is known."""

    place: Place
    name: str
    link: LinkName
    tag: str | None = None
    name_en: str | None = None
    point_id: str | None = None
    device: str | None = None
    device_id: str | None = None
    device_tag: str | None = None
    station: int | None = None
    node: str | None = None
    written: Written | None = None
    address_place: Place | None = None
    table: Table | None = None
    address: int | None = None
    modicon: Written | None = None  # a second column that must agree
    type: RegisterType | None = None
    length: Length | None = None
    datatype: str | None = None  # of a node, whose server alone knows the type on the wire
    order: ByteOrder | None = None
    order_place: Place | None = None  # where it should stand
    bit: int | None = None
    range: tuple[float, float] | None = None
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    limits: Mapping[LimitKind, RowLimit] = field(default_factory=dict)
    standard: str | None = None
    clause: str | None = None
    period_s: float | None = None
    extra: Extra = field(default_factory=Extra)
    is_sound: bool = True  # False: something of it was told already

    @property
    def unit_key(self) -> tuple[LinkName, int | None]:
        """What stands for one Modbus unit: rows that share it share its registers."""
        return self.link, self.station

    @property
    def element(self) -> object:
        """Which element of its node's array it is; None for a node that is no array."""
        opcua = self.extra.point.get("opcua")
        return opcua.get("index") if isinstance(opcua, Mapping) else None

    @property
    def needs_order(self) -> bool:
        """Whether it is a number of several registers, and nothing says which comes first."""
        if self.type is None or self.type.is_text or self.registers == 1 or self.order is not None:
            return False
        return "order" not in self._said

    @property
    def registers(self) -> int:
        """How many addresses the value takes, as far as its type tells."""
        if self.type is None or (self.table is not None and self.table.holds_bits):
            return 1
        length = self._said.get("length")
        if isinstance(length, int):
            return length
        return self.length.number if self.length is not None else max(1, self.type.registers)

    @property
    def says_length(self) -> bool:
        """Whether the last column says how long it is."""
        return "length" in self._said

    @property
    def _said(self) -> Mapping[str, object]:
        modbus = self.extra.point.get("modbus")
        return modbus if isinstance(modbus, Mapping) else {}
