"""Why a connection could not be made, told apart in words, for each kind of uplink over real sockets."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import pytest

from agent.uplinks.ministry import Credentials, MinistryHttp, Way
from agent.uplinks.mqtt.session import Broker
from agent.uplinks.mqtt.uplink import MqttUplink
from agent.uplinks.sm4 import Sm4
from agent.uplinks.source import Source
from agent.uplinks.uplink import Delivered, Kind, Parcel, Unknown, Uplink, Verdict
from drivers.clock import SystemClock
from tests.agent.parts import HandClock
from tests.support.certificates import Authority, server_context

KEY = "0123456789abcdeffedcba9876543210"
STORED = b'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"code":0}'
WELCOME = b"\x20\x03\x00\x00\x00"

Build = Callable[..., Uplink]
Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def ministry(
    host: str, port: int, tls: ssl.SSLContext, *, clock: HandClock | None = None, source: str | None = None
) -> Uplink:
    way = Way(f"https://{host}:{port}/push", tls, 0.5, None, Source.of(source))
    return MinistryHttp(way, Credentials("gw", "secret", Sm4(KEY, KEY)), clock or SystemClock())


def mqtt(
    host: str, port: int, tls: ssl.SSLContext, *, clock: HandClock | None = None, source: str | None = None
) -> Uplink:
    broker = Broker(host, port, "edge", None, None, tls, Source.of(source))
    return MqttUplink(
        broker, clock or SystemClock(), topic="edge/{plant}/{lane}", plant="P", timeout_s=0.5, window=1
    )


BOTH = pytest.mark.parametrize("build", [ministry, mqtt])


async def send(uplink: Uplink) -> Verdict:
    try:
        return await uplink.send(Parcel(uuid4(), Kind.READING, "reading", b"{}"))
    finally:
        await uplink.close()


async def words_of(uplink: Uplink) -> tuple[str, str]:
    verdict = await send(uplink)
    assert isinstance(verdict, Unknown), verdict
    return verdict.reason.en, verdict.reason.zh


async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take whatever comes, until the other end has had enough."""
    try:
        while await reader.read(4096):
            pass
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def serving(
    tls: ssl.SSLContext | None,
    handle: Handle = quiet,
) -> AsyncIterator[int]:
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def shake_hands_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Shake hands as servers in C do: asyncio's own ends the connection before it says why."""
    plain, _ = listener.accept()
    with suppress(ssl.SSLError), context.wrap_socket(plain, server_side=True):
        pass


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.file))


@BOTH
async def test_an_expired_certificate_is_told_and_the_clock_is_to_be_checked_first(
    tmp_path: Path, build: Build
) -> None:
    authority = Authority(tmp_path)
    issued = authority.issue(begin=-5, days=2)
    async with serving(server_context(issued)) as port:
        en, zh = await words_of(build("127.0.0.1", port, trusting(authority), clock=HandClock()))
    assert "has expired" in en
    assert "已过期" in zh
    assert en.index("this machine's clock") < en.index("must renew")
    assert "2026-09-21 14:13 UTC, synchronised" in en


@BOTH
async def test_a_clock_that_is_not_synchronised_is_to_be_set_first(tmp_path: Path, build: Build) -> None:
    class Drifting(HandClock):
        def synchronised(self) -> bool:
            return False

    authority = Authority(tmp_path)
    async with serving(server_context(authority.issue(begin=3))) as port:
        en, zh = await words_of(build("127.0.0.1", port, trusting(authority), clock=Drifting()))
    assert "not valid yet" in en
    assert "set this machine's clock first" in en
    assert "未同步，请校时" in zh


@BOTH
async def test_a_certificate_of_another_host_is_told(tmp_path: Path, build: Build) -> None:
    authority = Authority(tmp_path)
    async with serving(server_context(authority.issue("elsewhere.example"))) as port:
        en, zh = await words_of(build("127.0.0.1", port, trusting(authority)))
    assert "belongs to another host" in en
    assert "别的主机" in zh


@BOTH
async def test_a_certificate_by_an_unknown_authority_asks_for_its_file(tmp_path: Path, build: Build) -> None:
    ours, theirs = Authority(tmp_path), Authority(tmp_path, "Their CA")
    async with serving(server_context(theirs.issue())) as port:
        en, zh = await words_of(build("127.0.0.1", port, trusting(ours)))
    assert "authority that is not known here" in en
    assert "tls.ca" in zh


