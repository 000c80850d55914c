"""Walks a server's address space: what is there, under which id, and what it reads now.

Browsing is read-only, but a server may hold a hundred thousand nodes: it goes level
by level in requests as large as the server takes, and ends at NODES_MAX.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from asyncua import Client, ua

from drivers.opcua.addresses import local
from drivers.opcua.batches import Batches
from drivers.opcua.server import ServerFacts, read, value_of
from drivers.opcua.text import shown

NODES_MAX: Final = 20_000
CHILDREN_PER_REPLY: Final = 1000

_IDS: Final = ua.ObjectIds
OBJECTS: Final = ua.NodeId(ua.Int32(_IDS.ObjectsFolder))
_SERVER: Final = ua.NodeId(ua.Int32(_IDS.Server))
_HIERARCHICAL: Final = ua.NodeId(ua.Int32(_IDS.HierarchicalReferences))
_PROPERTY: Final = ua.NodeId(ua.Int32(_IDS.HasProperty))
_READABLE: Final = 1  # bit 0 of AccessLevel: OPC 10000-3, 8.57
_WRITABLE: Final = 2

_NO_ROOM: Final = "BadNoContinuationPoints"

_UNIT: Final = "EngineeringUnits"
_RANGE: Final = "EURange"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a variable reads now. `type` is the type of the value, `size` its length where it is an array."""

    type: str
    value: Any
    status: str
    size: int | None
    access: str  # "r", "w", "rw" or ""
    unit: str = ""
    range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One node, with the names that lead to it from the Objects folder. `leaf` is given for a variable."""

    node: ua.NodeId
    path: tuple[str, ...]
    display: str
    leaf: Leaf | None
    children: tuple["Found", ...] = ()
    refused: str = ""  # the status with which the server refused to say what lies below, or all of it


@dataclass(frozen=True, slots=True)
class Tree:
    """What was found; `is_whole` is False where there was more than NODES_MAX."""

    found: tuple[Found, ...]
    is_whole: bool
    refused: str = ""  # the same of the node to begin at


@dataclass(slots=True, eq=False)
class _Open:
    """A node on the way: its children are not known yet."""

    node: ua.NodeId
    path: tuple[str, ...]
    display: str
    is_variable: bool
    children: list["_Open"] = field(default_factory=list)
    properties: dict[str, ua.NodeId] = field(default_factory=dict)
    refused: str = ""


@dataclass(slots=True)
class _Reply:
    """What the server says of one node's children."""

    references: list[ua.ReferenceDescription]
    refused: str = ""


async def browse(client: Client, server: ServerFacts, start: ua.NodeId, depth: int) -> Tree:
    """Return what lies below `start`, `depth` levels deep, in the server's order.

    The server's own folder of diagnostics is left out, unless it is the start.
    Raises what a request raises: UaError, OSError, TimeoutError.
    """
    root = _Open(start, (), "", is_variable=False)
    seen = {start, _SERVER}
    level, variables = [root], []
    for _ in range(depth):
        replies = await _children(client, server.browse, level)
        level = [
            child
            for opened, reply in zip(level, replies, strict=True)
            for child in _take(opened, reply, seen)
        ]
        variables += [opened for opened in level if opened.is_variable]
        if not level or len(seen) > NODES_MAX:
            break
    await _find_properties(client, server.browse, [opened for opened in level if opened.is_variable])
    leaves = await _read_leaves(client, server, variables)
    return Tree(_close(root, leaves).children, len(seen) <= NODES_MAX, root.refused)


def _take(opened: _Open, reply: _Reply, seen: set[ua.NodeId]) -> list[_Open]:
    """Add to a node what its references lead to; returns what is new."""
    opened.refused = reply.refused
    new = []
    for reference in reply.references:
        node, name = local(reference.NodeId), reference.BrowseName.Name or ""
        if node is None:
            continue
        if reference.ReferenceTypeId == _PROPERTY:
            opened.properties[name] = node
        elif node not in seen:
            seen.add(node)
            written = f"{reference.BrowseName.NamespaceIndex}:{name.replace('&', '&&').replace('/', '&/')}"
            child = _Open(
                node,
                (*opened.path, written),
                shown(reference.DisplayName.Text or name),
                is_variable=reference.NodeClass == ua.NodeClass.Variable,
            )
            opened.children.append(child)
            new.append(child)
    return new


