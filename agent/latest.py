"""The latest value of every point, with its quality and time."""

from dataclasses import dataclass

from config.model import Plant
from drivers.reading import Quality, Scan, Value


@dataclass(frozen=True, slots=True)
class Latest:
    """The last reading of one point. STALE without a value: nothing was read yet."""

    value: Value = None
    quality: Quality = Quality.STALE
    utc_ns: int = 0


class LatestValues:
    """Latest values by point id."""

    def __init__(self, plant: Plant) -> None:
        self._scans: dict[str, tuple[Scan, int]] = {}
        self._known = frozenset(point.id for point in plant.points)

    def take(self, scan: Scan) -> None:
        """Remember a scan: two references per point, no copies."""
        for position, point in enumerate(scan.plan.points):
            self._scans[point.id] = (scan, position)

    def of(self, point_id: str) -> Latest:
        """Return the latest reading of a point."""
        assert point_id in self._known, point_id
        found = self._scans.get(point_id)
        if found is None:
            return Latest()
        scan, position = found
        quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
        return Latest(scan.values[position], quality, scan.utc_ns)
