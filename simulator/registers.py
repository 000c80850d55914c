"""From engineering values to the registers of a simulated device.

Written apart from the drivers, which go the other way: one wrong idea about a
byte order must not be able to cancel itself out.

Every encoded value comes back with its meaning: what the registers say once
they are read by the rules of the plant file (raw × scale + offset, a decimal
number, in the point's unit). That is what a reader should get, exactly.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from config.model import Point
from config.source import ByteOrder, RegisterSource, RegisterType
from simulator.served import Value

Spoil = Callable[[RegisterSource, bytes], bytes]
"""Replaces the bytes of one value, as a fault does."""

_INTEGERS: Final = {
    RegisterType.INT16: (">h", -(1 << 15), (1 << 15) - 1),
    RegisterType.UINT16: (">H", 0, (1 << 16) - 1),
    RegisterType.INT32: (">i", -(1 << 31), (1 << 31) - 1),
    RegisterType.UINT32: (">I", 0, (1 << 32) - 1),
}
_ARRANGEMENTS: Final[Mapping[ByteOrder, tuple[int, ...]]] = {
    ByteOrder.ABCD: (0, 1, 2, 3),
    ByteOrder.CDAB: (2, 3, 0, 1),
    ByteOrder.BADC: (1, 0, 3, 2),
    ByteOrder.DCBA: (3, 2, 1, 0),
}
_WINDOWS_MAX: Final = 256  # a reader asks for the same few blocks again and again


def encode(source: RegisterSource, value: float) -> tuple[bytes, Value]:
    """Return the bytes on the wire of one value (not a bit), and what they mean.

    A value beyond what the type can hold is held at the type's end.
    """
    if source.type is RegisterType.FLOAT32:
        packed = struct.pack(">f", (value - source.offset) / source.scale)
        return _arrange(packed, source.order), _meaning(struct.unpack(">f", packed)[0], source)
    letters, lowest, highest = _INTEGERS[source.type]
    raw = min(max(round((value - source.offset) / source.scale), lowest), highest)
    return _arrange(struct.pack(letters, raw), source.order), _meaning(raw, source)


def sentinel(source: RegisterSource, data: bytes) -> bytes:
    """Return what a device sends that has no value: its own sentinel, else NaN, 0x8000 or all ones."""
    if source.sentinels:
        raw = source.sentinels[0] % (1 << 8 * len(data))
        return _arrange(raw.to_bytes(len(data), "big"), source.order)
    if source.type is RegisterType.FLOAT32:
        return _arrange(struct.pack(">f", math.nan), source.order)
    return b"\x80" + bytes(len(data) - 1)


def reversed_bytes(source: RegisterSource, data: bytes) -> bytes:
    """Return the value's bytes in reverse: the programmer wired the block the other way round."""
    return data[::-1]


def _arrange(big_endian: bytes, order: ByteOrder) -> bytes:
    if len(big_endian) == 2:  # one register: only the order inside it matters
        return big_endian[::-1] if order in (ByteOrder.BADC, ByteOrder.DCBA) else big_endian
    return bytes(big_endian[place] for place in _ARRANGEMENTS[order])


def _meaning(raw: float, source: RegisterSource) -> Value:
    if source.scale == 1 and source.offset == 0:
        return raw
    places = max(_decimal_places(source.scale), _decimal_places(source.offset))
    return round(raw * source.scale + source.offset, places)


@lru_cache(maxsize=1024)
def _decimal_places(number: float) -> int:
    exponent = Decimal(repr(number)).as_tuple().exponent
    assert isinstance(exponent, int), number  # config refused inf and NaN
    return max(0, -exponent)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one read got: the data bytes of the answer, and the values that lie in it whole."""

    data: bytes
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Place:
    point: Point
    source: RegisterSource
    start: int  # within the window, in addresses

    @property
    def end(self) -> int:
        return self.start + self.source.type.registers


class Memory:
    """One table of one unit: which addresses exist there, and what a read of some of them gets.

    Addresses between points exist where `gaps` says so, and hold zero.
    """

    def __init__(self, points: Sequence[Point], *, gaps: bool) -> None:
        self._places = [(point, _source(point)) for point in points]
        self._is_bits = self._places[0][1].table.holds_bits
        covered = {a for _, s in self._places for a in range(s.address, s.address + s.type.registers)}
        self._addresses = set(range(min(covered), max(covered) + 1)) if gaps else covered
        self._windows: dict[tuple[int, int], tuple[_Place, ...]] = {}

    def has(self, first: int, count: int) -> bool:
        """Return whether every address in [first, first + count) exists."""
        return all(address in self._addresses for address in range(first, first + count))

    def read(
        self, first: int, count: int, values: Mapping[str, Value], spoil: Spoil | None = None
    ) -> Contents:
        """Return the answer to a read of `count` addresses from `first` on."""
        window = self._window(first, count)
        read = _read_bits if self._is_bits else _read_registers
        data, meanings = read(window, count, values, spoil)
        whole = {p.point.id: meanings[p.point.id] for p in window if p.start >= 0 and p.end <= count}
        return Contents(data, whole)

    def _window(self, first: int, count: int) -> tuple[_Place, ...]:
        window = self._windows.get((first, count))
        if window is None:
            places = (_Place(point, source, source.address - first) for point, source in self._places)
            window = tuple(place for place in places if place.end > 0 and place.start < count)
            if len(self._windows) >= _WINDOWS_MAX:
                self._windows.clear()
            self._windows[first, count] = window
        return window


_Read = tuple[bytes, Mapping[str, Value]]


def _read_bits(
    window: Sequence[_Place], count: int, values: Mapping[str, Value], spoil: Spoil | None
) -> _Read:
    packed = bytearray((count + 7) // 8)
    for place in window:
        if values[place.point.id]:
            packed[place.start // 8] |= 1 << place.start % 8
    if spoil is not None:
        packed = bytearray(byte ^ 0xFF for byte in packed)  # a bit has no sentinel and no order
    return bytes(packed), {place.point.id: bool(values[place.point.id]) for place in window}


def _read_registers(
    window: Sequence[_Place], count: int, values: Mapping[str, Value], spoil: Spoil | None
) -> _Read:
    margin = 2  # a value may stand half outside the block
    image = bytearray(2 * (count + 2 * margin))
    meanings: dict[str, Value] = {}
    for place in window:
        start, value = 2 * (place.start + margin), values[place.point.id]
        if place.source.bit is None:
            data, meanings[place.point.id] = encode(place.source, value)
            image[start : start + len(data)] = spoil(place.source, data) if spoil else data
        else:
            meanings[place.point.id] = bool(value)
            _set_bit(image, start, place.source, on=bool(value))
    return bytes(image[2 * margin : 2 * (margin + count)]), meanings


def _set_bit(image: bytearray, start: int, source: RegisterSource, *, on: bool) -> None:
    assert source.bit is not None  # config: a bit of a register names which
    word = _arrange((int(on) << source.bit).to_bytes(2, "big"), source.order)
    image[start] |= word[0]
    image[start + 1] |= word[1]


def _source(point: Point) -> RegisterSource:
    assert isinstance(point.source, RegisterSource), point.id  # a Modbus connection has no other
    return point.source
