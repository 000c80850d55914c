"""What a server says of itself when a session begins: its namespaces, its limits, its time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asyncua import Client, ua

from drivers.opcua.batches import Batches

_IDS: Final = ua.ObjectIds
_NAMESPACES: Final = ua.NodeId(ua.Int32(_IDS.Server_NamespaceArray))
_TIME: Final = ua.NodeId(ua.Int32(_IDS.Server_ServerStatus_CurrentTime))
_STATE: Final = ua.NodeId(ua.Int32(_IDS.Server_ServerStatus_State))
_LIMITS: Final = tuple(
    ua.NodeId(ua.Int32(number))
    for number in (
        _IDS.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
        _IDS.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
        _IDS.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
        _IDS.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
    )
)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server says of itself, and how much it takes of each kind of request."""

    namespaces: tuple[str, ...]
    time: datetime | None
    state: ua.ServerState
    read: Batches
    monitor: Batches
    translate: Batches
    browse: Batches
    meant: Mapping[int, str] = field(default_factory=dict)  # what namespace indices meant once

    def moved(self, namespace: int | str) -> str | None:
        """Return what a namespace's index meant and means, where the two differ."""
        was = self.meant.get(namespace) if isinstance(namespace, int) else None
        if was is None or not isinstance(namespace, int) or not self.namespaces:
            return None
        now = self.namespaces[namespace] if namespace < len(self.namespaces) else "–"
        return None if was == now else f"{namespace}: {was} → {now}"

    def index_of(self, namespace: int | str) -> int | None:
        """Return the namespace's index in this session; None if the server does not know the URI."""
        if isinstance(namespace, int):
            return namespace
        return self.namespaces.index(namespace) if namespace in self.namespaces else None


async def ask_server(client: Client) -> ServerFacts:
    """Read what the server says of itself. Raises what a request raises: UaError, OSError, TimeoutError."""
    reads = Batches()
    nodes = [_NAMESPACES, _TIME, _STATE, *_LIMITS]
    answers = [value_of(data) for data in await reads.run(nodes, lambda batch: read(client, batch))]
    namespaces, time, state, *limits = answers
    read_limit, monitor_limit, translate_limit, browse_limit = (_limit(value) for value in limits)
    return ServerFacts(
        namespaces=tuple(map(str, namespaces)) if isinstance(namespaces, list) else (),
        time=time if isinstance(time, datetime) else None,
        state=_state(state),
        read=Batches(min(filter(None, (read_limit, reads.size)))),
        monitor=Batches(monitor_limit),
        translate=Batches(translate_limit),
        browse=Batches(browse_limit),
    )


async def read_time(client: Client) -> datetime | None:
    """Read the server's time. Raises what a request raises."""
    [data] = await read(client, [_TIME])
    time = value_of(data)
    return time if isinstance(time, datetime) else None


async def read_state(client: Client) -> ua.ServerState:
    """Read whether the server does its work. Raises what a request raises."""
    [data] = await read(client, [_STATE])
    return _state(value_of(data))


def unread(status: ua.StatusCode) -> ua.DataValue:
    """Return what stands for a node whose reading fails with this status."""
    return ua.DataValue(StatusCode=status)


async def read(
    client: Client,
    nodes: Sequence[ua.NodeId],
    attribute: ua.AttributeIds = ua.AttributeIds.Value,
) -> list[ua.DataValue]:
    """Read one attribute of each node, fresh, with both timestamps. Raises what a request raises."""
    parameters = ua.ReadParameters(
        MaxAge=0,  # from the device, not from the server's memory
        TimestampsToReturn=ua.TimestampsToReturn.Both,
        NodesToRead=[ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in nodes],
    )
    answers: list[ua.DataValue] = await client.uaclient.read(parameters)
    return answers


def value_of(data: ua.DataValue) -> Any:
    """Return the bare value; None where there is none, or its status is bad."""
    if data.Value is None or (data.StatusCode is not None and not data.StatusCode.is_good()):
        return None
    return data.Value.Value


def _limit(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _state(value: Any) -> ua.ServerState:
    """Return the state; a server that tells none, or one that nobody knows, is taken to be running."""
    known = isinstance(value, int) and value in set(map(int, ua.ServerState))
    return ua.ServerState(value) if known else ua.ServerState.Running
