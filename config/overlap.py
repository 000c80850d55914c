"""Do two devices read the same register, or one device two values out of the same bits?

Bits of one status word may be shared out between devices; anything else that is
read twice is a wrong unit number or a wrong address, and one of the two devices
would show the other's value.
"""

from collections.abc import Iterator, Mapping

from config.fault import Findings
from config.modbus_link import Modbus
from config.model import Device, Point
from config.position import Layers
from config.source import NodeSource, RegisterSource
from config.written import DeviceContext

_Read = tuple[int, int, Device, Point, RegisterSource]


def check_overlaps(
    devices: list[Device], contexts: Mapping[str, DeviceContext], source: Layers, findings: Findings
) -> None:
    """Tell every two points of one device, at the later one, and every two devices once, at the later one."""
    order = {device.id: index for index, device in enumerate(devices)}
    told: set[tuple[str, str]] = set()
    for pair in _collisions(devices):
        one, other = sorted(pair, key=lambda read: (order[read[0].id], read[1].index))
        (first, first_point), (second, second_point) = one, other
        if first is second:
            _tell_points(contexts[first.id], first_point, second_point)
            continue
        if (first.id, second.id) in told:
            continue
        told.add((first.id, second.id))
        fields: dict[str, object] = {
            "first": first.id,
            "line": source.place("devices", first.id, at_key=True).line,
            "first_point": first_point.id,
            "second_point": second_point.id,
        }
        if isinstance(contexts[second.id].connection, Modbus):
            place = source.place("devices", second.id, "unit")
            findings.fault(place, "devices-overlap", unit=second.unit_id, **fields)
        else:
            place = source.place("devices", second.id, at_key=True)
            findings.fault(place, "nodes-overlap", **fields)


def _tell_points(device: DeviceContext, first: Point, second: Point) -> None:
    places = {f"{device.id}.{point.name}": point.says.place(at_key=True) for point in device.points}
    earlier, later = places[first.id], places[second.id]
    at = str(earlier.line) if earlier.file == later.file else str(earlier)
    code = "nodes-twice" if isinstance(second.source, NodeSource) else "points-overlap"
    device.findings.fault(later, code, first=device.id, first_point=first.id, second_point=second.id, line=at)


def _collisions(devices: list[Device]) -> Iterator[tuple[tuple[Device, Point], tuple[Device, Point]]]:
    nodes: dict[tuple[object, ...], tuple[Device, Point]] = {}
    tables: dict[tuple[object, ...], list[_Read]] = {}
    for device in devices:
        for point in device.points:
            if isinstance(point.source, NodeSource):
                key = (device.connection_id, point.source.node_id, point.source.index)
                earlier = nodes.setdefault(key, (device, point))
                if earlier[1] is not point:
                    yield earlier, (device, point)
            else:
                register = point.source
                end = register.address + register.registers
                table = tables.setdefault((device.connection_id, register.unit_id, register.table), [])
                table.append((register.address, end, device, point, register))
    for reads in tables.values():
        yield from _overlapping(reads)


def _overlapping(reads: list[_Read]) -> Iterator[tuple[tuple[Device, Point], tuple[Device, Point]]]:
    # Sorted by address, so that the inner loop ends at the first value beyond this one.
    reads.sort(key=lambda read: (read[0], read[1]))
    for index, one in enumerate(reads):
        for other in reads[index + 1 :]:
            if other[0] >= one[1]:
                break
            if not _may_share(one, other):
                yield (one[2], one[3]), (other[2], other[3])


def _may_share(one: _Read, other: _Read) -> bool:
    same_device = one[2] is other[2]
    if one[4].is_part and other[4].is_part:
        bits, others = _bits(one[4]), _bits(other[4])
        return bits != others if same_device else not bits & others
    # Within one device: a status word and its bits, but not one number that runs into the next,
    # and not bits of half a number.
    is_status_word = one[4].registers == other[4].registers == 1
    return same_device and is_status_word and (one[4].is_part or other[4].is_part)


def _bits(source: RegisterSource) -> set[int]:
    if source.bits is None:
        return {source.bit or 0}
    return set(range(source.bits[0], source.bits[1] + 1))
