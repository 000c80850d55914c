"""Packets that a DTU sends beside the data, taken out of the stream.

A mobile network forgets a connection that stands idle, so a DTU says something
every so often; some put their registration before everything they send. A
packet may come alone, or in one piece with an answer, before or behind it. One
that is too short to be told from data is only taken out where it comes alone.
"""

from collections.abc import Callable, Sequence
from typing import Final

TELLING_BYTES: Final = 4
"""Data that begin or end like a packet of so many bytes are no chance any more (1 in 2**32)."""


class Packets:
    """Takes a connection's packets out of its stream; `on_heard` is called for whatever comes."""

    def __init__(self, packets: Sequence[bytes], on_heard: Callable[[], None] = lambda: None) -> None:
        self._packets = tuple(sorted((p for p in packets if p), key=len, reverse=True))
        self._on_heard = on_heard

    def sent(self, data: bytes) -> None:
        """Nothing is expected back."""

    def received(self, data: bytes) -> bytes:
        """Return what is left of a piece without its packets."""
        self._on_heard()
        if self._is_all_packets(data):
            return b""
        while packet := next((p for p in self._packets if _tells(p) and data.startswith(p)), b""):
            data = data[len(packet) :]
        while packet := next((p for p in self._packets if _tells(p) and data.endswith(p)), b""):
            data = data[: -len(packet)]
        return data

    def _is_all_packets(self, data: bytes) -> bool:
        return any(data == packet * (len(data) // len(packet)) for packet in self._packets)


def _tells(packet: bytes) -> bool:
    return len(packet) >= TELLING_BYTES
