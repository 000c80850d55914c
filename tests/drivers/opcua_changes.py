"""What a test may change about a running asyncua server: its limits, its services, what it was asked."""

from collections.abc import Callable
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.uaprocessor import UaProcessor

from tests.drivers.opcua_server import SmallServer

_LIMITS = {
    "read": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    "monitor": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    "translate": (
        ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds
    ),
    "browse": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
}


async def set_limits(server: SmallServer, **limits: int) -> None:
    """Have the server tell these operation limits; it does not hold to them by itself."""
    for name, limit in limits.items():
        value = ua.DataValue(ua.Variant(ua.UInt32(limit), ua.VariantType.UInt32))
        await server.server.write_attribute_value(ua.NodeId(ua.Int32(_LIMITS[name])), value)


class Asked:
    """Every service that a server was asked for, and how many parts each request had."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.services: list[str] = []
        self.sizes: dict[str, list[int]] = {}
        self.refuse: Callable[[str, int], int | None] = lambda _service, _parts: None
        process = UaProcessor._process_message

        async def noting(processor: UaProcessor, typeid: ua.NodeId, header: Any, seq: Any, body: Any) -> Any:
            service = ua.ObjectIdNames[int(str(typeid.Identifier))].partition("_")[0]
            parts = _parts(service, body)
            self.services.append(service)
            self.sizes.setdefault(service, []).append(parts)
            code = self.refuse(service, parts)
            if code is not None:
                raise ServiceError(code)
            return await process(processor, typeid, header, seq, body)  # type: ignore[no-untyped-call]

        monkeypatch.setattr(UaProcessor, "_process_message", noting)


def _parts(service: str, body: Any) -> int:
    """Return how many nodes, items or paths a request asks about."""
    readers: dict[str, tuple[type, str]] = {
        "ReadRequest": (ua.ReadParameters, "NodesToRead"),
        "CreateMonitoredItemsRequest": (ua.CreateMonitoredItemsParameters, "ItemsToCreate"),
        "BrowseRequest": (ua.BrowseParameters, "NodesToBrowse"),
    }
    if service == "TranslateBrowsePathsToNodeIdsRequest":
        parameters: Any = ua.ua_binary.struct_from_binary(
            ua.TranslateBrowsePathsToNodeIdsParameters, body.copy()
        )
        return len(parameters.BrowsePaths)
    if service not in readers:
        return 0
    kind, name = readers[service]
    return len(getattr(ua.ua_binary.struct_from_binary(kind, body.copy()), name))
