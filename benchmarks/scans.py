"""Scans as a plant gives them: every point walks about, and each second has one scan per device."""

from random import Random
from typing import Final

from config.model import Plant
from drivers.reading import Scan, ScanPlan

BEGIN_NS: Final = 1_790_000_000 * 10**9
NS_PER_S: Final = 10**9

_MIDDLE: Final = 50.0
_STEP: Final = 0.2
_JITTER_NS: Final = NS_PER_S // 10


class Walk:
    """Makes the scans of a plant, second by second."""

    def __init__(self, plant: Plant, seed: int = 1) -> None:
        self._rng = Random(seed)
        self._plans = [ScanPlan(d.connection_id, d.id, d.points, 1.0) for d in plant.devices.values()]
        self._values = {point.id: _MIDDLE for point in plant.points}
        self._second = 0

    def second(self) -> list[Scan]:
        """Return the scans of the next second."""
        begin_ns = BEGIN_NS + self._second * NS_PER_S
        self._second += 1
        return [self._scan(plan, begin_ns) for plan in self._plans]

    def _scan(self, plan: ScanPlan, begin_ns: int) -> Scan:
        for point in plan.points:
            self._values[point.id] = round(self._values[point.id] + self._rng.gauss(0, _STEP), 1)
        utc_ns = begin_ns + self._rng.randrange(_JITTER_NS)
        return Scan(plan, utc_ns, utc_ns, True, tuple(self._values[point.id] for point in plan.points))
