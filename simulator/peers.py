"""The device's end of a TCP connection: what it makes of the bytes that come, and how it says farewell."""

import asyncio
import socket
import struct
from collections.abc import Callable
from functools import partial
from typing import Final

from simulator.exchange import Exchange
from simulator.rtu_stream import RtuStream
from simulator.served import Outcome
from simulator.station import Reply

_HEADER: Final = struct.Struct(">HHHB")  # transaction id, protocol 0, bytes that follow, unit id
_LENGTH_MIN: Final = 2  # unit id and function code
_LENGTH_MAX: Final = 254
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # linger on, for 0 s


class Peer(asyncio.Protocol):
    """One connection of a device; `peers` holds those that are open."""

    def __init__(self, exchange: Exchange, peers: set[asyncio.Transport], *, hangs_up: bool = False) -> None:
        self._exchange = exchange
        self._peers = peers
        self._hangs_up = hangs_up  # after each answer
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it for as long as it is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._peers.add(transport)
        if "half-close" in self._exchange.line_faults():
            transport.write_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._transport is not None:
            self._peers.discard(self._transport)

    def _say(self, data: bytes) -> Outcome | None:
        if self._transport is None or self._transport.is_closing():
            return Outcome.SILENT
        self._transport.write(data)
        return None

    def _answered(self) -> None:
        if self._hangs_up and self._transport is not None:
            self._transport.close()


class TcpPeer(Peer):
    """Speaks Modbus TCP. Without `transaction_ids` every answer has 0, as some gateways give it."""

    def __init__(
        self,
        exchange: Exchange,
        peers: set[asyncio.Transport],
        *,
        hangs_up: bool = False,
        transaction_ids: bool = True,
    ) -> None:
        super().__init__(exchange, peers, hangs_up=hangs_up)
        self._transaction_ids = transaction_ids
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Cut the stream into requests."""
        self._received += data
        while len(self._received) >= _HEADER.size:
            transaction, protocol, length, unit_id = _HEADER.unpack_from(self._received)
            if protocol != 0 or not _LENGTH_MIN <= length <= _LENGTH_MAX:
                if self._transport is not None:
                    reset(self._transport)  # no Modbus: from here on no frame could be found again
                return
            end = _HEADER.size - 1 + length
            if len(self._received) < end:
                return
            request, self._received = self._received[_HEADER.size : end], self._received[end:]
            self._exchange.handle(unit_id, request, partial(self._send, transaction, unit_id))

    def _send(self, transaction: int, unit_id: int, reply: Reply) -> Outcome:
        assert reply.pdu is not None
        has_ids = self._transaction_ids and "constant-id" not in self._exchange.line_faults()
        transaction = transaction if has_ids else 0
        if reply.is_garbled:
            transaction ^= 0xFFFF  # an answer to nobody's question
            unit_id = unit_id if has_ids else unit_id ^ 0xFF
        outcome = self._say(_HEADER.pack(transaction, 0, len(reply.pdu) + 1, unit_id) + reply.pdu)
        self._answered()
        return outcome or reply.response.outcome


class RtuPeer(Peer):
    """Carries the bytes of a serial line."""

    def __init__(
        self,
        exchange: Exchange,
        peers: set[asyncio.Transport],
        *,
        hangs_up: bool = False,
        echoes: bool = False,
        greeting: Callable[[asyncio.Transport], None] | None = None,
    ) -> None:
        super().__init__(exchange, peers, hangs_up=hangs_up)
        self._echoes = echoes
        self._greeting = greeting
        self._stream = RtuStream(exchange, self._say, answered=self._answered)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who it is, where that is asked for; before the farewell of a line that is half closed."""
        assert isinstance(transport, asyncio.Transport)
        if self._greeting is not None:
            self._greeting(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stream.close()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand what came to the line."""
        if self._echoes and self._transport is not None:
            self._transport.write(data)
        self._stream.received(data)


class HalfClose:
    """Says farewell on every connection, and goes on listening, for as long as it is down."""

    def __init__(self, peers: set[asyncio.Transport]) -> None:
        self._peers = peers

    async def down(self) -> None:
        """Send the end of our half; twice is as once."""
        for peer in self._peers:
            if not peer.is_closing():
                peer.write_eof()

    async def up(self) -> None:
        """Nothing comes back on a connection that was half closed."""


def reset(transport: asyncio.Transport) -> None:
    """End a connection as a host does that knows nothing of it: with RST, not with a farewell."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
