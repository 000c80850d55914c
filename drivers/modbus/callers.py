"""Somebody who has dialled in: from the first byte to the registration, and then out of the way."""

import asyncio
from collections.abc import Callable
from typing import Final

from config.modbus_link import ModbusDtu
from drivers.modbus.dial import watch

CALLERS_MAX: Final = 8
"""Connections to one port at the same time, those that have not registered yet included."""
SHOWN_MAX: Final = 64
"""Bytes of a wrong packet that are shown to people."""

_SPACE, _TILDE = 0x20, 0x7E


class Caller(asyncio.Protocol):
    """One connection that was dialled in; `callers` holds it while it is open."""

    def __init__(
        self,
        settings: ModbusDtu,
        callers: set["Caller"],
        *,
        on_registered: Callable[["Caller"], None],
        on_other: Callable[[str, bytes], None],
    ) -> None:
        self._settings = settings
        self._callers = callers
        self._on_registered = on_registered
        self._on_other = on_other
        self._wanted = settings.registration.content if settings.registration is not None else b""
        self._got = b""
        self._is_registered = False
        self._patience: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self.peer = "?"

    @property
    def is_there(self) -> bool:
        """Whether it has not hung up."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the registration, where there is one."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._callers) >= CALLERS_MAX:
            self.hang_up()
            return
        self._callers.add(self)
        peer = transport.get_extra_info("peername")
        self.peer = f"{peer[0]}:{peer[1]}" if peer else "?"
        watch(transport)
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(self._settings.register_timeout, self._refuse)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._callers.discard(self)
        self._stop_waiting()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Collect the registration; what comes after it is nobody's until it is served."""
        if not self._is_registered:
            self._got = (self._got + data)[: SHOWN_MAX + 1]
            self._look()

    def hand_over(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Give the connection to a protocol of its own. Raises ConnectionResetError if it is gone."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError(self.peer)
        self._transport.set_protocol(_Handed(self, protocol))
        protocol.connection_made(self._transport)
        return self._transport

    def hang_up(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _look(self) -> None:
        if self._got.startswith(self._wanted):
            self._is_registered = True
            self._stop_waiting()
            self._on_registered(self)
        elif not self._wanted.startswith(self._got):
            self._refuse()

    def _refuse(self) -> None:
        self._stop_waiting()
        self.hang_up()
        self._on_other(self.peer, self._got)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()


class _Handed(asyncio.Protocol):
    """The protocol that serves it now, with the caller told of the end."""

    def __init__(self, caller: Caller, protocol: asyncio.Protocol) -> None:
        self._caller = caller
        self._protocol = protocol

    def data_received(self, data: bytes) -> None:
        self._protocol.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._caller.connection_lost(exc)
        self._protocol.connection_lost(exc)


def shown(got: bytes) -> str:
    """Return bytes for people: as text where they are one, and in hexadecimal."""
    if not got:
        return "–"
    digits = got[:SHOWN_MAX].hex(" ").upper() + (" …" if len(got) > SHOWN_MAX else "")
    if not all(_SPACE <= byte <= _TILDE for byte in got):
        return digits
    return f'"{got[:SHOWN_MAX].decode("ascii")}" ({digits})'
