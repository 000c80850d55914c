"""What is watched on one server: one item per node, which serves one point or, of an array, several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.model import Point
from config.node_id import NodeAddress, parse_address
from config.opcua_link import OpcUa
from config.source import NodeSource
from drivers.opcua.troubles import NAMES_MAX


@dataclass(frozen=True, slots=True)
class Item:
    """One node, and how it is watched. `handles` are indices into the connection's points; periods agree."""

    address: NodeAddress
    handles: tuple[int, ...]
    period_s: float
    sampling_s: float
    queue_size: int
    deadband: float | None


@dataclass(frozen=True, slots=True)
class Watched:
    """All that is watched on one server; an item's client handle is its index in `items`."""

    settings: OpcUa
    points: tuple[Point, ...]
    items: tuple[Item, ...]

    def named(self, keys: Iterable[int]) -> dict[str, str | int]:
        """Return the points of some items as a remark names them: the first few, and how many they are."""
        names = [self.points[handle].id for key in keys for handle in self.items[key].handles]
        return {"points": ", ".join(names[:NAMES_MAX]), "count": len(names)}


def watched(settings: OpcUa, points: Sequence[Point]) -> Watched:
    """Return the items of a connection's points, in the order of the points."""
    groups: dict[tuple[NodeSource, float], list[int]] = {}
    for handle, point in enumerate(points):
        source = point.source
        assert isinstance(source, NodeSource), point.id
        whole = NodeSource(source.node_id, None, source.sampling_s, source.queue_size, source.deadband)
        groups.setdefault((whole, point.period_s), []).append(handle)
    items = tuple(
        Item(
            address=parse_address(source.node_id),
            handles=tuple(handles),
            period_s=period_s,
            sampling_s=source.sampling_s or period_s,
            queue_size=source.queue_size,
            deadband=source.deadband,
        )
        for (source, period_s), handles in groups.items()
    )
    return Watched(settings, tuple(points), items)
