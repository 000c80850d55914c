"""Overwrites bytes of a stopped agent's store: its header, and the payload of two records."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HEADER_BYTES: Final = 100
PIECE_BYTES: Final = 32  # of a payload, found again in the file as it stands
SHARES: Final = (0.0, 0.9)
"""Which records, of those that nobody is being sent just now: the first, and one of the backlog."""

_QUERY: Final = """
SELECT payload FROM record AS r WHERE lane = 'reading' AND NOT EXISTS (
    SELECT 1 FROM message AS m
    WHERE m.epoch = r.epoch AND m.lane = r.lane AND r.seq BETWEEN m.first AND m.last
        AND m.last - m.first < 2
) ORDER BY epoch, seq
"""
"""A message that loses all its records loses its number, too: that would be another drill. One that covers
hours, as those of a snapshot do, loses a record and goes on."""


def damage(path: Path) -> int:
    """Damage a store; return of how many records the payload is gone. Raises OSError, sqlite3.Error.

    Where there are too few nothing is damaged, and 0 returned.
    """
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        payloads = [payload for (payload,) in db.execute(_QUERY)]
    if len(payloads) < len(SHARES):
        return 0
    content = bytearray(path.read_bytes())
    chosen = [payloads[int(len(payloads) * share)] for share in SHARES]
    for place in [place for payload in chosen for place in _places(content, payload)]:
        content[place : place + PIECE_BYTES] = bytes(PIECE_BYTES)
    content[:HEADER_BYTES] = bytes(HEADER_BYTES)
    path.write_bytes(content)
    return len(chosen)


def _places(content: bytearray, payload: bytes) -> Iterator[int]:
    """Yield where a piece of the payload stands; it may be spread over pages, and have an old copy."""
    for offset in range(0, len(payload) - PIECE_BYTES, PIECE_BYTES):
        place = content.find(payload[offset : offset + PIECE_BYTES])
        if place >= 0:
            while place >= 0:
                yield place
                place = content.find(payload[offset : offset + PIECE_BYTES], place + 1)
            return
