"""Where a connection starts from: an address of this machine, or one of its interfaces."""

import socket
from dataclasses import dataclass
from typing import Self

from config.transport import is_address


@dataclass(frozen=True, slots=True)
class Source:
    """Binds a socket before it connects."""

    address: str | None = None
    interface: str | None = None

    @classmethod
    def of(cls, written: str | None) -> Self | None:
        """Return what the plant file names; None where the system is to choose."""
        if written is None:
            return None
        return cls(address=written) if is_address(written) else cls(interface=written)

    def bind(self, made: socket.socket) -> None:
        """Bind a socket. Raises OSError: no such address or interface, or no right to use it."""
        if self.interface is not None:
            # An address alone would not do: the way out follows from the destination, not from it.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self.interface.encode() + b"\0")
        elif self.address is not None:
            made.bind((self.address, 0))

    def __str__(self) -> str:
        return self.interface or self.address or ""
