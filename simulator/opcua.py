"""An OPC UA server for the devices of one connection.

Values are written at their points' period, stamped with the moment they were
measured. What counts as served is what was put into a notification and sent to
a client, no more: a value nobody subscribed to was not served.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Final

from asyncua import Node, Server, ua
from asyncua.server.binary_server_asyncio import BinaryServer
from asyncua.server.internal_server import InternalServer

from config.model import Point
from config.source import NodeSource
from simulator.devices import PlayedDevice
from simulator.faults import Target
from simulator.player import Overlay, follow
from simulator.port import LOOPBACK, HeldPort
from simulator.publishing import Changes, WatchedSubscriptions
from simulator.served import Outcome, Response, ServedLog, Value
from simulator.timeline import NS_PER_S, Timeline

_EPOCH: Final = ua.DateTime(1970, 1, 1, tzinfo=UTC)

_ACCEPT_TURNS: Final = 5  # of the event loop, that a connection takes from the listener to its protocol

_TYPES: Final = {
    "float": ua.VariantType.Double,
    "int": ua.VariantType.Int64,
    "bool": ua.VariantType.Boolean,
    "string": ua.VariantType.String,
}
_CONVERSIONS: Final[Mapping[str, Callable[[Value], Value]]] = {
    "float": float,
    "int": lambda value: round(float(value)),
    "bool": bool,
    "string": str,
}
_BAD: Final[Mapping[str, int]] = {
    "silent": ua.StatusCodes.BadNoCommunication,
    "exception": ua.StatusCodes.BadDeviceFailure,
    "sentinel": ua.StatusCodes.BadSensorFailure,
}


class OpcUaPlayer:
    """Serves one connection's devices on a free loopback port, without security."""

    def __init__(
        self, connection_id: str, devices: Sequence[PlayedDevice], timeline: Timeline, served: ServedLog
    ) -> None:
        self._connection_id = connection_id
        self._timeline = timeline
        self._served = served
        self._port = HeldPort()
        self._nodes = [_Node(played, point) for played in devices for point in played.device.points]
        self._point_ids = {node.id: node.point.id for node in self._nodes}
        self._server: Server | None = None
        self._is_up = False

    async def open(self) -> Overlay:
        """Build the address space and listen; raises OSError."""
        # It warns of the security that loopback does without; a failed request is the client's to tell.
        logging.getLogger("asyncua").setLevel(logging.CRITICAL)
        endpoint = f"opc.tcp://{LOOPBACK}:{self._port.number}/{self._connection_id}"
        iserver = InternalServer()
        iserver.subscription_service = WatchedSubscriptions(iserver, self._published)
        iserver.isession.subscription_service = iserver.subscription_service
        server = Server(iserver)
        await server.init()
        server.set_endpoint(endpoint)
        server.set_server_name(f"Simulated {self._connection_id}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await _add_nodes(server, self._nodes)
        self._server = server
        await self._write(self._nodes)
        await server.start()
        self._is_up = True
        return {"opcua": {"endpoint": endpoint}}

    async def run(self) -> None:
        """Write values at their period; play reboots."""
        async with asyncio.TaskGroup() as tasks:
            for period_s in sorted({node.point.period_s for node in self._nodes}):
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
            await self._write(self._nodes)
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
        nodes = [node for node in self._nodes if node.point.period_s == period_s]
        period_ns = round(period_s * NS_PER_S)
        due_ns = clock.monotonic_ns()
        while True:
            due_ns += period_ns * max(1, (clock.monotonic_ns() - due_ns) // period_ns)
            await clock.sleep_until(due_ns)
            if self._is_up:
                await self._write(nodes)

    async def _write(self, nodes: Iterable["_Node"]) -> None:
        assert self._server is not None
        now_ns = self._timeline.clock.now_ns()
        for node in nodes:
            value = node.data_value(now_ns, self._status(node, now_ns))
            await self._server.write_attribute_value(node.id, value)

    def _status(self, node: "_Node", now_ns: int) -> int:
        for event in self._timeline.active(now_ns, Target.DEVICE, node.point.device_id):
            if event.do in _BAD:
                return _BAD[event.do]
        return ua.StatusCodes.Good

    def _published(self, changes: Changes) -> None:
        for values, sources_ns in _lines(self._point_ids, changes):
            outcome = Outcome.SERVED if values else Outcome.EXCEPTION
            response = Response(self._connection_id, "subscription", outcome, values, sources_ns)
            self._served.write(response, self._timeline.clock.now_ns())


class _Node:
    """One point as a node of the address space."""

    def __init__(self, played: PlayedDevice, point: Point) -> None:
        assert isinstance(point.source, NodeSource), point.id  # an OPC UA connection has no other
        self.played = played
        self.point = point
        self.id = ua.NodeId.from_string(point.source.node_id)
        self._type = _TYPES[point.datatype]
        self._convert = _CONVERSIONS[point.datatype]
        self.initial = ua.Variant(self._convert(0), self._type)

    def data_value(self, now_ns: int, status: int) -> ua.DataValue:
        """Return what the point reads now; a bad status carries no value."""
        now = _EPOCH + timedelta(microseconds=now_ns // 1000)
        variant = ua.Variant()
        if status == ua.StatusCodes.Good:
            value = self._convert(self.played.values(now_ns)[self.point.id])
            variant = ua.Variant(value, self._type)
        return ua.DataValue(
            variant, ua.StatusCode(ua.UInt32(status)), SourceTimestamp=now, ServerTimestamp=now
        )


async def _abort_stragglers(bserver: BinaryServer) -> None:
    """Reset whoever was being accepted while the library stopped listening; it forgets these."""
    for _ in range(_ACCEPT_TURNS):
        await asyncio.sleep(0)
        for client in tuple(bserver.clients):
            if client.transport is not None:
                client.transport.abort()


async def _add_nodes(server: Server, nodes: Sequence[_Node]) -> None:
    """Add one folder per device, with its points as read-only variables."""
    for number in range(2, max((node.id.NamespaceIndex for node in nodes), default=1) + 1):
        await server.register_namespace(f"urn:simulated-plant:{number}")
    folders: dict[str, Node] = {}
    for node in nodes:
        device = node.played.device
        if device.id not in folders:
            folder_id = ua.NodeId(ua.String(device.id), node.id.NamespaceIndex)
            folders[device.id] = await server.nodes.objects.add_folder(folder_id, device.name.en)
        await folders[device.id].add_variable(node.id, node.point.name.en, node.initial)


def _lines(
    point_ids: Mapping[ua.NodeId, str], changes: Changes
) -> Iterable[tuple[Mapping[str, Value], Mapping[str, int]]]:
    """Yield a notification as lines of the log: values and source times by point.

    A point that changed twice since the last notification needs two lines; bad
    status codes stand in lines without values.
    """
    good: list[dict[str, tuple[Value, int]]] = []
    bad: dict[str, int] = {}
    for node_id, data in changes:
        point_id = point_ids.get(node_id)
        if point_id is None:
            continue  # a node of the server itself, such as its clock
        assert data.SourceTimestamp is not None  # we wrote it
        source_ns = (data.SourceTimestamp - _EPOCH) // timedelta(microseconds=1) * 1000
        if data.Value is None or not (data.StatusCode and data.StatusCode.is_good()):
            bad[point_id] = source_ns
            continue
        line = next((line for line in good if point_id not in line), None)
        if line is None:
            line = {}
            good.append(line)
        line[point_id] = (data.Value.Value, source_ns)
    for line in good:
        yield {p: value for p, (value, _) in line.items()}, {p: at for p, (_, at) in line.items()}
    if bad:
        yield {}, bad
