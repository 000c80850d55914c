"""A Modbus server on TCP with several units behind it, able to be silent, late, wrong and away.

A protocol of our own, because a well-behaved server library always answers. A
line that is cut cannot be had on loopback to the letter: connecting still works,
but every request is swallowed.
"""

import asyncio
from functools import partial

from config.modbus_link import ModbusRtuTcp, ModbusTcp
from simulator.exchange import Exchange
from simulator.peers import HalfClose, RtuPeer, TcpPeer, reset
from simulator.player import Overlay, follow
from simulator.port import LOOPBACK, HeldPort
from simulator.timeline import Timeline


class TcpPlayer:
    """Serves one connection's station on a free loopback port: Modbus TCP, or a line behind a serial server.

    It has the ways that the plant file tells of: hanging up after each answer, no
    transaction ids, an echo.
    """

    def __init__(
        self,
        connection_id: str,
        settings: ModbusTcp | ModbusRtuTcp,
        exchange: Exchange,
        timeline: Timeline,
    ) -> None:
        self._connection_id = connection_id
        self._settings = settings
        self._exchange = exchange
        self._timeline = timeline
        self._port = HeldPort()
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.Transport] = set()

    async def open(self) -> Overlay:
        """Listen; raises OSError."""
        await self.up()
        way: dict[str, object] = {"host": LOOPBACK, "port": self._port.number}
        if self._settings.bind is not None:
            way["bind"] = LOOPBACK
        return {"modbus-tcp" if isinstance(self._settings, ModbusTcp) else "modbus-rtu-tcp": way}

    async def run(self) -> None:
        """Play reboots and half-closed connections."""
        half = HalfClose(self._peers)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follow(self._timeline, self._connection_id, "half-close", half))
            await follow(self._timeline, self._connection_id, "reboot", self)

    async def close(self) -> None:
        """Stop listening, and reset every connection."""
        await self.down()
        self._port.close()

    async def down(self) -> None:
        """Refuse and reset connections."""
        self._exchange.close()
        if self._server is not None:
            self._server.close()
            self._server = None
        for peer in tuple(self._peers):
            reset(peer)
        await asyncio.sleep(0)  # aborted transports close their sockets in the next turn

    async def up(self) -> None:
        """Listen, on the same port as ever."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._make_peer, sock=self._port.listen())

    def _make_peer(self) -> asyncio.Protocol:
        settings = self._settings
        if isinstance(settings, ModbusTcp):
            make = partial(TcpPeer, transaction_ids=not settings.any_transaction_id)
            return make(self._exchange, self._peers, hangs_up=settings.per_request)
        return RtuPeer(self._exchange, self._peers, hangs_up=settings.per_request, echoes=settings.echo)
