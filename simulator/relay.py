"""The cable of an OPC UA server: its library always answers, so what cuts it must stand before it.

A cable between a caller and a server of this machine, that can be cut: bytes stop, and nothing says so.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from simulator.player import Overlay, Player, follow
from simulator.port import LOOPBACK, HeldPort
from simulator.timeline import Timeline

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


class Cabled:
    """A player (see player.py) of OPC UA at the end of a cable that is cut by `line-cut`."""

    def __init__(self, connection_id: str, player: Player, timeline: Timeline) -> None:
        self._connection_id = connection_id
        self._player = player
        self._timeline = timeline
        self._cable: Relay | None = None

    async def open(self) -> Overlay:
        """Begin to answer; raises OSError."""
        overlay = await self._player.open()
        way = overlay["opcua"]
        assert isinstance(way, Mapping)
        parts = urlsplit(way["endpoint"])
        assert parts.port is not None
        self._cable = Relay(parts.port)
        await self._cable.open()
        endpoint = parts._replace(netloc=f"{LOOPBACK}:{self._cable.port}").geturl()
        return {"opcua": {**way, "endpoint": endpoint}}

    async def run(self) -> None:
        """Play what befalls the server, and the cable."""
        assert self._cable is not None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._player.run())
            await follow(self._timeline, self._connection_id, "line-cut", self._cable)

    async def close(self) -> None:
        """Stop answering."""
        if self._cable is not None:
            await self._cable.close()
        await self._player.close()


def is_cut(connection_id: str, timeline: Timeline) -> bool:
    """Return whether the scenario ever cuts a connection's cable."""
    events = timeline.scenario.events
    return any((event.do, event.id) == ("line-cut", connection_id) for event in events)
