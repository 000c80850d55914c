"""How each kind of connection is opened, so that above it they are all alike."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from config.modbus_link import Modbus, ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp, TcpAddress
from drivers.clock import Clock
from drivers.modbus.claims import Claims
from drivers.modbus.dial import name_of
from drivers.modbus.dtu import DtuPort
from drivers.modbus.guard import Guard
from drivers.modbus.identification import Identifiable
from drivers.modbus.line import open_line
from drivers.modbus.link import open_rtu_tcp, open_tcp
from drivers.modbus.per_request import Open, PerRequest
from drivers.modbus.poll import Link
from drivers.modbus.wire import Ears, Tap, late_ns
from drivers.remarks import Remarks

OnLost = Callable[[], None]


class OpenLink(Link, Identifiable, Protocol):
    """A link that somebody must close."""

    def close(self) -> None:
        """Let go of the connection; twice is as once."""
        ...


class Opening(Protocol):
    """The way to one connection. `links`: how many may be open at the same time."""

    where: str
    links: int

    async def open(self, on_lost: OnLost) -> OpenLink:
        """Return a link; `on_lost` is called when it is found to be broken. Raises LinkFault."""
        ...

    def close(self) -> None:
        """End what outlives a link."""
        ...


def opening_of(settings: Modbus, clock: Clock, remarks: Remarks, tap: Tap | None = None) -> Opening:
    """Return the way to a connection; nothing is opened yet."""
    where = where_of(settings)
    wrong_echo = partial(remarks.once, "wrong-echo", where=where)
    ears = Ears(tap, Claims(late_ns(settings.timeout)), wrong_echo)
    match settings:
        case ModbusDtu():
            return DtuPort(settings, clock, ears, remarks)
        case ModbusRtu():
            return _Dialled(where, partial(open_line, settings, clock, ears=ears), settings, clock)
        case ModbusRtuTcp():
            return _Dialled(where, partial(open_rtu_tcp, settings, clock, ears=ears), settings, clock)
        case ModbusTcp():
            return _Dialled(where, partial(open_tcp, settings, clock, ears=ears), settings, clock)


def where_of(settings: Modbus) -> str:
    """Return what a connection is called where people look for it: host and port, or the serial port."""
    match settings:
        case ModbusDtu():
            return settings.listen
        case ModbusRtu():
            return settings.port
        case ModbusTcp() | ModbusRtuTcp():
            return name_of(settings)


class _Dialled:
    """Links that are made one by one, each by itself."""

    def __init__(
        self, where: str, open_: Open, settings: ModbusTcp | ModbusRtuTcp | ModbusRtu, clock: Clock
    ) -> None:
        self.where = where
        self.links = settings.max_connections if isinstance(settings, ModbusTcp) else 1
        self._open = settled(open_, clock, settings.settle)
        self._clock = clock
        self._pause_s = settings.pause
        self._is_per_request = isinstance(settings, TcpAddress) and settings.per_request

    async def open(self, on_lost: OnLost) -> OpenLink:
        """Connect; where every request has a connection of its own, that comes later."""
        if self._is_per_request:
            return PerRequest(self._open, self._clock, pause_s=self._pause_s)
        return await self._open(on_lost)

    def close(self) -> None:
        """Nothing outlives a link."""


def settled(open_: Open, clock: Clock, settle_s: float) -> Open:
    """Return `open_` with a while of peace after it: some devices lose what comes too early."""
    if settle_s == 0:
        return open_

    async def opened(on_lost: OnLost) -> Guard:
        guard = await open_(on_lost)
        try:
            await clock.sleep_until(clock.monotonic_ns() + round(settle_s * 1e9))
        except asyncio.CancelledError:
            guard.close()
            raise
        return guard

    return opened
