"""A Modbus TCP server with several units behind it, able to be silent, late, wrong and away.

A protocol of our own, because a well-behaved server library always answers. A
line that is cut cannot be had on loopback to the letter: connecting still works,
but every request is swallowed.
"""

import asyncio
import socket
import struct
from functools import partial
from typing import Final

from simulator.exchange import Exchange
from simulator.player import Overlay, follow
from simulator.port import LOOPBACK, HeldPort
from simulator.served import Outcome
from simulator.station import Reply
from simulator.timeline import Timeline

_HEADER: Final = struct.Struct(">HHHB")  # transaction id, protocol 0, bytes that follow, unit id
_LENGTH_MIN: Final = 2  # unit id and function code
_LENGTH_MAX: Final = 254
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # linger on, for 0 s


class TcpPlayer:
    """Serves one connection's station on a free loopback port."""

    def __init__(self, connection_id: str, exchange: Exchange, timeline: Timeline) -> None:
        self._connection_id = connection_id
        self._exchange = exchange
        self._timeline = timeline
        self._port = HeldPort()
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.Transport] = set()

    async def open(self) -> Overlay:
        """Listen; raises OSError."""
        await self.up()
        return {"modbus-tcp": {"host": LOOPBACK, "port": self._port.number}}

    async def run(self) -> None:
        """Play reboots."""
        await follow(self._timeline, self._connection_id, "reboot", self)

    async def close(self) -> None:
        """Stop listening, and reset every connection."""
        await self.down()
        self._port.close()

    async def down(self) -> None:
        """Refuse and reset connections."""
        self._exchange.close()
        if self._server is not None:
            self._server.close()
            self._server = None
        for peer in tuple(self._peers):
            reset(peer)
        await asyncio.sleep(0)  # aborted transports close their sockets in the next turn

    async def up(self) -> None:
        """Listen, on the same port as ever."""
        if self._server is None:
            make_peer = partial(_Peer, self._exchange, self._peers)
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(make_peer, sock=self._port.listen())


class _Peer(asyncio.Protocol):
    """One client's connection: cuts the stream into requests."""

    def __init__(self, exchange: Exchange, peers: set[asyncio.Transport]) -> None:
        self._exchange = exchange
        self._peers = peers
        self._transport: asyncio.Transport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._peers.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._peers.discard(self._transport)

    def data_received(self, data: bytes) -> None:
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
        if self._transport is None or self._transport.is_closing():
            return Outcome.SILENT
        assert reply.pdu is not None
        if reply.is_garbled:
            transaction ^= 0xFFFF  # an answer to nobody's question
        self._transport.write(_HEADER.pack(transaction, 0, len(reply.pdu) + 1, unit_id) + reply.pdu)
        return reply.response.outcome


def reset(transport: asyncio.Transport) -> None:
    """End a connection as a host does that knows nothing of it: with RST, not with a farewell."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
