"""What a point says of the others of its device: the words of a profile, resolved to points."""

from collections.abc import Iterable
from typing import Final

from config.model import Marks, State, Text
from config.position import Origin
from config.readback import resolve_readback
from config.selfreport import StateEntry
from config.validation import choice_fields
from config.written import DeviceContext
from config.written_point import WrittenPoint

READS_PER_BEAT: Final = 2
"""A change is seen between two reads: a heartbeat must be read so often in its time."""
READS_BY_DEFAULT: Final = 4


def resolve_marks(
    device: DeviceContext, written: WrittenPoint, datatype: str, period_s: float
) -> Marks | None:
    """Return what a point says of others; None where it says nothing, or after telling a fault."""
    entry, findings = written.entry, device.findings
    given = [key for key in ("states", "heartbeat", "readback") if getattr(entry, key) is not None]
    if not given:
        if entry.marks is not None and entry.alarm is None:
            findings.fault(written.says.place("marks", at_key=True), "marks-of-nothing")
        return None
    if len(given) > 1:
        findings.fault(written.says.place(given[1], at_key=True), "marks-two-ways", keys=tuple(given))
        return None
    of = targets(device, written)
    ids = tuple(f"{device.id}.{point.name}" for point in of)
    if entry.states is not None:
        states = _states(device, written, entry.states, datatype)
        return Marks(ids, states=states, is_complete=datatype != "bool")
    if entry.heartbeat is not None:
        within = entry.heartbeat.within
        if period_s * READS_PER_BEAT > within:
            place = written.says.place("heartbeat", "within")
            findings.fault(place, "heartbeat-read-too-slowly", period=period_s, within=within)
        return Marks(ids, heartbeat_s=within)
    readback = resolve_readback(device, written, of)
    return None if readback is None else Marks(ids, readback=readback)


def _states(
    device: DeviceContext, written: WrittenPoint, entries: dict[int, StateEntry], datatype: str
) -> dict[int, State]:
    place = written.says.place("states", at_key=True)
    if datatype not in ("int", "bool"):
        device.findings.fault(place, "states-of-no-number", datatype=datatype)
        return {}
    most = _most(written, datatype)
    for raw in entries:
        if most is not None and not 0 <= raw <= most:
            device.findings.fault(
                written.says.place("states", raw, at_key=True), "state-impossible", value=raw, most=most
            )
    return {raw: State(Text(entry.name.zh, entry.name.en), entry.quality) for raw, entry in entries.items()}


def _most(written: WrittenPoint, datatype: str) -> int | None:
    """Return the greatest raw value that a bit or a field can have; None of any other."""
    if datatype == "bool":
        return 1
    source = written.entry.modbus
    bits = source.bits if source is not None else None
    return None if bits is None else 2 ** (bits[1] - bits[0] + 1) - 1


def targets(device: DeviceContext, written: WrittenPoint) -> tuple[WrittenPoint, ...]:
    """Return the points that `written` speaks of: those named, else all that measure (a heartbeat: all)."""
    entry = written.entry
    others = [point for point in device.points if point.name != written.name and device.is_read(point)]
    others = [point for point in others if _same_channel(written, point)]
    if entry.readback is not None and entry.readback.of is not None:
        return tuple(_named(device, written, others, entry.readback.of, written.says.at("readback", "of")))
    if entry.marks is not None:
        return tuple(_named(device, written, others, entry.marks, written.says.at("marks")))
    says_all = entry.heartbeat is not None or _is_constant(written)
    return tuple(point for point in others if says_all or point.is_measured)


def _is_constant(written: WrittenPoint) -> bool:
    return written.entry.readback is not None and written.entry.readback.role == "constant"


def _same_channel(one: WrittenPoint, other: WrittenPoint) -> bool:
    """A word of one channel speaks of that channel; one of the whole device speaks of every point."""
    return one.channel is None or one.channel == other.channel


def _named(
    device: DeviceContext,
    written: WrittenPoint,
    others: list[WrittenPoint],
    names: Iterable[str],
    origin: Origin,
) -> Iterable[WrittenPoint]:
    for index, name in enumerate(names):
        found = [point for point in others if name in (point.name, point.base)]
        if not found and not any(name in (point.name, point.base) for point in device.points):
            suffix, fields = choice_fields(name, dict.fromkeys(point.base for point in device.points))
            place = origin.place(index) if origin.has(index) else origin.place()
            device.findings.fault(place, "marks-unknown" + suffix, name=name, **fields)
        yield from found
