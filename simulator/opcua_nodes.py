"""The address space of a simulated OPC UA server: a variable for each node that the plant file names.

Nodes stand where the file says: under their own id, with namespaces given by index
or URI, or at the end of their browse path. Points that are elements of one array
share a variable. A node of the standard's own namespace that exists is left as it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any, Final

from asyncua import Node, Server, ua

from config.model import Point
from config.node_id import BrowsePath, NodeAddress, NodeName, parse_address
from config.source import NodeSource
from simulator.devices import PlayedDevice
from simulator.served import Value

Changes = Sequence[tuple[ua.NodeId, ua.DataValue]]
Line = tuple[Mapping[str, Value], Mapping[str, int]]
"""Values and source times (ns since 1970) by point."""

_EPOCH: Final = ua.DateTime(1970, 1, 1, tzinfo=UTC)
_FIRST_OWN: Final = 2  # namespace 0 is the standard's, 1 the server's

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


@dataclass(slots=True)
class SimulatedNode:
    """One variable, and the points that are read from it, by element (None: the whole value)."""

    played: PlayedDevice
    address: NodeAddress
    points: dict[int | None, Point] = field(default_factory=dict)
    id: ua.NodeId = field(default_factory=ua.NodeId)

    @property
    def period_s(self) -> float:
        """How often it is written."""
        return min(point.period_s for point in self.points.values())

    @property
    def first(self) -> Point:
        """The point that gives the variable its name and type."""
        return next(iter(self.points.values()))

    def data_value(self, now_ns: int, status: int) -> ua.DataValue:
        """Return what it reads now; a bad status carries no value."""
        now = _EPOCH + timedelta(microseconds=now_ns // 1000)
        variant = ua.Variant()
        if status == ua.StatusCodes.Good:
            variant = self.variant(self.played.values(now_ns))
        return ua.DataValue(
            variant, ua.StatusCode(ua.UInt32(status)), SourceTimestamp=now, ServerTimestamp=now
        )

    def variant(self, values: Mapping[str, Value]) -> ua.Variant:
        """Return the points' values as the variable holds them; elements that no point reads are 0."""
        convert, kind = _CONVERSIONS[self.first.datatype], _TYPES[self.first.datatype]
        if None in self.points:
            return ua.Variant(convert(values.get(self.first.id, 0)), kind)
        elements: list[Any] = [convert(0)] * (max(index or 0 for index in self.points) + 1)
        for index, point in self.points.items():
            elements[index or 0] = convert(values.get(point.id, 0))
        return ua.Variant(elements, kind)


