"""Stands between the agent and simulated devices, and keeps every byte that the agent sends.

Each connection's overlay is rewritten so that the agent reaches a recorder, and
the recorder the device. A recorder understands nothing; it only hands on.
"""

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import serial
import yaml

from simulator.port import LOOPBACK
from tests.drivers.conftest import free_port

READ: Final = 1 << 16

Way = Mapping[str, Any]


@dataclass
class Sent:
    """What the agent sent on one connection of the plant: a piece per TCP connection or open port."""

    pieces: list[bytearray] = field(default_factory=list)
    ports: set[int] = field(default_factory=set)  # at which the agent may be met, or may call

    def begin(self) -> bytearray:
        self.pieces.append(bytearray())
        return self.pieces[-1]


@asynccontextmanager
async def recorded(
    connections: Mapping[str, Mapping[str, Way]], overlay: Path
) -> AsyncIterator[dict[str, Sent]]:
    """Put a recorder before each connection, and write the overlay that leads to them."""
    kept = {connection_id: Sent() for connection_id in connections}
    ways: dict[str, dict[str, Way]] = {}
    async with AsyncExitStack() as closing:
        for connection_id, way in connections.items():
            [(kind, settings)] = way.items()
            recorder = _RECORDERS[kind](settings, kept[connection_id])
            ways[connection_id] = {kind: await closing.enter_async_context(recorder)}
        overlay.write_text(yaml.safe_dump({"connections": ways}), encoding="utf-8")
        yield kept


@asynccontextmanager
async def _to_a_server(settings: Way, sent: Sent) -> AsyncIterator[Way]:
    async with _relay(0, settings["port"], sent, agent_calls=True) as port:
        yield {**settings, "port": port}


@asynccontextmanager
async def _from_a_dtu(settings: Way, sent: Sent) -> AsyncIterator[Way]:
    """The device calls; the agent is told to listen elsewhere."""
    port = free_port()
    sent.ports.add(port)
    called = int(settings["listen"].rpartition(":")[2])
    async with _relay(called, port, sent, agent_calls=False):
        yield {"listen": f"{LOOPBACK}:{port}"}


@asynccontextmanager
async def _to_opcua(settings: Way, sent: Sent) -> AsyncIterator[Way]:
    head, _, tail = settings["endpoint"].rpartition(":")
    number, _, path = tail.partition("/")
    async with _relay(0, int(number), sent, agent_calls=True) as port:
        yield {"endpoint": f"{head}:{port}/{path}"}


@asynccontextmanager
async def _relay(port: int, onward: int, sent: Sent, *, agent_calls: bool) -> AsyncIterator[int]:
    """Hand on between whoever calls `port` and `onward`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, onward)
        except OSError:
            writer.transport.abort()
            return
        kept = sent.begin()
        there = asyncio.create_task(_hand_on(reader, far_writer, kept if agent_calls else None))
        back = asyncio.create_task(_hand_on(far_reader, writer, None if agent_calls else kept))
        try:
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (there, back):
                task.cancel()
            for end in (writer, far_writer):
                end.transport.abort()

    tasks: set[asyncio.Task[None]] = set()

    def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(called, LOOPBACK, port)
    number = server.sockets[0].getsockname()[1]
    if agent_calls:
        sent.ports.add(number)
    try:
        yield number
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _hand_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray | None
) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(READ):
            if kept is not None:
                kept.extend(data)
            writer.write(data)


@asynccontextmanager
async def _on_a_line(settings: Way, sent: Sent) -> AsyncIterator[Way]:
    """A pty of our own before the simulated port, which we open as the plant file says."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    kept = sent.begin()
    loop = asyncio.get_running_loop()
    with serial.Serial(settings["port"], baudrate=BAUDRATE, timeout=0) as line:

        def from_agent() -> None:
            with suppress(OSError):
                data = os.read(master, READ)
                kept.extend(data)
                line.write(data)

        def from_line() -> None:
            with suppress(OSError):
                os.write(master, line.read(READ))

        loop.add_reader(master, from_agent)
        loop.add_reader(line.fileno(), from_line)
        try:
            yield {"port": os.ttyname(slave)}
        finally:
            loop.remove_reader(master)
            loop.remove_reader(line.fileno())
            os.close(master)
            os.close(slave)


BAUDRATE: Final = 19200
"""Of the line in tests/fixtures/plants/lines.yaml."""

_RECORDERS: Final[Mapping[str, Callable[[Way, Sent], AbstractAsyncContextManager[Way]]]] = {
    "modbus-tcp": _to_a_server,
    "modbus-rtu-tcp": _to_a_server,
    "modbus-dtu": _from_a_dtu,
    "modbus-rtu": _on_a_line,
    "opcua": _to_opcua,
}
