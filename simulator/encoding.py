"""From one engineering value to the bytes of its registers.

Written apart from the drivers, which go the other way: one wrong idea about a
byte order must not be able to cancel itself out.

Every encoded value comes back with its meaning: what the registers say once
they are read by the rules of the plant file, in the point's unit. That is what a
reader should get, exactly.
"""

import math
import struct
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from config.source import ByteOrder, Ends, RegisterSource, RegisterType
from simulator.served import Value

BROKEN_WIRE_MA: Final = 3.5

_INTEGERS: Final = {
    RegisterType.INT16: (">h", -(1 << 15), (1 << 15) - 1),
    RegisterType.UINT16: (">H", 0, (1 << 16) - 1),
    RegisterType.INT32: (">i", -(1 << 31), (1 << 31) - 1),
    RegisterType.UINT32: (">I", 0, (1 << 32) - 1),
    RegisterType.INT64: (">q", -(1 << 63), (1 << 63) - 1),
    RegisterType.UINT64: (">Q", 0, (1 << 64) - 1),
}
_FLOATS: Final = {RegisterType.FLOAT32: ">f", RegisterType.FLOAT64: ">d"}
_DIGITS: Final = {RegisterType.BCD16: 4, RegisterType.BCD32: 8}
_CLOCKS: Final = {RegisterType.DATETIME_WORDS: 12, RegisterType.DATETIME_BCD: 6}  # bytes
_ALL_ONES: Final = frozenset({*_DIGITS, *_CLOCKS, RegisterType.PACKED, RegisterType.STRING})
"""Types of which all ones is no value, whatever the maker thought."""


def encode(source: RegisterSource, value: Value) -> tuple[bytes, Value]:
    """Return the bytes on the wire of one value (not of a bit), and what they mean.

    A value beyond what the type can hold is held at the type's end. A field of a
    register comes in its place, with zeros around it.
    """
    if source.type.is_text:
        return _text(source, str(value))
    assert not isinstance(value, str), source  # only a text's process yields texts
    if source.type in _FLOATS:
        packed = struct.pack(_FLOATS[source.type], _raw(source, value))
        raw: float = struct.unpack(_FLOATS[source.type], packed)[0]
        return _arrange(packed, source.order), _meaning(raw, source)
    if source.type is RegisterType.PACKED:
        return _pack(source, value)
    if source.bits is not None:
        return _field(source, value, *source.bits)
    if source.type in _DIGITS:
        digits = _DIGITS[source.type]
        raw = min(max(round(_raw(source, value)), 0), 10**digits - 1)
        return _arrange(bytes.fromhex(f"{raw:0{digits}d}"), source.order), _meaning(raw, source)
    letters, lowest, highest = _INTEGERS[source.type]
    raw = min(max(round(_raw(source, value)), lowest), highest)
    return _arrange(struct.pack(letters, raw), source.order), _meaning(raw, source)


def _raw(source: RegisterSource, value: float) -> float | Fraction:
    """Return the raw number before it is rounded to what its type can hold."""
    if source.ends is not None:
        (first, last), (low, high) = source.ends.raw, source.ends.value
        share = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
        return Fraction(first) + share * (Fraction(last) - Fraction(first))
    if source.scale == 1 and source.offset == 0:
        return value  # a 64-bit integer is wider than a float
    return (value - source.offset) / source.scale


def _meaning(raw: float, source: RegisterSource) -> Value:
    if source.ends is not None:
        return _between(raw, source, source.ends)
    if source.scale == 1 and source.offset == 0:
        return raw
    return round(raw * source.scale + source.offset, _places(source))


def _between(raw: float, source: RegisterSource, ends: Ends) -> float:
    (first, last), (low, high) = ends.raw, ends.value
    exact = Fraction(low) + (Fraction(raw) - Fraction(first)) * Fraction(high - low) / Fraction(last - first)
    steps = 1e7 if source.type in _FLOATS else abs(last - first)
    # A tenth of the smallest difference that the register can show is enough.
    enough = 1 - math.floor(math.log10((high - low) / steps))
    return round(float(exact), max(enough, _decimal_places(low), _decimal_places(high), 0))


def _places(source: RegisterSource) -> int:
    places = max(_decimal_places(source.scale), _decimal_places(source.offset))
    return places + source.places if source.type is RegisterType.PACKED else places


