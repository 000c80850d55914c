"""What stands between a transport and pymodbus: every byte of a connection passes here, both ways.

A stream hands on what belongs to Modbus and keeps the rest: the echo of what we
sent ourselves, and the packets that a DTU sends beside the data. It is also where
a connection of any kind is handed to pymodbus, whose own ways of connecting know
no local address, no keep-alive, and no one who dials in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

Make = Callable[[], asyncio.Protocol]
Dial = Callable[[Make], Awaitable[asyncio.Transport]]
"""Makes a connection whose bytes go to the protocol that it is given. Raises OSError."""


class Strip(Protocol):
    """Takes out of a stream what is not Modbus."""

    def sent(self, data: bytes) -> None:
        """Note what goes out."""
        ...

    def received(self, data: bytes) -> bytes:
        """Return what is left of a piece that came in."""
        ...


class Stream(asyncio.Protocol):
    """One connection, as pymodbus sees it."""

    def __init__(self, above: asyncio.BaseProtocol, strips: Sequence[Strip]) -> None:
        self._above: Any = above  # pymodbus's own: it has the methods of a protocol, not the type
        self._strips = tuple(strips)
        self.is_over = False

    def outlet(self, transport: asyncio.Transport) -> asyncio.Transport:
        """Return the transport with an eye on what is sent."""
        return _Outlet(transport, self._strips)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection on."""
        assert isinstance(transport, asyncio.Transport)
        self._above.connection_made(self.outlet(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that it is over; a peer that only closes its half is lost too."""
        self.is_over = True
        self._above.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand on what is Modbus."""
        for strip in self._strips:
            data = strip.received(data)
        if data:
            self._above.data_received(data)


class _Outlet(asyncio.Transport):
    """The transport, with an eye on what is sent."""

    def __init__(self, transport: asyncio.Transport, strips: Sequence[Strip]) -> None:
        super().__init__()
        self._transport = transport
        self._strips = strips

    def write(self, data: bytes | bytearray | memoryview) -> None:
        for strip in self._strips:
            strip.sent(bytes(data))
        self._transport.write(data)

    def close(self) -> None:
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()
