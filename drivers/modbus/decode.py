"""From the bytes of one answer to the values of its points.

Everything that can be settled beforehand is: one `struct` per byte order
unpacks a whole block, and each point has a conversion of its own, compiled when
the plan is made. Converting point by point through a library costs fifty times
as much, every second, for as long as the plant runs.

Byte orders. ABCD is big-endian, DCBA little-endian. BADC and CDAB become these
once the two bytes of every register are swapped, so a block with such points is
swapped once as a whole.

A text follows the order inside its registers only. What becomes of a raw number
is told in convert.py.
"""

import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from config.source import ByteOrder, RegisterSource, RegisterType
from drivers.modbus.convert import compile_point, source_of
from drivers.modbus.plan import Block
from drivers.reading import Quality, Value

Decoded = tuple[tuple[Value, ...], tuple[Quality, ...] | None]
"""Values and their qualities; None where all are GOOD."""

Decode = Callable[[bytes], Decoded]

_LETTERS: Final = {
    RegisterType.BIT: "H",
    RegisterType.INT16: "h",
    RegisterType.UINT16: "H",
    RegisterType.INT32: "i",
    RegisterType.UINT32: "I",
    RegisterType.INT64: "q",
    RegisterType.UINT64: "Q",
    RegisterType.FLOAT32: "f",
    RegisterType.FLOAT64: "d",
    RegisterType.BCD16: "H",
    RegisterType.BCD32: "I",
    RegisterType.PACKED: "H",
}
"""struct letters; a bit or a field of a register is cut out of its uint16, a text is so many bytes."""

_SWAPPED: Final = {ByteOrder.ABCD: False, ByteOrder.CDAB: True, ByteOrder.BADC: True, ByteOrder.DCBA: False}
_ENDIAN: Final = {ByteOrder.ABCD: ">", ByteOrder.CDAB: "<", ByteOrder.BADC: ">", ByteOrder.DCBA: "<"}


def compile_block(block: Block) -> Decode:
    """Return the function that turns a block's answer (its data bytes) into values in the points' order."""
    return _compile_bits(block) if block.table.holds_bits else _compile_registers(block)


def _compile_bits(block: Block) -> Decode:
    sources = [source_of(point) for point in block.points]
    places = [(*divmod(s.address - block.first, 8), int(s.inverted)) for s in sources]

    def decode(data: bytes) -> Decoded:
        return tuple((data[byte] >> bit & 1) != inactive for byte, bit, inactive in places), None

    return decode


def _compile_registers(block: Block) -> Decode:
    layers = _layers(block)
    place = {index: n for n, index in enumerate(i for layer in layers for i in layer.indexes)}
    order = [place[index] for index in range(len(block.points))]
    converts = [compile_point(point) for point in block.points]
    steps = list(zip(order, converts, strict=True))
    any_swapped = any(layer.swapped for layer in layers)

    def decode(data: bytes) -> Decoded:
        swapped = _swap(data) if any_swapped else data
        raw: list[Any] = []
        for layer in layers:
            raw += layer.format.unpack_from(swapped if layer.swapped else data)
        readings = [convert(raw[n]) for n, convert in steps]
        values = tuple([value for value, _ in readings])
        qualities = tuple([quality for _, quality in readings])
        return values, qualities if any(qualities) else None

    return decode


@dataclass(frozen=True, slots=True)
class _Layer:
    """Points of one byte order that do not overlap, unpacked by one struct."""

    format: struct.Struct
    swapped: bool
    indexes: tuple[int, ...]


def _layers(block: Block) -> list[_Layer]:
    """Return the fewest structs that unpack every point; overlapping points need several."""
    rows: dict[ByteOrder, list[_Row]] = {}
    for index, point in enumerate(block.points):
        source = source_of(point)
        start = 2 * (source.address - block.first)
        of_order = rows.setdefault(_order(source), [])
        row = next((row for row in of_order if row.end <= start), None)
        if row is None:
            row = _Row(_ENDIAN[_order(source)])
            of_order.append(row)
        row.add(index, start, source)
    return [
        _Layer(struct.Struct(row.letters), _SWAPPED[order], tuple(row.indexes))
        for order, of_order in rows.items()
        for row in of_order
    ]


class _Row:
    """A struct in the making."""

    def __init__(self, endian: str) -> None:
        self.letters = endian
        self.indexes: list[int] = []
        self.end = 0

    def add(self, index: int, start: int, source: RegisterSource) -> None:
        size = 2 * source.registers
        letter = f"{size}s" if source.type.is_text else _LETTERS[source.type]
        self.letters += f"{start - self.end}x{letter}"
        self.indexes.append(index)
        self.end = start + size


def _order(source: RegisterSource) -> ByteOrder:
    if not source.type.is_text:
        return source.order
    return ByteOrder.BADC if source.order.swaps_bytes else ByteOrder.ABCD


def _swap(data: bytes) -> bytes:
    registers = array("H", data)
    registers.byteswap()
    return registers.tobytes()