@BOTH
async def test_a_platform_that_wants_our_certificate_is_told(tmp_path: Path, build: Build) -> None:
    authority = Authority(tmp_path)
    context = server_context(authority.issue(), clients=authority)
    # Under TLS 1.3 the complaint comes after the handshake, and a reset can overtake it.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refusing = asyncio.ensure_future(asyncio.to_thread(shake_hands_once, listener, context))
        en, _ = await words_of(build("127.0.0.1", listener.getsockname()[1], trusting(authority)))
        await refusing
    assert "does not accept this gateway's certificate" in en
    assert "tls.certificate" in en


async def test_our_certificate_is_shown_where_there_is_one(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours = authority.issue("gateway")
    shown: list[object] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        shown.append(writer.get_extra_info("peercert"))
        writer.write(STORED)
        await quiet(reader, writer)

    context = trusting(authority)
    context.load_cert_chain(ours.certificate, ours.key)
    async with serving(server_context(authority.issue(), clients=authority), take) as port:
        assert await send(ministry("127.0.0.1", port, context)) == Delivered()
    assert "gateway" in str(shown)


async def a_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(64)
    writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/html\r\n\r\n<html>login</html>")
    await quiet(reader, writer)


async def good_bye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)
    writer.close()


async def a_reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(64)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@BOTH
@pytest.mark.parametrize(
    ("plain", "en_word", "zh_word"),
    [
        (a_page, "does not speak TLS", "不是 TLS"),
        (good_bye, "ends it at once", "握手未完成就被断开"),
        (a_reset, "ends it at once", "握手未完成就被断开"),
        (quiet, "does not answer our TLS handshake", "对 TLS 握手没有应答"),
    ],
)
async def test_tls_on_a_port_without_it_is_told_with_what_to_write(
    build: Build, plain: Handle, en_word: str, zh_word: str
) -> None:
    """Nothing is wrong with cable, route, DNS, clock or certificate; each would send somebody astray."""
    async with serving(None, plain) as port:
        en, zh = await words_of(build("127.0.0.1", port, ssl.create_default_context()))
    assert en_word in en
    assert zh_word in zh
    assert "url begins with http://" in en
    assert "去掉 tls" in zh
    assert not [word for word in ("cable", "DNS", "clock", "files under tls") if word in en]


async def test_https_to_a_web_server_without_tls_says_so() -> None:
    class Quiet(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Quiet) as server:
        serving_ = asyncio.ensure_future(asyncio.to_thread(server.serve_forever, 0.05))
        en, _ = await words_of(ministry("127.0.0.1", server.server_port, ssl.create_default_context()))
        server.shutdown()
        await serving_
    assert "does not speak TLS" in en


@BOTH
async def test_a_name_that_cannot_be_resolved_points_at_dns(build: Build) -> None:
    en, zh = await words_of(build("no-such-platform.invalid", 443, ssl.create_default_context()))
    assert "cannot be resolved" in en
    assert "DNS" in zh


@BOTH
async def test_nobody_listens(build: Build) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    en, _ = await words_of(build("127.0.0.1", port, ssl.create_default_context()))
    assert "refuses the connection" in en


@BOTH
async def test_a_host_that_does_not_pick_up_is_unreachable(build: Build) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            en, _ = await words_of(build("127.0.0.1", port, ssl.create_default_context()))
    assert "cannot be reached" in en


@BOTH
@pytest.mark.parametrize("source", ["192.0.2.7", "no-such-if0"])
async def test_a_source_that_this_machine_lacks_is_told(build: Build, source: str) -> None:
    async with serving(None) as port:
        en, zh = await words_of(build("127.0.0.1", port, ssl.create_default_context(), source=source))
    assert "under source" in en
    assert "source" in zh


@pytest.mark.parametrize(
    ("source", "seen"), [("127.0.0.9", "127.0.0.9"), ("lo", "127.0.0.1"), (None, "127.0.0.1")]
)
async def test_a_connection_starts_where_it_is_told_to(tmp_path: Path, source: str | None, seen: str) -> None:
    authority, callers = Authority(tmp_path), []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer.get_extra_info("peername")[0])
        await reader.readuntil(b"}")
        writer.write(STORED)
        await quiet(reader, writer)

    async with serving(server_context(authority.issue()), take) as port:
        assert await send(ministry("127.0.0.1", port, trusting(authority), source=source)) == Delivered()
    assert callers == [seen]
