"""A cable between a caller and a server of this machine, that can be cut: bytes stop, and nothing says so."""

import asyncio
from contextlib import suppress
from typing import Final

from simulator.port import LOOPBACK, HeldPort

_READ: Final = 1 << 16


class Relay:
    """Hands on between `port` and a server; what is sent while it is cut arrives when it is mended."""

    def __init__(self, onward: int) -> None:
        self._onward = onward
        self._held = HeldPort()
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where callers find the server."""
        return self._held.number

    async def open(self) -> None:
        """Listen; raises OSError."""
        self._server = await asyncio.start_server(self._called, sock=self._held.listen())

    async def close(self) -> None:
        """Cut every connection for good."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in tuple(self._ends):
            end.cancel()
        await asyncio.gather(*self._ends, return_exceptions=True)
        self._held.close()

    async def down(self) -> None:
        """Be cut: connecting still works, but no byte gets through."""
        self._whole.clear()

    async def up(self) -> None:
        """Be mended."""
        self._whole.set()

    def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._onward)
        except OSError:
            writer.transport.abort()
            return
        ways = {
            asyncio.create_task(self._hand_on(reader, far_writer)),
            asyncio.create_task(self._hand_on(far_reader, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.transport.abort()
            far_writer.transport.abort()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_READ):
                await self._whole.wait()
                writer.write(data)
