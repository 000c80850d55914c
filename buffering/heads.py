"""Signed heads: a lane's chain value under the device's key, which vouches for all that went before.

The chain proves that nothing was altered up to a value that somebody holds. A
signature says whose value it is: with the key on another machine, or in a
credential that the file's thief does not have, a new and consistent history
cannot be made up. What is signed, to the byte: docs/storage-format.md.

Each head that is signed takes the place of the one before it in the same hour, so
that a lane costs a row an hour at most.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from buffering.record import Lane
from buffering.store import Store

HOUR_NS: Final = 3600 * 10**9
_TEXT: Final = "edge-gateway-agent head 1\n{gateway}\n{epoch}\n{lane}\n{seq}\n{chain}\n{signed_ns}\n"


class Signer(Protocol):
    """Holds an Ed25519 private key."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes by which others verify."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes (RFC 8032). Never raises; runs in the writer's thread."""
        ...


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A lane's chain value up to and with `seq`, and who says so."""

    epoch: int
    lane: Lane
    seq: int
    chain: bytes
    signed_ns: int
    fingerprint: str
    signature: bytes


def fingerprint(public_key: bytes) -> str:
    """Return the name of a key: its SHA-256 in hexadecimal."""
    return hashlib.sha256(public_key).hexdigest()


def text(gateway: str, epoch: int, lane: Lane, seq: int, chain: bytes, signed_ns: int) -> bytes:
    """Return the bytes that are signed."""
    filled = _TEXT.format(
        gateway=gateway, epoch=epoch, lane=lane.value, seq=seq, chain=chain.hex(), signed_ns=signed_ns
    )
    return filled.encode()


def sign_heads(store: Store, gateway: str, epoch: int, signer: Signer, now_ns: int) -> Iterator[SignedHead]:
    """Sign every lane's head that was not signed yet. Raises StoreFailed."""
    name = fingerprint(signer.public_key)
    store.put_key(name, signer.public_key)
    for lane in Lane:
        head, last = store.head(epoch, lane), store.newest_signature(epoch, lane)
        if head is None or (last is not None and (last[0], last[3]) == (head.seq, name)):
            continue
        signature = signer.sign(text(gateway, epoch, lane, head.seq, head.chain, now_ns))
        if last is not None and last[2] // HOUR_NS == now_ns // HOUR_NS:
            store.delete_signature(epoch, lane, last[0])
        signed = SignedHead(epoch, lane, head.seq, head.chain, now_ns, name, signature)
        store.put_signature(epoch, lane, head.seq, (head.chain, now_ns, name, signature))
        yield signed


def newest(store: Store, epoch: int) -> Iterator[SignedHead]:
    """Yield the newest signed head of each lane. Raises StoreFailed."""
    for lane in Lane:
        row = store.newest_signature(epoch, lane)
        if row is not None:
            yield SignedHead(epoch, lane, *row)
