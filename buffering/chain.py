"""The header chain: one hash per record that vouches for everything before it in its lane.

    chain(0)   = SHA-256 of the genesis text: gateway, epoch and lane
    chain(seq) = SHA-256(header(seq) ‖ chain(seq - 1))

The header holds the SHA-256 of the payload, not the payload: a chain can be
checked without the payloads, and goes on holding after old payloads were
pruned. Whoever holds one chain value from elsewhere can tell whether anything
up to it was altered, removed, added or put in another order. Byte layout, and
how a third party checks it: docs/storage-format.md.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from buffering.record import Lane

# Big-endian: epoch, lane (ASCII, zero-padded), seq, first_ns, last_ns, count, uid, SHA-256 of the payload.
_HEADER: Final = struct.Struct(">Q8sQqqQ16s32s")
_GENESIS: Final = "edge-gateway-agent outbox 1\n{gateway}\n{epoch}\n{lane}\n"


@dataclass(frozen=True, slots=True)
class Header:
    """What the chain covers of one record."""

    epoch: int
    lane: Lane
    seq: int
    first_ns: int
    last_ns: int
    count: int
    uid: UUID
    payload_sha256: bytes

    def pack(self) -> bytes:
        """Return the 96 bytes that are hashed. Their layout can never change within an epoch."""
        return _HEADER.pack(
            self.epoch,
            self.lane.value.encode("ascii"),
            self.seq,
            self.first_ns,
            self.last_ns,
            self.count,
            self.uid.bytes,
            self.payload_sha256,
        )


def genesis(gateway: str, epoch: int, lane: Lane) -> bytes:
    """Return chain(0): it ties a lane to its gateway, so that no other's records pass for its own."""
    text = _GENESIS.format(gateway=gateway, epoch=epoch, lane=lane.value)
    return hashlib.sha256(text.encode()).digest()


def link(header: Header, previous: bytes) -> bytes:
    """Return the chain value of the record with `header`, which follows `previous`."""
    return hashlib.sha256(header.pack() + previous).digest()


def first_break(records: Iterable[tuple[Header, bytes]], anchor: bytes) -> int | None:
    """Return the first seq whose stored chain value does not follow from those before it.

    `records` are headers with their stored chain value, in order and without
    gaps; `anchor` is the chain value of the record before the first of them
    (`genesis` for seq 1). None means that the chain holds.
    """
    previous = anchor
    for header, stored in records:
        if link(header, previous) != stored:
            return header.seq
        previous = stored
    return None
