"""From the raw number of a point, or its bytes, to its value and quality.

Rounding. An integer times a decimal scale plus a decimal offset is a decimal
number: the value is rounded to as many places as scale and offset are written
with, so that raw 37 × 0.1 is 3.7 and not 3.7000000000000006. A value between
two ends is rounded well below what one raw step is worth. A float without scale
and offset is kept exactly as the device sent it.

4-20 mA. NAMUR NE 43: 3.8 to 20.5 mA are a measurement; at 3.6 mA and below the
loop is broken or the transmitter says that it failed.
"""

import math
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from config.model import Point
from config.source import Ends, RegisterSource, RegisterType
from drivers.decimals import decimal_places
from drivers.modbus.text import compile_text
from drivers.ranges import judge
from drivers.reading import Quality, Value

Reading = tuple[Value, Quality]
Convert = Callable[[Any], Reading]
"""Takes what struct unpacks: a number, or the bytes of a text."""
Number = Callable[[int | float], float | int | bool]

PLACES_MAX: Final = 12
"""A scale with more decimal places (1/3, say) is no decimal: its values are not rounded."""
FLOAT_STEPS: Final = 1e7
"""A float32 has seven decimal digits: between two ends it resolves this many steps."""

WIRE_BREAK_MA: Final = 3.6
UNDER_RANGE_MA: Final = 3.8
OVER_RANGE_MA: Final = 20.5
"""NAMUR NE 43."""

_BIT_PATTERN_MIN: Final = {RegisterType.FLOAT32: 1 << 24, RegisterType.FLOAT64: 1 << 53}
"""From here on a float no longer holds every whole number: a sentinel this large is a bit pattern."""

_FLOATS: Final = {RegisterType.FLOAT32: ">f", RegisterType.FLOAT64: ">d"}
_SIGNED: Final = frozenset({RegisterType.INT16, RegisterType.INT32, RegisterType.INT64})


def compile_point(point: Point) -> Convert:
    """Return the function that turns a point's raw number (of a text: its bytes) into value and quality."""
    source = source_of(point)
    if source.type.is_text:
        return compile_text(source)
    if source.ends is not None and source.ends.is_current:
        return _current(source, source.ends)
    if source.bits is not None:
        return _field(point, source, *source.bits)
    return _number(point, source)


def source_of(point: Point) -> RegisterSource:
    """Return where a point of a Modbus connection stands."""
    assert isinstance(point.source, RegisterSource), point.id
    return point.source


def _number(point: Point, source: RegisterSource) -> Convert:
    sentinels = _sentinels(source)
    scaled = _scaling(source)
    # Until the device has said how many decimals there are, no range can be judged (drivers/condition.py).
    within = None if source.decimals_from else point.range
    low, high = within or (-sys.float_info.max, sys.float_info.max)

    def convert(raw: float) -> Reading:
        if raw in sentinels:
            return None, Quality.SENTINEL
        value = scaled(raw)
        # The usual case first; not a number fails every comparison.
        return (value, Quality.GOOD) if low <= value <= high else judge(point, value)

    return convert


def _field(point: Point, source: RegisterSource, lowest: int, highest: int) -> Convert:
    whole = _number(point, source)
    mask = (1 << (highest - lowest + 1)) - 1
    return lambda raw: whole(int(raw) >> lowest & mask)


def _current(source: RegisterSource, ends: Ends) -> Convert:
    sentinels = _sentinels(source)
    scaled = _between(source, ends)
    low, high = ends.value
    at_4_ma, at_20_ma = ends.raw
    ma_per_raw = 16 / (at_20_ma - at_4_ma)

    def convert(raw: float) -> Reading:
        if raw in sentinels:
            return None, Quality.SENTINEL
        if not math.isfinite(raw):
            return None, Quality.NOT_A_NUMBER
        current_ma = round(4 + (raw - at_4_ma) * ma_per_raw, 6)
        if current_ma <= WIRE_BREAK_MA:
            return None, Quality.WIRE_BREAK
        if current_ma < UNDER_RANGE_MA:
            return low, Quality.UNDER_RANGE
        if current_ma >= OVER_RANGE_MA:
            return high, Quality.OVER_RANGE
        return min(max(scaled(raw), low), high), Quality.GOOD

    return convert


def _scaling(source: RegisterSource) -> Number:
    if source.type is RegisterType.BIT:
        return _bit(source)
    if source.ends is not None:
        return _between(source, source.ends)
    linear = _linear(source)
    if source.type in (RegisterType.BCD16, RegisterType.BCD32):
        return lambda raw: linear(from_bcd(int(raw)))
    if source.type is RegisterType.PACKED:
        return lambda raw: linear(_unpacked(int(raw), source.places))
    return linear


def _bit(source: RegisterSource) -> Number:
    mask, inactive = 1 << (source.bit or 0), (1 << (source.bit or 0)) if source.inverted else 0
    return lambda raw: (int(raw) & mask) != inactive


def _linear(source: RegisterSource) -> Number:
    scale, offset = source.scale, source.offset
    if scale == 1 and offset == 0:
        return lambda raw: raw
    places = max(decimal_places(scale), decimal_places(offset))
    if source.type is RegisterType.PACKED:
        places += source.places
    if source.type.is_float or places > PLACES_MAX:
        return lambda raw: raw * scale + offset
    return lambda raw: raw if raw != raw else round(raw * scale + offset, places)


def _between(source: RegisterSource, ends: Ends) -> Number:
    (first, last), (low, high) = ends.raw, ends.value
    span, width = last - first, high - low
    step = width / (FLOAT_STEPS if source.type.is_float else abs(span))
    places = max(1 - math.floor(math.log10(step)), decimal_places(low), decimal_places(high), 0)
    if places > PLACES_MAX:
        return lambda raw: low + (raw - first) * width / span
    return lambda raw: raw if raw != raw else round(low + (raw - first) * width / span, places)


def from_bcd(raw: int) -> float | int:
    """Return the number whose decimal digits are the hexadecimal digits of `raw`; NaN where one is none."""
    digits = f"{raw:x}"
    return int(digits) if digits.isdecimal() else math.nan


def _unpacked(raw: int, places: int) -> float:
    whole, decimals = raw >> 8, raw & 0xFF
    return round(whole + decimals / 10**places, places) if decimals < 10**places else math.nan


def _sentinels(source: RegisterSource) -> frozenset[int | float]:
    """Return the raw numbers that mean "no value", in the point's own spelling.

    A manual may write 0x8000 where the register is signed, or -32768 where it
    is not: both spellings are understood.
    """
    if source.type.is_float:
        return frozenset(n for written in source.sentinels for n in _float_spellings(written, source.type))
    bits = 16 * source.type.registers
    unsigned = {written % (1 << bits) for written in source.sentinels if -(1 << bits) < written < (1 << bits)}
    if source.type not in _SIGNED:
        return frozenset(unsigned)
    return frozenset(number - (1 << bits) if number >> (bits - 1) else number for number in unsigned)


def _float_spellings(written: int, kind: RegisterType) -> Sequence[float]:
    letters = _FLOATS[kind]
    as_number = struct.unpack(letters, struct.pack(letters, written))[0]
    size = 2 * kind.registers
    if not _BIT_PATTERN_MIN[kind] <= written < 1 << 8 * size:
        return [as_number]
    return [as_number, struct.unpack(letters, written.to_bytes(size, "big"))[0]]
