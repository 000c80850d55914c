"""Values that come only when they change, shown again when what their device says of itself changes.

Over a subscription a value that stands still is silent, and stays silent when the
detector is put into calibration or its heartbeat stops. So the last reading of each
point that a marker speaks of is kept, and emitted anew, with its own source time, when
the verdict on it changes. That is no old value shown as new: as long as the subscription
stands, the last value is the present one; when it falls, all of them are BAD.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from config.model import Device, Point
from drivers.clock import Clock
from drivers.condition import SUBSCRIPTION, Conditions, Reading, mark, reading_at
from drivers.reading import Emit, Quality, Scan, ScanPlan


@dataclass(slots=True)
class _Held:
    """A point's last reading as it came, and as it was shown."""

    point: Point
    came: Reading
    shown: Reading
    source_ns: int | None
    plan: ScanPlan


class Follower:
    """Stands between the scans of one server and who takes them."""

    def __init__(self, devices: Iterable[Device], clock: Clock) -> None:
        self._conditions = Conditions(devices)
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._verdicts = dict.fromkeys(self._conditions.groups, Quality.GOOD)
        self._plans: dict[tuple[str, ...], ScanPlan] = {}
        self._emit: Emit | None = None

    def over(self, emit: Emit) -> Emit:
        """Return what takes scans as they come and hands them to `emit` with their condition."""
        self._emit = emit
        return self._take if self._conditions.groups else self._conditions.over(emit)

    def tick(self) -> None:
        """Look whether a heartbeat has stopped meanwhile."""
        self._revise()

    def _take(self, scan: Scan) -> None:
        judged = self._conditions.judge(scan)
        self._hold(scan, judged)
        assert self._emit is not None  # `over` handed this out
        self._emit(judged)
        self._revise()

    def _hold(self, scan: Scan, judged: Scan) -> None:
        if scan.plan.block != SUBSCRIPTION:
            self._held.clear()  # polled values come by the clock
            return
        for position, point in enumerate(scan.plan.points):
            if self._conditions.is_spoken_of(point.id):
                source_ns = scan.source_ns[position] if scan.source_ns is not None else None
                came, shown = reading_at(scan, position), reading_at(judged, position)
                self._held[point.id] = _Held(point, came, shown, source_ns, scan.plan)

    def _revise(self) -> None:
        """Show again every point on which the verdict has changed."""
        now_ns = self._clock.monotonic_ns()
        changed: dict[float, list[_Held]] = {}
        for markers, point_ids in self._conditions.groups.items():
            verdict = self._conditions.verdict(markers, now_ns, ages=False)
            if verdict is self._verdicts[markers]:
                continue
            self._verdicts[markers] = verdict
            for held in filter(None, map(self._held.get, point_ids)):
                reading = mark(held.point, held.came, verdict)
                if reading != held.shown:
                    held.shown = reading
                    changed.setdefault(held.point.period_s, []).append(held)
        for again in changed.values():
            self._show(again)

    def _show(self, again: list[_Held]) -> None:
        assert self._emit is not None  # something was taken before
        clock = self._clock
        qualities = tuple(held.shown[1] for held in again)
        self._emit(
            Scan(
                self._plan(again),
                clock.now_ns(),
                clock.monotonic_ns(),
                clock.synchronised(),
                tuple(held.shown[0] for held in again),
                qualities if any(qualities) else None,
                tuple(held.source_ns for held in again),
            )
        )

    def _plan(self, again: list[_Held]) -> ScanPlan:
        ids = tuple(held.point.id for held in again)
        plan = self._plans.get(ids)
        if plan is None:
            like = again[0].plan
            points = tuple(held.point for held in again)
            plan = self._plans[ids] = ScanPlan(like.connection, like.block, points, like.period_s)
        return plan
