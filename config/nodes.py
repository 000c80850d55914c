"""Where an OPC UA point stands: from the grammar of a profile to a node."""

from config.profile import OpcUaSource
from config.source import NodeSource
from config.written import DeviceContext


def resolve_node(device: DeviceContext, source: OpcUaSource) -> NodeSource:
    """Return the node that a point is read from."""
    if source.id is not None:
        return NodeSource(source.id)
    return NodeSource(f"ns={source.namespace};s={device.entry.node or device.id}.{source.name}")
