"""Frames of HJ 212-2017: `##`, length, data segment, CRC, CR LF.

    ##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=…;Flag=5;CP=&&RtdInterval=30&&1C80

The length is four decimal digits and counts the segment alone. The CRC is not
that of Modbus, though it uses the same polynomial: each byte meets the high half
of the register moved down, and the low half is dropped.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

SEGMENT_BYTES_MAX: Final = 1024
HEAD: Final = b"##"
END: Final = b"\r\n"
PREFIX_BYTES: Final = 6  # `##` and the length
CRC_BYTES: Final = 4  # hexadecimal digits
TAIL_BYTES: Final = CRC_BYTES + len(END)
POLYNOMIAL: Final = 0xA001

VERSION_2017: Final = 0x04
SPLIT: Final = 0x02
WANTS_ANSWER: Final = 0x01

_SEGMENT: Final = re.compile(r"(?P<head>.*?)CP=&&(?P<area>.*)&&", re.DOTALL)


def _shifted(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (POLYNOMIAL if value & 1 else 0)
    return value


_TABLE: Final = tuple(_shifted(value) for value in range(256))


def crc(segment: bytes) -> int:
    """Return the check value of a data segment, 0 to 0xFFFF."""
    register = 0xFFFF
    for byte in segment:
        register = _TABLE[register >> 8 ^ byte]
    return register


def frame(segment: str) -> bytes:
    """Return the frame around a data segment. Raises UnicodeEncodeError: it must be ASCII."""
    raw = segment.encode("ascii")
    return b"%s%04d%s%04X%s" % (HEAD, len(raw), raw, crc(raw), END)


@dataclass(frozen=True, slots=True)
class Segment:
    """A data segment, read: the fields of its head (QN, ST, CN, …) and the data area between `&&`."""

    head: Mapping[str, str]
    area: str

    @property
    def qn(self) -> str:
        """The number of the exchange; empty where it has none."""
        return self.head.get("QN", "")

    @property
    def cn(self) -> str:
        """The command."""
        return self.head.get("CN", "")

    @property
    def flag(self) -> int:
        """Version, splitting and whether an answer is wanted; 0 where it cannot be read."""
        text = self.head.get("Flag", "")
        return int(text) if text.isascii() and text.isdecimal() else 0

    def fields(self) -> dict[str, str]:
        """Return the data area's fields, `name=value` parted by `;` and `,`."""
        return _fields(self.area)


def read_segment(text: str) -> Segment | None:
    """Return what a data segment says; None if it is none."""
    match = _SEGMENT.fullmatch(text)
    return None if match is None else Segment(_fields(match["head"]), match["area"])


def _fields(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in re.split("[;,]", text) if part)
    return {name: value for name, _, value in pairs}


@dataclass(frozen=True, slots=True)
class Received:
    """One frame as it came; `sound` says whether its CRC is right."""

    text: str
    sound: bool


class Framer:
    """Finds frames in a stream of bytes; what lies between them is skipped and counted."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.skipped_bytes = 0

    def feed(self, received: bytes) -> Iterator[Received]:
        """Take bytes and yield every frame that they complete."""
        self._buffer += received
        while (size := self._to_next_frame()) is not None and len(self._buffer) >= size:
            whole = bytes(self._buffer[:size])
            if whole[-2:] != END:  # the length was no length: look for another beginning
                self._skip(len(HEAD))
                continue
            del self._buffer[:size]
            raw, written = whole[PREFIX_BYTES:-TAIL_BYTES], whole[-TAIL_BYTES:-2]
            yield Received(raw.decode("ascii", "replace"), written.upper() == b"%04X" % crc(raw))

    def _to_next_frame(self) -> int | None:
        """Skip to where a frame begins; return its size in bytes, None while that is not known."""
        while True:
            at = self._buffer.find(HEAD)
            if at < 0:
                self._skip(max(0, len(self._buffer) - 1))  # the last byte may be half of `##`
                return None
            self._skip(at)
            if len(self._buffer) < PREFIX_BYTES:
                return None
            length = bytes(self._buffer[len(HEAD) : PREFIX_BYTES])
            if length.isdigit():
                return PREFIX_BYTES + int(length) + TAIL_BYTES
            self._skip(1)

    def _skip(self, count: int) -> None:
        self.skipped_bytes += count
        del self._buffer[:count]
