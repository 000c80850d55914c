"""The points of an OPC UA device read once: value, status code, and the source's own time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from asyncua import Client, ua

from config.model import Device, Point, Text
from config.opcua_link import OpcUa
from drivers.clock import Clock
from drivers.condition import Conditions
from drivers.messages import describe_note
from drivers.opcua.addresses import look_up
from drivers.opcua.clocks import Clocks
from drivers.opcua.items import watched
from drivers.opcua.quality import reading_of, source_ns, trouble_of
from drivers.opcua.refusals import requesting
from drivers.opcua.server import ask_server, read
from drivers.opcua.troubles import Trouble, Troubles
from drivers.reading import Quality, Scan, ScanPlan, Value
from drivers.remarks import Remarks


@dataclass(frozen=True, slots=True)
class NodeReading:
    """One point. `status` is the server's own word."""

    point: Point
    value: Value
    quality: Quality
    status: str
    source_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """All points of a device, how long the server took, and what a person must mend."""

    latency_s: float
    points: tuple[NodeReading, ...]
    notes: tuple[Text, ...] = ()


async def read_nodes(
    client: Client, settings: OpcUa, device: Device, conditions: Conditions, clock: Clock
) -> Round:
    """Read every point of a device in an open session; `conditions` are that device's. Raises Lost."""
    points = device.points
    items = watched(settings, points).items
    troubles = Troubles("", points, clock, lambda _: None)
    remarks = Remarks("", clock, lambda _: None)
    clocks = Clocks(settings.max_clock_skew, clock, remarks)
    read_now: dict[int, ua.DataValue] = {}
    with requesting(settings.endpoint, settings.timeout):
        server = await ask_server(client)
        found = await look_up(client, server, {key: item.address for key, item in enumerate(items)})
        nodes = {key: node for key, node in found.items() if isinstance(node, ua.NodeId)}
        begun_ns = clock.monotonic_ns()
        answers = await server.read.run(list(nodes.values()), lambda batch: read(client, batch))
        latency_s = (clock.monotonic_ns() - begun_ns) / 1e9
    clocks.server_says(server.time)
    for key, data in zip(nodes, answers, strict=True):
        read_now.update(dict.fromkeys(items[key].handles, data))
    for key, node in found.items():
        if isinstance(node, Trouble):
            for handle in items[key].handles:
                troubles.found(handle, node)
    readings = [
        _reading(handle, point, read_now.get(handle), troubles) for handle, point in enumerate(points)
    ]
    for handle, data in read_now.items():
        clocks.source_ns(handle, points[handle], data)  # what is wrong with it becomes a remark
    notes = (*troubles.standing, *remarks.standing)
    judged = _judged(readings, device, conditions, clock)
    return Round(latency_s, judged, tuple(map(describe_note, notes)))


def _judged(
    readings: Sequence[NodeReading], device: Device, conditions: Conditions, clock: Clock
) -> tuple[NodeReading, ...]:
    """Return readings with what the device says of itself laid on them."""
    plan = ScanPlan(device.connection_id, "poll", device.points, 0.0)
    values = tuple(reading.value for reading in readings)
    qualities = tuple(reading.quality for reading in readings)
    scan = Scan(plan, clock.now_ns(), clock.monotonic_ns(), clock.synchronised(), values, qualities)
    judged = conditions.judge(scan)
    final = zip(readings, judged.values, judged.qualities or qualities, strict=True)
    return tuple(replace(reading, value=value, quality=quality) for reading, value, quality in final)


def _reading(handle: int, point: Point, data: ua.DataValue | None, troubles: Troubles) -> NodeReading:
    if data is not None and (trouble := trouble_of(point, data)) is not None:
        troubles.found(handle, trouble)
    if data is None:
        return NodeReading(point, None, Quality.DEVICE_FAULT, "–")
    value, quality = reading_of(point, data)
    status = data.StatusCode or ua.StatusCode()
    return NodeReading(point, value, quality, status.name, source_ns(data))
