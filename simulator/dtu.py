"""A DTU: it dials in to whoever listens, says who it is, and carries the bytes of its line.

The port belongs to the agent; we only keep it free until the agent listens.
"""

import asyncio
import contextlib
import itertools
from functools import partial
from typing import Final

from config.modbus_link import ModbusDtu
from simulator.exchange import Exchange
from simulator.peers import HalfClose, RtuPeer, reset
from simulator.player import Overlay, follow
from simulator.port import LOOPBACK, HeldPort
from simulator.timeline import Timeline

REDIAL_S: Final = 0.5
"""A real one takes from 2 to 30 s."""
HEARTBEAT_TURNS: Final = 4
"""A heartbeat every 2 s; a real one comes every 30 to 60 s."""


class DtuPlayer:
    """Plays the line of one connection behind a DTU."""

    def __init__(
        self, connection_id: str, settings: ModbusDtu, exchange: Exchange, timeline: Timeline
    ) -> None:
        self._connection_id = connection_id
        self._settings = settings
        self._exchange = exchange
        self._timeline = timeline
        self._port = HeldPort()
        self._up = asyncio.Event()
        self._peers: set[asyncio.Transport] = set()

    async def open(self) -> Overlay:
        """Choose the port that the agent is to listen on; raises OSError."""
        self._up.set()
        return {"modbus-dtu": {"listen": f"{LOOPBACK}:{self._port.number}"}}

    async def run(self) -> None:
        """Dial again and again, and play reboots; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_dialling(), name=f"simulator[{self._connection_id}].dial")
            half = HalfClose(self._peers)
            tasks.create_task(follow(self._timeline, self._connection_id, "half-close", half))
            await follow(self._timeline, self._connection_id, "reboot", self)

    async def close(self) -> None:
        """Hang up, and give the port back."""
        await self.down()
        self._port.close()

    async def down(self) -> None:
        """Lose the connection, and dial no more."""
        self._up.clear()
        self._exchange.close()
        for peer in tuple(self._peers):
            reset(peer)
        await asyncio.sleep(0)  # aborted transports close their sockets in the next turn

    async def up(self) -> None:
        """Dial again."""
        self._up.set()

    async def _keep_dialling(self) -> None:
        for turn in itertools.count():
            await self._up.wait()
            if not self._peers:
                with contextlib.suppress(OSError):  # nobody listens yet
                    await self._dial()
            elif turn % HEARTBEAT_TURNS == 0:
                self._beat()
            await asyncio.sleep(REDIAL_S)

    async def _dial(self) -> None:
        make_peer = partial(
            RtuPeer, self._exchange, self._peers, echoes=self._settings.echo, greeting=self._greet
        )
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(make_peer, LOOPBACK, self._port.number)
        if not self._up.is_set():
            reset(transport)

    def _greet(self, transport: asyncio.Transport) -> None:
        if self._settings.registration is not None:
            transport.write(self._settings.registration.content)

    def _beat(self) -> None:
        if self._settings.heartbeat is not None:
            for peer in self._peers:
                peer.write(self._settings.heartbeat.content)
