"""The check sum of Modbus RTU (Modbus over Serial Line V1.02, section 6.2.2)."""

from typing import Final

_POLYNOMIAL: Final = 0xA001


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE: Final = tuple(_entry(byte) for byte in range(256))


def crc16(data: bytes) -> bytes:
    """Return the check sum as it is sent, low byte first."""
    return _remainder(data).to_bytes(2, "little")


def holds(frame: bytes) -> bool:
    """Return whether a frame ends in its own check sum."""
    return _remainder(frame) == 0  # a sum that is carried along comes to nothing


def _remainder(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc
