"""A connected socket, TLS included, for a library that would block while it connects.

Nothing here blocks, so a connect that is cancelled or runs out of time leaves
neither a thread nor a socket behind. Only the resolver of names keeps a thread
busy, for as long as the system's own time-out.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from agent.uplinks.source import Source

Socket = TypeVar("Socket", bound=socket.socket)


async def dial(
    host: str, port: int, tls: ssl.SSLContext | None, source: Source | None = None
) -> socket.socket:
    """Return a non-blocking socket. Raises OSError (ssl.SSLError is one) with the last address's reason."""
    loop = asyncio.get_running_loop()
    addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failed: OSError = socket.gaierror(f"no address for {host}")
    for family, kind, protocol, _, address in addresses:
        try:
            connected = await _connected(socket.socket(family, kind, protocol), address, source)
        except OSError as fault:
            failed = fault
        else:
            return connected if tls is None else await _secured(connected, host, tls)
    raise failed


async def _connected(made: socket.socket, address: Any, source: Source | None) -> socket.socket:
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return await _or_closed(made, lambda: _connect(made, address, source))


async def _connect(made: socket.socket, address: Any, source: Source | None) -> None:
    if source is not None:
        source.bind(made)
    await asyncio.get_running_loop().sock_connect(made, address)


async def _secured(plain: socket.socket, host: str, tls: ssl.SSLContext) -> ssl.SSLSocket:
    # The wrapper takes the descriptor over; `plain` is empty from here on.
    wrapped = tls.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    return await _or_closed(wrapped, lambda: _shake_hands(wrapped))


async def _or_closed(made: Socket, work: Callable[[], Any]) -> Socket:
    """Await `work` on a socket; whatever ends it early closes the socket."""
    is_done = False
    try:
        await work()
        is_done = True
    finally:
        if not is_done:
            made.close()
    return made


async def _shake_hands(wrapped: ssl.SSLSocket) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            wrapped.do_handshake()
        except ssl.SSLWantReadError:
            await _ready(wrapped, loop.add_reader, loop.remove_reader)
        except ssl.SSLWantWriteError:
            await _ready(wrapped, loop.add_writer, loop.remove_writer)
        else:
            return


async def _ready(wrapped: ssl.SSLSocket, watch: Callable[..., None], forget: Callable[..., Any]) -> None:
    event = asyncio.Event()
    watch(wrapped, event.set)
    try:
        await event.wait()
    finally:
        forget(wrapped)
