"""A platform that hangs up on connections that are idle, as most do in time: no attempt is lost to it.

Method: the platform answers one request and closes, without having said that it would. The next
message must be delivered at the first attempt, on a connection made anew.
"""

import asyncio
import ssl
from pathlib import Path
from uuid import uuid4

import pytest

from agent.uplinks.ministry import Credentials, MinistryHttp, Way
from agent.uplinks.sm4 import Sm4
from agent.uplinks.uplink import Delivered, Kind, Parcel
from drivers.clock import SystemClock
from tests.support.certificates import Authority, server_context

KEY = "0123456789abcdeffedcba9876543210"
STORED = b'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"code":0}'


class HangsUp:
    """Answers once per connection."""

    def __init__(self) -> None:
        self.connections = 0
        self.gone = asyncio.Event()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.readuntil(b'"}')
        writer.write(STORED)
        await writer.drain()
        writer.transport.abort()  # without waiting for TLS to say goodbye
        await writer.wait_closed()
        self.gone.set()


@pytest.mark.parametrize("is_secured", [False, True])
async def test_a_connection_that_the_platform_closed_while_idle_costs_no_attempt(
    tmp_path: Path, *, is_secured: bool
) -> None:
    authority, platform = Authority(tmp_path), HangsUp()
    tls = server_context(authority.issue()) if is_secured else None
    server = await asyncio.start_server(platform.take, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    trust = ssl.create_default_context(cafile=str(authority.file))
    url = f"http{'s' if is_secured else ''}://127.0.0.1:{port}/push"
    uplink = MinistryHttp(Way(url, trust, 1.0), Credentials("gw", "secret", Sm4(KEY, KEY)), SystemClock())
    async with server:
        for _ in range(3):
            verdict = await uplink.send(Parcel(uuid4(), Kind.EVENT, "event", b"{}"))
            assert verdict == Delivered()
            await platform.gone.wait()
            platform.gone.clear()
        await uplink.close()
    assert platform.connections == 3
