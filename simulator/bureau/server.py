"""An HTTPS server inside our own event loop, whose application can cut a connection without a reply."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.bureau.certificates import Certificates


class _Severable(H11Protocol):
    """Puts `sever` into each request's state: it resets the connection the request came on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "sever": transport.abort}


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals belong to our own loop


@contextlib.asynccontextmanager
async def serving(app: Starlette, certificates: Certificates) -> AsyncIterator[int]:
    """Serve `app` on a free loopback port for as long as the context lasts; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Inherited by whoever is accepted: an answer's head and body go in two pieces, and the second one would
    # wait 40 ms for the first one's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        app,
        http=_Severable,
        ssl_certfile=certificates.chain,
        ssl_keyfile=certificates.key,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listener]), name="bureau.https")
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
