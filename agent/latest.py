"""The latest value of every point, with its quality and time."""

from dataclasses import dataclass

from config.model import Plant
from drivers.reading import Quality, Scan, ScanPlan, Value


@dataclass(frozen=True, slots=True)
class Latest:
    """The last reading of one point. STALE without a value: nothing was read yet."""

    value: Value = None
    quality: Quality = Quality.STALE
    utc_ns: int = 0


class LatestValues:
    """Latest values by point id."""

    def __init__(self, plant: Plant) -> None:
        self._slots: dict[ScanPlan, _Slot] = {}
        self._held: dict[str, tuple[_Slot, int]] = {}
        self._known = frozenset(point.id for point in plant.points)

    def take(self, scan: Scan) -> None:
        """Remember a scan: one reference, as long as its points keep coming by the same plan."""
        slot = self._slots.get(scan.plan)
        if slot is None or slot.points < len(scan.plan.points):
            slot = self._take_over(scan.plan)
        slot.scan = scan

    def of(self, point_id: str) -> Latest:
        """Return the latest reading of a point."""
        assert point_id in self._known, point_id
        held = self._held.get(point_id)
        scan = None if held is None else held[0].scan
        if held is None or scan is None:
            return Latest()
        position = held[1]
        quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
        return Latest(scan.values[position], quality, scan.utc_ns)

    def _take_over(self, plan: ScanPlan) -> "_Slot":
        """Have all points of a plan shown by it; a plan that shows none any more is forgotten."""
        slot = self._slots.setdefault(plan, _Slot(plan))
        for position, point in enumerate(plan.points):
            before, _ = self._held.get(point.id, (slot, 0))
            self._held[point.id] = (slot, position)
            before.points -= 1
            if not before.points and before is not slot:
                del self._slots[before.plan]
        slot.points = len(plan.points)
        return slot


class _Slot:
    """The last scan of one plan, and how many points it is the latest of."""

    __slots__ = ("plan", "points", "scan")

    def __init__(self, plan: ScanPlan) -> None:
        self.plan = plan
        self.scan: Scan | None = None
        self.points = 0
