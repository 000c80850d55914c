"""Modbus RTU framing: the check sum, and requests out of a stream of bytes.

Modbus over Serial Line V1.02, sections 2.5.1 and 6.2.2.
"""

from dataclasses import dataclass
from typing import Final

READ_REQUEST_BYTES: Final = 8  # unit id, function code, address, count, CRC
FRAME_MIN: Final = 4  # unit id, function code, CRC
FRAME_MAX: Final = 256

_POLYNOMIAL: Final = 0xA001


def _table_entry(byte: int) -> int:
    crc = byte
    for _ in range(8):
        crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc


_TABLE: Final = tuple(_table_entry(byte) for byte in range(256))


def crc16(data: bytes) -> bytes:
    """Return the check sum in the order it is sent: low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc.to_bytes(2, "little")


def add_crc(body: bytes) -> bytes:
    """Return the frame of unit id and PDU."""
    return body + crc16(body)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    unit_id: int
    pdu: bytes

    @property
    def size(self) -> bytes:
        """What an answer shows of a read: its function and how much was asked for."""
        return self.pdu[:1] + self.pdu[3:]


class RequestReader:
    """Collects bytes until they are a request.

    Reads are told by their length, so that they are answered at once. Anything
    else ends where the line falls silent: whoever feeds the reader then calls `silence`.
    """

    def __init__(self) -> None:
        self._received = b""

    @property
    def is_waiting(self) -> bool:
        """Whether there are bytes that only silence can end."""
        return bool(self._received)

    def feed(self, data: bytes) -> Request | None:
        """Take bytes; return a read request if these complete one."""
        self._received = (self._received + data)[-FRAME_MAX:]
        tail = self._received[-READ_REQUEST_BYTES:]  # what stands before is noise
        if len(tail) < READ_REQUEST_BYTES or not 1 <= tail[1] <= 6:
            return None
        return self._take(tail)

    def silence(self) -> Request | None:
        """Return what the bytes before the silence were, if they were a frame; forget them."""
        frame = self._take(self._received)
        self._received = b""
        return frame

    def _take(self, frame: bytes) -> Request | None:
        if len(frame) < FRAME_MIN or crc16(frame[:-2]) != frame[-2:]:
            return None
        self._received = b""
        return Request(frame[0], frame[1:-2])
