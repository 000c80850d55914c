"""The platform's front door: shut, a black hole, and open again, with a gateway's connections standing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from simulator.bureau.gate import Door, Gate


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    """A gate before a server that says back what it hears."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(100):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    gate = Gate(server.sockets[0].getsockname()[1])
    yield gate
    await gate.close()
    server.close()


async def test_a_gate_begins_shut_and_refuses(gate: Gate) -> None:
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", gate.port)


async def test_an_open_gate_passes_bytes_both_ways(gate: Gate) -> None:
    await gate.set(Door.OPEN)
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.close()


async def test_shutting_resets_who_is_in_and_refuses_who_comes_on_the_same_port_as_before(gate: Gate) -> None:
    await gate.set(Door.OPEN)
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
    writer.write(b"hello")
    await reader.readexactly(5)

    await gate.set(Door.SHUT)
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", gate.port)

    await gate.set(Door.OPEN)
    _, again = await asyncio.open_connection("127.0.0.1", gate.port)
    again.close()
    writer.close()


async def test_a_black_hole_swallows_old_and_new_connections_without_closing_any(gate: Gate) -> None:
    await gate.set(Door.OPEN)
    old_reader, old_writer = await asyncio.open_connection("127.0.0.1", gate.port)
    old_writer.write(b"hello")
    await old_reader.readexactly(5)

    await gate.set(Door.BLACK_HOLE)
    new_reader, new_writer = await asyncio.open_connection("127.0.0.1", gate.port)
    for reader, writer in ((old_reader, old_writer), (new_reader, new_writer)):
        writer.write(b"anyone?" * 10_000)
        await writer.drain()
        with pytest.raises(TimeoutError):  # no answer and no end: only time can tell
            await asyncio.wait_for(reader.read(1), 0.1)

    await gate.set(Door.OPEN)
    for reader, writer in ((old_reader, old_writer), (new_reader, new_writer)):
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        writer.close()
