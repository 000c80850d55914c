"""From the bytes of one answer to the values of its points.

Everything that can be settled beforehand is: one `struct` per byte order
unpacks a whole block, and each point has a conversion of its own, compiled when
the plan is made. Converting point by point through a library costs fifty times
as much, every second, for as long as the plant runs.

Byte orders. ABCD is big-endian, DCBA little-endian. BADC and CDAB become these
once the two bytes of every register are swapped, so a block with such points is
swapped once as a whole.

Rounding. An integer times a decimal scale plus a decimal offset is a decimal
number: the value is rounded to as many places as scale and offset are written
with, so that raw 37 × 0.1 is 3.7 and not 3.7000000000000006. A float32 without
scale and offset is kept exactly as the device sent it.
"""

import struct
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from config.model import Point
from config.source import ByteOrder, RegisterSource, RegisterType
from drivers.modbus.plan import Block
from drivers.ranges import judge
from drivers.reading import Quality, Value

Reading = tuple[Value, Quality]
Decoded = tuple[tuple[Value, ...], tuple[Quality, ...] | None]
"""Values and their qualities; None where all are GOOD."""

Raw = int | float
Convert = Callable[[Raw], Reading]
Decode = Callable[[bytes], Decoded]

PLACES_MAX: Final = 12
"""A scale with more decimal places (1/3, say) is no decimal: its values are not rounded."""

_BIT_PATTERN_MIN: Final = 1 << 24
"""From here on float32 no longer holds every whole number: a sentinel this large is a bit pattern."""

_SIZES: Final = {
    RegisterType.BIT: (2, "H"),
    RegisterType.INT16: (2, "h"),
    RegisterType.UINT16: (2, "H"),
    RegisterType.INT32: (4, "i"),
    RegisterType.UINT32: (4, "I"),
    RegisterType.FLOAT32: (4, "f"),
}
"""Size in bytes and struct letter; a bit of a register is cut out of its uint16."""

_SWAPPED: Final = {ByteOrder.ABCD: False, ByteOrder.CDAB: True, ByteOrder.BADC: True, ByteOrder.DCBA: False}
_ENDIAN: Final = {ByteOrder.ABCD: ">", ByteOrder.CDAB: "<", ByteOrder.BADC: ">", ByteOrder.DCBA: "<"}


def compile_block(block: Block) -> Decode:
    """Return the function that turns a block's answer (its data bytes) into values in the points' order."""
    return _compile_bits(block) if block.table.holds_bits else _compile_registers(block)


def _compile_bits(block: Block) -> Decode:
    places = [divmod(_source(point).address - block.first, 8) for point in block.points]

    def decode(data: bytes) -> Decoded:
        return tuple(bool(data[byte] >> bit & 1) for byte, bit in places), None

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
        raw: list[Raw] = []
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
        source = _source(point)
        start = 2 * (source.address - block.first)
        of_order = rows.setdefault(source.order, [])
        row = next((row for row in of_order if row.end <= start), None)
        if row is None:
            row = _Row(_ENDIAN[source.order])
            of_order.append(row)
        row.add(index, start, source.type)
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

    def add(self, index: int, start: int, kind: RegisterType) -> None:
        size, letter = _SIZES[kind]
        self.letters += f"{start - self.end}x{letter}"
        self.indexes.append(index)
        self.end = start + size


def _swap(data: bytes) -> bytes:
    registers = array("H", data)
    registers.byteswap()
    return registers.tobytes()


def compile_point(point: Point) -> Convert:
    """Return the function that turns a point's raw number into its value and quality."""
    source = _source(point)
    sentinels = _sentinels(source)
    scaled = _scaling(source)
    low, high = point.range or (-sys.float_info.max, sys.float_info.max)

    def convert(raw: Raw) -> Reading:
        if raw in sentinels:
            return None, Quality.SENTINEL
        value = scaled(raw)
        # The usual case first; not a number fails every comparison.
        return (value, Quality.GOOD) if low <= value <= high else judge(point, value)

    return convert


def _source(point: Point) -> RegisterSource:
    assert isinstance(point.source, RegisterSource), point.id
    return point.source


def _scaling(source: RegisterSource) -> Callable[[Raw], Raw]:
    scale, offset = source.scale, source.offset
    if source.type is RegisterType.BIT:
        mask = 1 << (source.bit or 0)
        return lambda raw: bool(int(raw) & mask)
    if scale == 1 and offset == 0:
        return lambda raw: raw
    places = max(_places(scale), _places(offset))
    if source.type is RegisterType.FLOAT32 or places > PLACES_MAX:
        return lambda raw: raw * scale + offset
    return lambda raw: round(raw * scale + offset, places)


def _places(number: float) -> int:
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    assert isinstance(exponent, int), number  # config refused NaN and infinity
    return max(0, -exponent)


def _sentinels(source: RegisterSource) -> frozenset[Raw]:
    """Return the raw numbers that mean "no value", in the point's own spelling.

    A manual may write 0x8000 where the register is signed, or -32768 where it
    is not: both spellings are understood.
    """
    if source.type is RegisterType.FLOAT32:
        return frozenset(number for written in source.sentinels for number in _float_spellings(written))
    size, letter = _SIZES[source.type]
    bits = 8 * size
    unsigned = {written % (1 << bits) for written in source.sentinels if -(1 << bits) < written < (1 << bits)}
    if letter.isupper():
        return frozenset(unsigned)
    return frozenset(number - (1 << bits) if number >> (bits - 1) else number for number in unsigned)


def _float_spellings(written: int) -> Sequence[float]:
    as_number = struct.unpack(">f", struct.pack(">f", written))[0]
    if not _BIT_PATTERN_MIN <= written < 1 << 32:
        return [as_number]
    return [as_number, struct.unpack(">f", written.to_bytes(4, "big"))[0]]
