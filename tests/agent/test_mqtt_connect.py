"""Connecting to a broker that does not go along: nothing is left behind, neither socket nor thread.

Method: a peer on a real socket that stays silent, or refuses, at each stage of a
connect. Afterwards the peer has seen the end of the connection, and this process
holds the sockets and threads that it held before.
"""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from agent.uplinks.mqtt.session import Broker
from agent.uplinks.mqtt.uplink import MqttUplink
from agent.uplinks.uplink import Kind, Parcel, Unauthorised, Unknown, Verdict
from drivers.clock import SystemClock

CONNACK_REFUSED = b"\x20\x03\x00\x87\x00"  # MQTT 5: not authorised
CONNACK_WELCOME = b"\x20\x03\x00\x00\x00"


class Peer:
    """Takes one connection, answers the first bytes with `answer`, and listens no further if `deaf`."""

    def __init__(self, answer: bytes = b"", *, deaf: bool = False) -> None:
        self.port = 0
        self.heard = asyncio.Event()
        self.ended = asyncio.Event()
        self._answer = answer
        self._deaf = deaf
        self.listens_again = asyncio.Event()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(4096)
            self.heard.set()
            writer.write(self._answer)
            if self._deaf:
                writer.transport.pause_reading()  # type: ignore[attr-defined]
                await self.listens_again.wait()
                writer.transport.resume_reading()  # type: ignore[attr-defined]
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        finally:
            self.ended.set()
            writer.close()


@asynccontextmanager
async def listening(peer: Peer) -> AsyncIterator[Peer]:
    server = await asyncio.start_server(peer.take, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        await server.wait_closed()


def uplink(port: int, *, tls: ssl.SSLContext | None = None, timeout_s: float = 0.2) -> MqttUplink:
    broker = Broker("127.0.0.1", port, "edge", None, None, tls)
    return MqttUplink(
        broker, SystemClock(), topic="edge/{plant}/{lane}", plant="P", timeout_s=timeout_s, window=20
    )


async def send(to: MqttUplink, body: bytes = b"{}") -> Verdict:
    return await to.send(Parcel(uuid4(), Kind.READING, "reading", body))


def sockets() -> set[str]:
    """Return the sockets that this process holds."""
    return {target for target in map(_target, Path("/proc/self/fd").iterdir()) if target[:6] == "socket"}


def _target(descriptor: Path) -> str:
    try:
        return os.readlink(descriptor)  # noqa: PTH115 – the text, whatever it names
    except FileNotFoundError:  # the one that lists the folder
        return ""


@asynccontextmanager
async def nothing_left_behind() -> AsyncIterator[None]:
    """Hold sockets and threads afterwards against before; the loop's one resolver thread must be free."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    await loop.getaddrinfo("127.0.0.1", 0)
    before = sockets(), set(threading.enumerate())
    yield
    async with asyncio.timeout(0.5):
        await loop.getaddrinfo("127.0.0.1", 0)
    assert (sockets(), set(threading.enumerate())) == before


@pytest.mark.parametrize("tls", [False, True], ids=["mqtt", "tls"])
async def test_a_broker_that_never_answers_is_given_up_and_let_go(tls: bool) -> None:
    async with listening(Peer()) as peer:
        to = uplink(peer.port, tls=ssl.create_default_context() if tls else None)
        verdict = await send(to)
        assert isinstance(verdict, Unknown)
        await peer.ended.wait()


@pytest.mark.parametrize("tls", [False, True], ids=["mqtt", "tls"])
async def test_a_connect_that_is_cancelled_is_let_go_at_once(tls: bool) -> None:
    async with listening(Peer()) as peer:
        async with nothing_left_behind():
            to = uplink(peer.port, tls=ssl.create_default_context() if tls else None, timeout_s=30)
            sending = asyncio.create_task(send(to))
            await peer.heard.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await peer.ended.wait()
            await asyncio.sleep(0)  # the peer's own end
        await to.close()


async def test_a_connect_to_a_host_that_does_not_pick_up_is_let_go_when_it_is_cancelled() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            async with nothing_left_behind():
                to = uplink(port, timeout_s=0.1)
                assert isinstance(await send(to), Unknown)


async def test_a_refusal_is_told_and_let_go() -> None:
    async with listening(Peer(CONNACK_REFUSED)) as peer:
        verdict = await send(uplink(peer.port))
        assert isinstance(verdict, Unauthorised)
        assert "Not authorized" in verdict.reason.en
        await peer.ended.wait()


async def test_nothing_listens_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with nothing_left_behind():
        verdict = await send(uplink(port))
    assert isinstance(verdict, Unknown)
    assert "refuses the connection" in verdict.reason.en


async def test_a_broker_that_stops_reading_is_let_go_though_the_goodbye_does_not_fit_in_any_more() -> None:
    async with listening(Peer(CONNACK_WELCOME, deaf=True)) as peer:
        to = uplink(peer.port)
        verdicts = await asyncio.gather(*(send(to, bytes(1_000_000)) for _ in range(12)))
        assert all(isinstance(verdict, Unknown) for verdict in verdicts)
        peer.listens_again.set()
        await peer.ended.wait()
