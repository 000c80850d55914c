"""An HTTP proxy on the way: one that tunnels, one that wants a login, one that answers for the platform."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from agent.uplinks.ministry import Credentials, HttpProxy, MinistryHttp, Way
from agent.uplinks.sm4 import Sm4
from agent.uplinks.uplink import Delivered, Kind, Parcel, Unknown, Verdict
from drivers.clock import SystemClock
from tests.support.certificates import Authority, server_context

KEY = "0123456789abcdeffedcba9876543210"
STORED = b'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"code":0}'
PAGE = b"<html>please log in</html>"


class Proxy:
    """Follows an order: `tunnel`, or bytes to answer with."""

    def __init__(self, order: bytes | None = None) -> None:
        self.order = order
        self.heads: list[str] = []
        self.port = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if self.order is not None:
                writer.write(self.order)
                await reader.read(4096)
                return
            host, _, port = head.split()[1].partition(":")
            there_reader, there = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pass_on(reader, there))
                tasks.create_task(_pass_on(there_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(4096):
            writer.write(chunk)
    except OSError:
        pass
    finally:
        writer.close()


async def store(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be a platform that takes one message."""
    try:
        await reader.readuntil(b"}")
        writer.write(STORED)
        await reader.read()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def listening(proxy: Proxy) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()


async def send(url: str, tls: ssl.SSLContext, proxy: HttpProxy | None) -> Verdict:
    uplink = MinistryHttp(Way(url, tls, 1.0, proxy), Credentials("gw", "s", Sm4(KEY, KEY)), SystemClock())
    try:
        return await uplink.send(Parcel(uuid4(), Kind.READING, "reading", b"{}"))
    finally:
        await uplink.close()


async def reason(proxy: Proxy, *, url: str = "https://platform.invalid/push") -> str:
    verdict = await send(url, ssl.create_default_context(), HttpProxy(f"http://127.0.0.1:{proxy.port}"))
    assert isinstance(verdict, Unknown)
    return verdict.reason.en


async def test_a_message_goes_through_a_proxy_that_wants_a_password(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server = await asyncio.start_server(store, "127.0.0.1", 0, ssl=server_context(authority.issue()))
    port = server.sockets[0].getsockname()[1]
    async with listening(Proxy()) as proxy:
        through = HttpProxy(f"http://127.0.0.1:{proxy.port}", ("user", "pass"))
        trust = ssl.create_default_context(cafile=str(authority.file))
        assert await send(f"https://127.0.0.1:{port}/push", trust, through) == Delivered()
    server.close()
    [head] = proxy.heads
    assert head.startswith(f"CONNECT 127.0.0.1:{port} ")
    assert base64.b64encode(b"user:pass").decode() in head
    assert "appsecret" not in head.lower()


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_a_proxy_that_does_not_let_us_through_is_named(status: str) -> None:
    order = f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {len(PAGE)}\r\n\r\n".encode()
    async with listening(Proxy(order + PAGE)) as proxy:
        en = await reason(proxy)
    assert f"the proxy http://127.0.0.1:{proxy.port}" in en
    assert status in en
    assert "under proxy" in en


async def test_a_login_page_in_place_of_a_tunnel_is_told() -> None:
    async with listening(Proxy(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE)) as proxy:
        en = await reason(proxy)
    assert "ends it at once" in en
    assert "a proxy or a login page" in en


async def test_a_login_page_in_place_of_the_platforms_answer_is_told() -> None:
    order = f"HTTP/1.1 200 OK\r\ncontent-length: {len(PAGE)}\r\n\r\n".encode() + PAGE
    async with listening(Proxy(order)) as proxy:
        en = await reason(proxy, url="http://platform.invalid/push")
    assert "came through the proxy" in en
    assert "<html>" in en
    assert "check proxy and url" in en


async def test_a_proxy_that_is_away_is_named_and_not_the_platform() -> None:
    async with listening(Proxy()) as proxy:
        pass
    en = await reason(proxy)
    assert f"127.0.0.1:{proxy.port} refuses the connection" in en


async def test_a_proxy_of_the_shell_reroutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = await asyncio.start_server(store, "127.0.0.1", 0)
    async with listening(Proxy()) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/push"
        assert await send(url, ssl.create_default_context(), None) == Delivered()
    server.close()
    assert proxy.heads == []
