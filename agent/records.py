"""Between scans and the bytes that the outbox keeps (docs/storage-format.md, "Payloads").

A payload is zstd-compressed JSON. Readings name their points by number in a
catalogue, which is itself an event in the store: a backlog stays readable after
the plant file has changed. A reading's identity is (epoch, lane, seq, index);
its index counts all values of the record's scans, in order.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import orjson
import zstandard

from config.model import Deviation, LimitRule, Plant, Point
from drivers.reading import Quality, Scan, ScanPlan, Value

READINGS_PER_RECORD_MAX: Final = 1024
"""Reading a record back is one turn of the event loop: with so many it takes some 3 ms."""
PAYLOAD_BYTES_MAX: Final = 16 * 10**6
"""No record is larger when unpacked: what claims to be is damaged."""

Json = dict[str, Any]


def storable(content: Any) -> Any:
    """Return what `content` says, in what JSON can hold: texts in UTF-8, whole numbers of 64 bits."""
    match content:
        case dict():
            return {storable(str(key)): storable(value) for key, value in content.items()}
        case list() | tuple():
            return [storable(value) for value in content]
        case str():
            return content.encode("utf-8", "backslashreplace").decode()
        case None | float() | bool():
            return content
        case int():
            return content if -(1 << 63) <= content < 1 << 64 else float(content)
        case _:
            return repr(content)


class Packer:
    """JSON to bytes and back; zstd's checksum guards the bytes."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        self._decompressor = zstandard.ZstdDecompressor()

    def pack(self, content: Json) -> bytes:
        """Return the payload of `content`.

        What JSON cannot hold is put as near as it can: one value that nobody foresaw must not
        take the readings and alarms beside it with it.
        """
        try:
            text = orjson.dumps(content)
        except orjson.JSONEncodeError:
            text = orjson.dumps(storable(content))
        return self._compressor.compress(text)

    def unpack(self, payload: bytes) -> Json:
        """Read a payload. Raises zstandard.ZstdError when it is damaged."""
        content: Json = orjson.loads(self._decompressor.decompress(payload, PAYLOAD_BYTES_MAX))
        return content


@dataclass(frozen=True, slots=True)
class CataloguePoint:
    """What a point was when its readings were taken."""

    id: str
    unit: str
    datatype: str
    device: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The points of a plant, in order of their index; `key` is a digest of the content."""

    key: str
    content: Json
    points: tuple[CataloguePoint, ...]

    @classmethod
    def of(cls, plant: Plant) -> Self:
        """Return the catalogue of a plant as it is configured now."""
        limits: dict[str, list[Json]] = {}
        for rule in (rule for device in plant.devices.values() for rule in device.rules):
            limits.setdefault(rule.point.id, []).append(_limit(rule))
        return cls.read(
            {
                "kind": "catalogue",
                "plant": plant.id,
                "name": asdict(plant.name),
                "region": plant.region,
                "timezone": plant.timezone,
                "areas": [{"id": area.id, "name": asdict(area.name)} for area in plant.areas.values()],
                "devices": [
                    {"id": each.id, "name": asdict(each.name), "area": each.area, "tag": each.tag}
                    for each in plant.devices.values()
                ],
                "points": [{**_entry(point), "limits": limits.get(point.id, [])} for point in plant.points],
            }
        )

    @classmethod
    def read(cls, content: Json) -> Self:
        """Return the catalogue that a stored event holds."""
        bare = {name: value for name, value in content.items() if name != "catalogue"}
        key = hashlib.sha256(orjson.dumps(bare, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
        points = tuple(
            CataloguePoint(p["id"], p["unit"], p["datatype"], p["device"], p["name"])
            for p in content["points"]
        )
        return cls(key, {**bare, "catalogue": key}, points)


def _entry(point: Point) -> Json:
    return {
        "id": point.id,
        "device": point.device_id,
        "name": asdict(point.name),
        "unit": point.unit,
        "datatype": point.datatype,
        "range": point.range,
        "period_s": point.period_s,
        "tag": point.tag,
    }


def _limit(rule: LimitRule) -> Json:
    return {
        "rule": rule.id,
        "kind": rule.kind.value,
        "at": rule.limit,
        "priority": rule.priority.value,
        "standard": rule.clause.standard,
        "clause": rule.clause.clause,
        "confidence": rule.clause.confidence.value,
        **({"deviation": _approval(rule.deviation)} if rule.deviation is not None else {}),
    }


def _approval(deviation: Deviation) -> Json:
    return {
        "reason": deviation.reason,
        "approved_by": deviation.approved_by,
        "date": deviation.date.isoformat(),
        "until": deviation.until.isoformat(),
    }


class Batch:
    """The scans since the last commit, as they will stand in one record."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._scans: list[Scan] = []
        self.readings = 0

    def add(self, scan: Scan) -> None:
        """Take one scan."""
        self._scans.append(scan)
        self.readings += len(scan.values)

    @property
    def first_ns(self) -> int:
        """Earliest UTC time of a scan."""
        return min(scan.utc_ns for scan in self._scans)

    @property
    def last_ns(self) -> int:
        """Latest UTC time of a scan."""
        return max(scan.utc_ns for scan in self._scans)

    def content(self) -> Json:
        """Return the record's JSON."""
        numbers: dict[ScanPlan, int] = {}
        for scan in self._scans:
            numbers.setdefault(scan.plan, len(numbers))
        return {
            "kind": "readings",
            "catalogue": self._catalogue.key,
            "plans": [[p.connection, p.block, [point.index for point in p.points]] for p in numbers],
            "scans": [
                [
                    numbers[scan.plan],
                    scan.utc_ns,
                    scan.mono_ns,
                    int(scan.time_synced),
                    scan.values,
                    scan.qualities,
                    scan.source_ns,
                ]
                for scan in self._scans
            ],
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one point's good readings were in the window [begin_ns, end_ns); None where there was none."""

    begin_ns: int
    end_ns: int
    low: float | None
    high: float | None
    mean: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One stored value, on its way to a destination; with a snapshot, the last of a window."""

    index: int
    point: CataloguePoint
    utc_ns: int
    value: Value
    quality: Quality
    source_ns: int | None
    snapshot: Snapshot | None = None


def readings(content: Json, points: Sequence[CataloguePoint]) -> Iterator[Reading]:
    """Yield a record's readings, in order of their index."""
    plans = [[points[number] for number in plan[2]] for plan in content["plans"]]
    index = 0
    for plan, utc_ns, _mono_ns, _synced, values, qualities, source_ns in content["scans"]:
        for position, (point, value) in enumerate(zip(plans[plan], values, strict=True)):
            quality = Quality(qualities[position]) if qualities else Quality.GOOD
            yield Reading(index, point, utc_ns, value, quality, source_ns[position] if source_ns else None)
            index += 1