class AddressSpace:
    """The variables of one server."""

    def __init__(self, devices: Iterable[PlayedDevice]) -> None:
        found: dict[str, SimulatedNode] = {}
        for played in devices:
            for point in played.device.points:
                source = point.source
                assert isinstance(source, NodeSource), point.id  # an OPC UA connection has no other
                node = SimulatedNode(played, parse_address(source.node_id))
                found.setdefault(source.node_id, node).points[source.index] = point
        self.nodes = tuple(found.values())
        self._by_id: dict[ua.NodeId, SimulatedNode] = {}

    async def build(self, server: Server) -> None:
        """Make the variables, read-only, each in the folder of its device or at the end of its path."""
        indices = await self._register(server)
        folders: dict[tuple[object, ...], Node] = {}
        for node in self.nodes:
            if isinstance(node.address, NodeName):
                index = _index(node.address.namespace, indices)
                node.id = ua.NodeId(node.address.identifier, index)  # type: ignore[arg-type]
                if node.id in server.iserver.aspace:
                    continue
                parent = await _folder(server, folders, (node.played.device.id,), index)
                name = ua.QualifiedName(node.first.name.en, ua.UInt16(index))
            else:
                parent, name = await _way(server, folders, node.address, indices)
                node.id = ua.NodeId(ua.String(node.first.id), ua.Int16(name.NamespaceIndex))
            variant = node.variant({})
            await parent.add_variable(node.id, name, variant.Value, variant.VariantType)
            self._by_id[node.id] = node

    @property
    def written(self) -> tuple[SimulatedNode, ...]:
        """The variables that are ours to write."""
        return tuple(self._by_id.values())

    async def _register(self, server: Server) -> dict[str, int]:
        """Register the namespaces that the file names; returns the index of each URI."""
        names = [namespace for node in self.nodes for namespace in _namespaces(node.address)]
        last = max((name for name in names if isinstance(name, int)), default=1)
        for number in range(_FIRST_OWN, last + 1):
            await server.register_namespace(f"urn:simulated-plant:{number}")
        uris = dict.fromkeys(name for name in names if isinstance(name, str))
        return {uri: await server.register_namespace(uri) for uri in uris}

    def lines(self, changes: Changes) -> Iterable[Line]:
        """Yield what was sent as lines of the log.

        A point that changed twice since the last notification needs two lines; bad
        status codes stand in lines without values.
        """
        good: list[dict[str, tuple[Value, int]]] = []
        bad: dict[str, int] = {}
        for node_id, data in changes:
            node = self._by_id.get(node_id)
            if node is None:
                continue  # a node of the server itself, such as its clock
            for index, point in node.points.items():
                value = _value(data, index)
                if value is None:
                    bad[point.id] = _source_ns(data)
                else:
                    _line_without(point.id, good)[point.id] = (value, _source_ns(data))
        for line in good:
            yield {p: value for p, (value, _) in line.items()}, {p: at for p, (_, at) in line.items()}
        if bad:
            yield {}, bad


def _line_without(point_id: str, lines: list[dict[str, tuple[Value, int]]]) -> dict[str, tuple[Value, int]]:
    line = next((line for line in lines if point_id not in line), None)
    if line is None:
        line = {}
        lines.append(line)
    return line


def _value(data: ua.DataValue, index: int | None) -> Value | None:
    if data.Value is None or not (data.StatusCode and data.StatusCode.is_good()):
        return None
    value: Value = data.Value.Value if index is None else data.Value.Value[index]
    return value


def _source_ns(data: ua.DataValue) -> int:
    assert data.SourceTimestamp is not None  # we wrote it
    return (data.SourceTimestamp - _EPOCH) // timedelta(microseconds=1) * 1000


def _namespaces(address: NodeAddress) -> tuple[int | str, ...]:
    if isinstance(address, NodeName):
        return (address.namespace,)
    return tuple(namespace for namespace, _ in address.segments)


def _index(namespace: int | str, indices: Mapping[str, int]) -> int:
    return namespace if isinstance(namespace, int) else indices[namespace]


async def _folder(
    server: Server, folders: dict[tuple[object, ...], Node], names: tuple[str, ...], index: int
) -> Node:
    """Return a device's folder, made where it is not there yet."""
    if names not in folders:
        folder_id = ua.NodeId(ua.String(f"folder of {names[0]}"), ua.Int16(max(index, 1)))
        folders[names] = await server.nodes.objects.add_folder(folder_id, names[0])
    return folders[names]


async def _way(
    server: Server, folders: dict[tuple[object, ...], Node], path: BrowsePath, indices: Mapping[str, int]
) -> tuple[Node, ua.QualifiedName]:
    """Make the objects that lead to a node; returns the last of them, and the node's own name."""
    names = [
        ua.QualifiedName(ua.String(name), ua.UInt16(_index(namespace, indices)))
        for namespace, name in path.segments
    ]
    parent = server.nodes.objects
    for depth, name in enumerate(names[:-1], start=1):
        key = tuple((each.NamespaceIndex, each.Name) for each in names[:depth])
        if key not in folders:
            folders[key] = await parent.add_object(ua.NodeId(NamespaceIndex=ua.Int16(1)), name)
        parent = folders[key]
    return parent, names[-1]
