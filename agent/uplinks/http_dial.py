"""HTTP connections over sockets that we have connected ourselves: from a chosen source, reasons kept.

httpx binds a socket to an interface only after it has connected, where that has
no effect; so its core is used with a way to connect of our own.
"""

import contextlib
import select
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Any

import anyio
import httpcore
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSAttribute, TLSStream

from agent.uplinks.dial import dial
from agent.uplinks.source import Source


class Dialling(httpcore.AsyncNetworkBackend):
    """Connects from one source."""

    def __init__(self, source: Source | None) -> None:
        self._source = source

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect. Raises httpcore.ConnectError with the reason as its cause, httpcore.ConnectTimeout."""
        try:
            with anyio.fail_after(timeout):
                sock = await dial(host, port, None, self._source)
                return _Stream(await SocketStream.from_socket(sock))
        except TimeoutError as late:
            raise httpcore.ConnectTimeout from late
        except OSError as fault:
            raise httpcore.ConnectError(str(fault)) from fault

    async def sleep(self, seconds: float) -> None:
        """Wait; asked for only where the core retries, which it is told not to."""
        await anyio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """One connection's bytes, in the core's terms."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        async with _reasons(httpcore.ReadTimeout, httpcore.ReadError):
            with anyio.fail_after(timeout):
                try:
                    return await self._stream.receive(max_bytes)
                except anyio.EndOfStream:
                    return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            async with _reasons(httpcore.WriteTimeout, httpcore.WriteError):
                with anyio.fail_after(timeout):
                    await self._stream.send(buffer)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        wrapped: TLSStream | None = None
        try:
            async with _reasons(httpcore.ConnectTimeout, httpcore.ConnectError):
                with anyio.fail_after(timeout):
                    wrapped = await TLSStream.wrap(
                        self._stream,
                        ssl_context=ssl_context,
                        hostname=server_hostname,
                        standard_compatible=False,
                        server_side=False,
                    )
        finally:
            if wrapped is None:  # also where the time ran out, or nobody waits for it any more
                await anyio.aclose_forcefully(self._stream)
        return _Stream(wrapped)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._stream.extra(TLSAttribute.ssl_object, None)  # noqa: S610 - an attribute of anyio
        if info == "is_readable":
            # The core asks of an idle connection: readable means that the platform has closed it meanwhile.
            return _is_readable(self._stream.extra(SocketAttribute.raw_socket))  # noqa: S610
        return None


def _is_readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


@contextlib.asynccontextmanager
async def _reasons(
    late: type[httpcore.TimeoutException], broken: type[httpcore.NetworkError]
) -> AsyncIterator[None]:
    try:
        yield
    except TimeoutError as fault:
        raise late from fault
    except (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream) as fault:
        raise broken(str(fault.__cause__ or fault)) from fault
