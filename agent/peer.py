"""Who is at the other end of the control socket: the kernel says, not the caller."""

import socket
import struct
from asyncio import Transport
from typing import Any, Final

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

SCOPE_KEY: Final = "edge-agent.peer-uid"
_CREDENTIALS: Final = struct.Struct("iII")  # pid, uid, gid: unix(7), SO_PEERCRED


class PeerProtocol(H11Protocol):
    """HTTP over a unix socket; each request carries the uid of who connected."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Ask the kernel once for each connection."""
        super().connection_made(transport)
        peer: socket.socket = transport.get_extra_info("socket")
        raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        _, uid, _ = _CREDENTIALS.unpack(raw)
        app = self.app

        async def known(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, SCOPE_KEY: uid}, receive, send)

        self.app = known


def uid_of(request: Request) -> int:
    """Return the uid of who asks."""
    uid: int = request.scope[SCOPE_KEY]
    return uid
