"""Node ids of one session: from how nodes are named in the plant file to what the server takes.

A namespace's index may change whenever the server restarts, and so may the node at
the end of a browse path: both are looked up again in every session.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from asyncua import Client, ua

from config.node_id import BrowsePath, NodeAddress, NodeName
from drivers.opcua.server import ServerFacts
from drivers.opcua.troubles import Trouble

_OBJECTS: Final = ua.NodeId(ua.Int32(ua.ObjectIds.ObjectsFolder))
_HIERARCHICAL: Final = ua.NodeId(ua.Int32(ua.ObjectIds.HierarchicalReferences))


async def look_up(
    client: Client, server: ServerFacts, addresses: Mapping[int, NodeAddress]
) -> dict[int, ua.NodeId | Trouble]:
    """Return the node id of each address, by its key, or why there is none.

    Raises what a request raises: UaError, OSError, TimeoutError.
    """
    found: dict[int, ua.NodeId | Trouble] = {}
    paths: list[tuple[int, ua.BrowsePath]] = []
    for key, address in addresses.items():
        if isinstance(address, NodeName):
            found[key] = _node_id(address, server)
        else:
            path = _browse_path(address, server)
            if isinstance(path, Trouble):
                found[key] = path
            else:
                paths.append((key, path))
    return found | await _translate(client, server, paths)


def _node_id(name: NodeName, server: ServerFacts) -> ua.NodeId | Trouble:
    index = _index(name.namespace, server)
    if isinstance(index, Trouble):
        return index
    return ua.NodeId(name.identifier, index)  # type: ignore[arg-type]  # it tells the kinds apart itself


def _index(namespace: int | str, server: ServerFacts) -> int | Trouble:
    if moved := server.moved(namespace):
        return Trouble("namespace-moved", moved)
    index = server.index_of(namespace)
    return Trouble("namespace-unknown", str(namespace)) if index is None else index


def _browse_path(path: BrowsePath, server: ServerFacts) -> ua.BrowsePath | Trouble:
    elements = []
    for namespace, name in path.segments:
        index = _index(namespace, server)
        if isinstance(index, Trouble):
            return index
        elements.append(
            ua.RelativePathElement(
                ReferenceTypeId=_HIERARCHICAL,
                IsInverse=False,  # type: ignore[arg-type]  # the library's name for bool
                IncludeSubtypes=True,  # type: ignore[arg-type]
                TargetName=ua.QualifiedName(name, ua.UInt16(index)),
            )
        )
    return ua.BrowsePath(StartingNode=_OBJECTS, RelativePath=ua.RelativePath(Elements=elements))


async def _translate(
    client: Client, server: ServerFacts, paths: Sequence[tuple[int, ua.BrowsePath]]
) -> dict[int, ua.NodeId | Trouble]:
    results = await server.translate.run(
        [path for _, path in paths],
        lambda batch: client.uaclient.translate_browsepaths_to_nodeids(list(batch)),
    )
    return {key: _target(result) for (key, _), result in zip(paths, results, strict=True)}


def _target(result: ua.BrowsePathResult) -> ua.NodeId | Trouble:
    if not result.StatusCode.is_good():
        return Trouble("path-unknown", result.StatusCode.name)
    targets = [node for target in result.Targets or () if (node := local(target.TargetId)) is not None]
    return targets[0] if len(targets) == 1 else Trouble("path-ambiguous", str(len(targets)))


def local(node: ua.NodeId) -> ua.NodeId | None:
    """Return the node id that a server names as the target of a reference; None if it is another server's."""
    if getattr(node, "ServerIndex", 0):  # of an ExpandedNodeId only
        return None
    return ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)
