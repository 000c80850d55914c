"""A loopback TCP port that stays ours while nobody listens on it.

A PLC that reboots comes back on its own port. Merely closing the listener would
let any program take the port meanwhile; so a second socket stays bound to it.
Bound and not listening, it refuses connections as a host without the server does.
"""

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class HeldPort:
    """One free port of the loopback address, held until `close`."""

    def __init__(self) -> None:
        self._holder = _bound(0)
        self.number: int = self._holder.getsockname()[1]

    def listen(self) -> socket.socket:
        """Return a socket bound to the port, to be listened on; several may follow each other."""
        return _bound(self.number)

    def close(self) -> None:
        """Give the port back."""
        self._holder.close()


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # On both sockets: Linux then lets them share the port as long as only one of them listens.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by whoever is accepted
    bound.bind((LOOPBACK, port))
    return bound