async def _children(client: Client, batches: Batches, opened: Sequence[_Open]) -> list[_Reply]:
    async def request(batch: Sequence[_Open]) -> list[_Reply]:
        parameters = ua.BrowseParameters(
            View=ua.ViewDescription(),
            RequestedMaxReferencesPerNode=ua.UInt32(CHILDREN_PER_REPLY),
            NodesToBrowse=[_description(each.node) for each in batch],
        )
        replies = [await _whole(client, result) for result in await client.uaclient.browse(parameters)]
        if len(batch) > 1:
            # What the others took up in the server is free again by now: each of these has room alone.
            for index, reply in enumerate(replies):
                if reply.refused == _NO_ROOM:
                    [replies[index]] = await request([batch[index]])
        return replies

    return await batches.run(opened, request, lambda status: _Reply([], status.name))


async def _whole(client: Client, result: ua.BrowseResult) -> _Reply:
    """Return all references of one node, however many replies they take."""
    reply = _Reply(list(result.References or ()), _refusal(result))
    point = result.ContinuationPoint
    while point:
        parameters = ua.BrowseNextParameters(
            ReleaseContinuationPoints=False,
            ContinuationPoints=[point],
        )
        [more] = await client.uaclient.browse_next(parameters)
        reply.references += more.References or ()
        reply.refused = reply.refused or _refusal(more)
        point = more.ContinuationPoint
    return reply


def _refusal(result: ua.BrowseResult) -> str:
    status = result.StatusCode
    return status.name if status is not None and status.is_bad() else ""


def _description(node: ua.NodeId) -> ua.BrowseDescription:
    return ua.BrowseDescription(
        NodeId=node,
        BrowseDirection=ua.BrowseDirection.Forward,
        ReferenceTypeId=_HIERARCHICAL,
        IncludeSubtypes=True,
        NodeClassMask=ua.UInt32(0),
        ResultMask=ua.UInt32(ua.BrowseResultMask.All),
    )


async def _find_properties(client: Client, batches: Batches, variables: Sequence[_Open]) -> None:
    """Look for units and ranges of variables whose children were not browsed: those of the last level."""
    for opened, reply in zip(variables, await _children(client, batches, variables), strict=True):
        _take(opened, _Reply([r for r in reply.references if r.ReferenceTypeId == _PROPERTY]), set())


async def _read_leaves(
    client: Client, server: ServerFacts, variables: Sequence[_Open]
) -> dict[ua.NodeId, Leaf]:
    async def values(nodes: Sequence[ua.NodeId]) -> list[ua.DataValue]:
        return await server.read.run(nodes, lambda batch: read(client, batch))

    async def accesses(nodes: Sequence[ua.NodeId]) -> list[ua.DataValue]:
        level = ua.AttributeIds.UserAccessLevel
        return await server.read.run(nodes, lambda batch: read(client, batch, level))

    nodes = [variable.node for variable in variables]
    leaves = {
        node: _leaf(value, value_of(access))
        for node, value, access in zip(nodes, await values(nodes), await accesses(nodes), strict=True)
    }
    for name in (_UNIT, _RANGE):
        owners = [variable for variable in variables if name in variable.properties]
        for owner, data in zip(owners, await values([o.properties[name] for o in owners]), strict=True):
            leaves[owner.node] = _described(leaves[owner.node], value_of(data))
    return leaves


def _leaf(data: ua.DataValue, access: Any) -> Leaf:
    bits = access if isinstance(access, int) else 0
    value = data.Value.Value if data.Value is not None else None
    kind = data.Value.VariantType.name if data.Value is not None else ""
    return Leaf(
        type=kind,
        value=shown(value) if isinstance(value, str) else value,
        status=data.StatusCode.name if data.StatusCode is not None else "Good",
        size=len(value) if isinstance(value, list) else None,
        access=("r" if bits & _READABLE else "") + ("w" if bits & _WRITABLE else ""),
    )


def _described(leaf: Leaf, described: Any) -> Leaf:
    if isinstance(described, ua.EUInformation):
        return replace(leaf, unit=shown(described.DisplayName.Text or ""))
    if isinstance(described, ua.Range) and described.Low < described.High:
        return replace(leaf, range=(float(described.Low), float(described.High)))
    return leaf


def _close(opened: _Open, leaves: dict[ua.NodeId, Leaf]) -> Found:
    children = tuple(_close(child, leaves) for child in opened.children)
    return Found(opened.node, opened.path, opened.display, leaves.get(opened.node), children, opened.refused)
