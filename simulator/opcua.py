"""An OPC UA server for the devices of one connection.

Values are written at their points' period, stamped with the moment they were
measured. What counts as served is what was put into a notification and sent to
a client, or, where the plant file says that the server is polled, what a client
read: a value nobody asked for was not served.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from asyncua import Server, ua
from asyncua.common.callback import CallbackType
from asyncua.server.binary_server_asyncio import BinaryServer
from asyncua.server.internal_server import InternalServer

from config.opcua_link import OpcUa
from simulator.devices import PlayedDevice
from simulator.faults import Target
from simulator.opcua_nodes import AddressSpace, Changes, SimulatedNode
from simulator.opcua_security import SimulatedSecurity
from simulator.player import Overlay, follow
from simulator.port import LOOPBACK, HeldPort
from simulator.publishing import WatchedSubscriptions
from simulator.served import Outcome, Response, ServedLog
from simulator.timeline import NS_PER_S, Timeline

_ACCEPT_TURNS: Final = 5  # of the event loop, that a connection takes from the listener to its protocol

_BAD: Final[Mapping[str, int]] = {
    "silent": ua.StatusCodes.BadNoCommunication,
    "exception": ua.StatusCodes.BadDeviceFailure,
    "sentinel": ua.StatusCodes.BadSensorFailure,
}


class OpcUaPlayer:
    """Serves one connection's devices on a free loopback port, with the security that the file asks for."""

    def __init__(
        self,
        connection_id: str,
        settings: OpcUa,
        devices: Sequence[PlayedDevice],
        timeline: Timeline,
        served: ServedLog,
        folder: Path,
    ) -> None:
        """`folder` takes the throw-away certificates."""
        self._connection_id = connection_id
        self._settings = settings
        self._timeline = timeline
        self._served = served
        self._folder = folder
        self._port = HeldPort()
        self._space = AddressSpace(devices)
        self._server: Server | None = None
        self._is_up = False

    async def open(self) -> Overlay:
        """Build the address space and listen; raises OSError."""
        # It warns of the security that loopback does without; a failed request is the client's to tell.
        logging.getLogger("asyncua").setLevel(logging.CRITICAL)
        endpoint = f"opc.tcp://{LOOPBACK}:{self._port.number}/{self._connection_id}"
        now_ns = self._timeline.clock.now_ns()
        security = SimulatedSecurity(self._connection_id, self._settings, self._folder, now_ns)
        iserver = InternalServer(user_manager=security.users)
        iserver.subscription_service = WatchedSubscriptions(iserver, self._published)
        iserver.isession.subscription_service = iserver.subscription_service
        server = Server(iserver)
        await server.init()
        server.set_endpoint(endpoint)
        server.set_server_name(f"Simulated {self._connection_id}")
        await security.apply(server)
        if self._settings.mode == "poll":
            server.subscribe_server_callback(CallbackType.PostRead, self._read)
        await self._space.build(server)
        self._server = server
        await self._write(self._space.written)
        await server.start()
        self._is_up = True
        return {"opcua": {"endpoint": endpoint, **security.overlay()}}

    async def run(self) -> None:
        """Write values at their period; play reboots."""
        async with asyncio.TaskGroup() as tasks:
            for period_s in sorted({node.period_s for node in self._space.written}):
                name = f"simulator[{self._connection_id}].every-{period_s:g}s"
                tasks.create_task(self._write_every(period_s), name=name)
            await follow(self._timeline, self._connection_id, "reboot", self)

    async def close(self) -> None:
        """Stop the server."""
        server, self._server = self._server, None
        if server is not None:
            await self._hang_up(server)
            if server.iserver.time_task is not None:
                server.iserver.time_task.cancel()  # else stopping waits for its next second
                server.iserver.time_task = None
            await server.stop()
        self._port.close()

    async def down(self) -> None:
        """Stop listening and forget every session and subscription, as a reboot does.

        The address space is kept: building it anew would hold up every other
        device of this process for a second.
        """
        if self._is_up and self._server is not None and self._server.bserver is not None:
            self._is_up = False
            await self._hang_up(self._server)
            await self._server.bserver.stop()
            await _abort_stragglers(self._server.bserver)

    async def up(self) -> None:
        """Listen again, with fresh values."""
        if not self._is_up and self._server is not None and self._server.bserver is not None:
            await self._write(self._space.written)
            await self._server.bserver.start()
            self._is_up = True

    async def _hang_up(self, server: Server) -> None:
        subscriptions = server.iserver.subscription_service
        await subscriptions.delete_subscriptions(list(subscriptions.subscriptions))
        for client in server.bserver.clients if server.bserver else ():
            if client.processor is not None and client.processor.session is not None:
                await client.processor.session.close_session()

    async def _write_every(self, period_s: float) -> None:
        clock = self._timeline.clock
        nodes = [node for node in self._space.written if node.period_s == period_s]
        period_ns = round(period_s * NS_PER_S)
        due_ns = clock.monotonic_ns()
        while True:
            due_ns += period_ns * max(1, (clock.monotonic_ns() - due_ns) // period_ns)
            await clock.sleep_until(due_ns)
            if self._is_up:
                await self._write(nodes)

    async def _write(self, nodes: Iterable[SimulatedNode]) -> None:
        assert self._server is not None
        now_ns = self._timeline.clock.now_ns()
        for node in nodes:
            value = node.data_value(now_ns, self._status(node, now_ns))
            await self._server.write_attribute_value(node.id, value)

    def _status(self, node: SimulatedNode, now_ns: int) -> int:
        for event in self._timeline.active(now_ns, Target.DEVICE, node.first.device_id):
            if event.do in _BAD:
                return _BAD[event.do]
        return ua.StatusCodes.Good

    def _published(self, changes: Changes) -> None:
        self._log("subscription", changes)

    def _read(self, read: Any, _service: object) -> None:
        if read.is_external:
            asked = zip(read.request_params.NodesToRead, read.response_params, strict=True)
            value = ua.AttributeIds.Value
            self._log("poll", [(each.NodeId, data) for each, data in asked if each.AttributeId == value])

    def _log(self, block: str, changes: Changes) -> None:
        for values, sources_ns in self._space.lines(changes):
            outcome = Outcome.SERVED if values else Outcome.EXCEPTION
            response = Response(self._connection_id, block, outcome, values, sources_ns)
            self._served.write(response, self._timeline.clock.now_ns())


async def _abort_stragglers(bserver: BinaryServer) -> None:
    """Reset whoever was being accepted while the library stopped listening; it forgets these."""
    for _ in range(_ACCEPT_TURNS):
        await asyncio.sleep(0)
        for client in tuple(bserver.clients):
            if client.transport is not None:
                client.transport.abort()
