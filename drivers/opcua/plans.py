"""Scan plans over OPC UA: a notification brings any subset of the points, a poll those of one period."""

from collections.abc import Sequence
from typing import Final

from config.model import Point
from drivers.reading import ScanPlan

PLANS_MAX: Final = 512
"""Subsets of points whose plan is kept; the oldest goes first."""


class Plans:
    """Scan plans by the points they hold, so that the same subset always has the same plan."""

    def __init__(self, connection_id: str, points: Sequence[Point], block: str) -> None:
        """Take what stands for the request: `subscription` or `poll`."""
        self._block = block
        self._connection_id = connection_id
        self._points = tuple(points)
        self._known: dict[tuple[int, ...], ScanPlan] = {}
        by_period: dict[float, list[int]] = {}
        for handle, point in enumerate(self._points):
            by_period.setdefault(point.period_s, []).append(handle)
        self.whole = tuple(self.of(tuple(handles)) for handles in by_period.values())

    def of(self, handles: tuple[int, ...]) -> ScanPlan:
        """Return the plan of some points that share a period."""
        plan = self._known.get(handles)
        if plan is None:
            points = tuple(self._points[handle] for handle in handles)
            plan = ScanPlan(self._connection_id, self._block, points, points[0].period_s)
            if len(self._known) >= PLANS_MAX:
                self._known.pop(next(iter(self._known)))
            self._known[handles] = plan
        return plan
