"""The platform's front door: a relay on a port of its own that can be open, shut or a black hole.

Open, it passes bytes both ways to the server behind it. Shut, a connection is
refused and those that stood are reset. As a black hole it accepts connections
and takes bytes, passes nothing and answers nothing, with all sockets open: to
the sender everything looks well.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Final

from simulator.port import LOOPBACK, HeldPort

_CHUNK_BYTES: Final = 1 << 20
"""With less, asyncio stops and starts reading within a message, which costs 20 ms on loopback."""


class Door(StrEnum):
    """What a gate does with who comes."""

    SHUT = "shut"
    OPEN = "open"
    BLACK_HOLE = "black-hole"


class Gate:
    """A relay from a free loopback port to `behind`; shut until told otherwise."""

    def __init__(self, behind: int) -> None:
        """Reserve a free port in front of the loopback port `behind`; raises OSError."""
        self._behind = behind
        self._held = HeldPort()
        self.door = Door.SHUT
        self._server: asyncio.Server | None = None
        self._visits: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    @property
    def port(self) -> int:
        """The port that a gateway connects to; the same through every change of the door."""
        return self._held.number

    async def set(self, door: Door) -> None:
        """Change the door. Connections that stood are reset, unless they are to be swallowed."""
        if door is self.door:
            return
        before, self.door = self.door, door
        if door is not Door.BLACK_HOLE:
            self._reset_visitors()
        if door is Door.SHUT:
            self._stop_listening()
        elif before is Door.SHUT:
            listener = self._held.listen()
            self._server = await asyncio.start_server(self._visit, sock=listener, limit=_CHUNK_BYTES)

    async def close(self) -> None:
        """Shut for good and give the port back."""
        await self.set(Door.SHUT)
        if self._visits:
            await asyncio.wait(self._visits.values())
        self._held.close()

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _reset_visitors(self) -> None:
        for visitor in self._visits:
            _reset(visitor)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits[writer] = task
        try:
            async with _closing(writer):
                await self._receive(reader, writer)
        finally:
            del self._visits[writer]

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.door is Door.BLACK_HOLE:
            await self._pass_on(reader, None)
            return
        try:
            inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, self._behind)
        except OSError:  # nobody behind the door
            _reset(writer)
            return
        async with _closing(inner_writer):
            there = asyncio.create_task(self._pass_on(reader, inner_writer), name=f"gate[{self.port}].there")
            back = asyncio.create_task(self._pass_on(inner_reader, writer), name=f"gate[{self.port}].back")
            # Neither protocol uses a half-closed connection: one end gone means both are.
            _, unfinished = await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            for task in unfinished:
                task.cancel()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
        """Pass bytes on until an end is gone; a reset on one side becomes a reset on the other."""
        try:
            while chunk := await reader.read(_CHUNK_BYTES):
                if writer is not None and self.door is Door.OPEN:
                    writer.write(chunk)
                    await writer.drain()
        except OSError:
            if writer is not None:
                _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST; what was on its way in either direction is dropped."""
    if not writer.transport.is_closing():
        linger_not_at_all = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not_at_all)
        writer.transport.abort()


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):  # a reset while closing is an end like any other
            await writer.wait_closed()
