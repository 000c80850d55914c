"""Whether a value beside the log is what was written: SQLite's own check sees no byte that has changed."""

import zlib


def seal(key: str, value: bytes) -> int:
    """Return the checksum that is stored with a value: CRC-32 over the key, a zero byte and the value."""
    return zlib.crc32(key.encode() + b"\0" + value)


def is_sound(key: str, value: bytes, crc: int | None) -> bool:
    """Whether a value fits its checksum; one that was written before format 3 has none."""
    return crc is None or crc == seal(key, value)