@lru_cache(maxsize=1024)
def _decimal_places(number: float) -> int:
    exponent = Decimal(repr(number)).as_tuple().exponent
    assert isinstance(exponent, int), number  # config refused inf and NaN
    return max(0, -exponent)


def _pack(source: RegisterSource, value: float) -> tuple[bytes, Value]:
    """Whole part in the high byte, decimals in the low one: 20.9 is 0x1409."""
    largest = 256 - Decimal(1).scaleb(-source.places)
    written = min(max(Decimal(repr(float(_raw(source, value)))), Decimal(0)), largest)
    whole, _, decimals = f"{written:.{source.places}f}".partition(".")
    data = bytes((int(whole), int(decimals)))
    return _arrange(data, source.order), _meaning(float(f"{whole}.{decimals}"), source)


def _field(source: RegisterSource, value: float, lowest: int, highest: int) -> tuple[bytes, Value]:
    raw = min(max(round(_raw(source, value)), 0), 2 ** (highest - lowest + 1) - 1)
    return _arrange((raw << lowest).to_bytes(2, "big"), source.order), _meaning(raw, source)


def _text(source: RegisterSource, value: str) -> tuple[bytes, Value]:
    if source.type is RegisterType.STRING:
        data = value.encode(source.encoding)
        while len(data) > 2 * source.registers:  # never half a character
            value = value[:-1]
            data = value.encode(source.encoding)
        data = data.ljust(2 * source.registers, b"\0")
    else:
        at = datetime.fromisoformat(value)
        parts = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        bcd = "".join(f"{part % 100:02d}" for part in parts)
        data = struct.pack(">6H", *parts) if _CLOCKS[source.type] == 12 else bytes.fromhex(bcd)
    if source.order in (ByteOrder.BADC, ByteOrder.DCBA):
        data = b"".join(data[at + 1 : at + 2] + data[at : at + 1] for at in range(0, len(data), 2))
    return data, value


def sentinel(source: RegisterSource, data: bytes) -> bytes:
    """Return what a device sends that has no value: its own sentinel, a broken wire, else a usual one."""
    if source.sentinels:
        raw = source.sentinels[0] % (1 << 8 * len(data))
        return _arrange(raw.to_bytes(len(data), "big"), source.order)
    if source.ends is not None and source.ends.is_current:
        (at_4_ma, at_20_ma) = source.ends.raw
        broken = at_4_ma + (BROKEN_WIRE_MA - 4) * (at_20_ma - at_4_ma) / 16
        letters = _FLOATS.get(source.type) or _INTEGERS[source.type][0]
        packed = struct.pack(letters, broken if source.type in _FLOATS else max(round(broken), 0))
        return _arrange(packed, source.order)
    if source.type in _FLOATS:
        return _arrange(struct.pack(_FLOATS[source.type], math.nan), source.order)
    if source.type in _ALL_ONES:
        return b"\xff" * len(data)
    return b"\x80" + bytes(len(data) - 1)


def reversed_bytes(source: RegisterSource, data: bytes) -> bytes:
    """Return the value's bytes in reverse: the programmer wired the block the other way round."""
    return data[::-1]


def _arrange(big_endian: bytes, order: ByteOrder) -> bytes:
    """Lay the bytes as the order says: CDAB turns the registers round, BADC the bytes in each, DCBA both."""
    registers = [big_endian[at : at + 2] for at in range(0, len(big_endian), 2)]
    if order in (ByteOrder.CDAB, ByteOrder.DCBA):
        registers.reverse()
    if order in (ByteOrder.BADC, ByteOrder.DCBA):
        registers = [register[::-1] for register in registers]
    return b"".join(registers)


def bit(source: RegisterSource, *, on: bool) -> bytes:
    """Return a register in which only this bit may be set: a normally closed contact is, while inactive."""
    assert source.bit is not None  # config: a bit of a register names which
    return _arrange((int(on != source.inverted) << source.bit).to_bytes(2, "big"), source.order)


def word(source: RegisterSource, data: bytes) -> Value:
    """Return what a whole register means that is made of bits."""
    big_endian = _arrange(data, source.order)  # turning two bytes round twice changes nothing
    signed = source.type is RegisterType.INT16
    return _meaning(int.from_bytes(big_endian, "big", signed=signed), source)
