"""Texts in registers: names and serial numbers, and the device's own clock as it reads.

Bytes that are no text, or no date, are no value. A clock's reading is a text
and not a time: it says what the device believes, in whatever zone it believes it.
"""

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Final

from config.source import RegisterSource, RegisterType
from drivers.reading import Quality, Value

Reading = tuple[Value, Quality]

PADDING: Final = "\0\xff \t\r\n"
CENTURY: Final = 2000
"""What a year of two digits means."""

_WORDS: Final = struct.Struct(">6H")
_NO_TEXT: Final[Reading] = (None, Quality.NOT_A_NUMBER)


def compile_text(source: RegisterSource) -> Callable[[bytes], Reading]:
    """Return the function that turns the bytes of a text into value and quality."""
    if source.type is RegisterType.DATETIME_WORDS:
        return lambda raw: _clock(_WORDS.unpack(raw))
    if source.type is RegisterType.DATETIME_BCD:
        return lambda raw: _bcd_clock(raw)
    encoding = source.encoding
    return lambda raw: _string(raw, encoding)


def _string(raw: bytes, encoding: str) -> Reading:
    # What follows the first zero byte is left over from a longer text; erased flash is 0xFF.
    text = raw.partition(b"\0")[0].rstrip(b"\xff")
    try:
        return text.decode(encoding).strip(PADDING), Quality.GOOD
    except UnicodeDecodeError:
        return _NO_TEXT


def _bcd_clock(raw: bytes) -> Reading:
    digits = raw.hex()
    if not digits.isdecimal():
        return _NO_TEXT
    return _clock(tuple(int(digits[at : at + 2]) for at in range(0, len(digits), 2)))


def _clock(parts: tuple[int, ...]) -> Reading:
    year, month, day, hour, minute, second = parts
    try:
        read = datetime(  # noqa: DTZ001 - the device does not say which zone it means
            year + CENTURY if year < 100 else year, month, day, hour, minute, second
        )
    except ValueError:
        return _NO_TEXT
    return read.isoformat(" "), Quality.GOOD
