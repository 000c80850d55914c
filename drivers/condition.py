"""What devices say of themselves, laid on their values.

Between decoding and whoever takes the scans: a status word, a heartbeat or a
setting (markers.py) is seen in one scan and holds for the scans of the device's
other points, whichever block they come in. Within one scan the markers are seen
first: a value and its own status never disagree.

A value keeps its number where it is only marked. Where a device has stopped or
failed there is no value: an old one is never shown as new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from config.model import Device, Point
from config.source import RegisterSource
from drivers.decimals import decimal_places
from drivers.markers import DecimalsMarker, Marker, make_marker, worst
from drivers.ranges import judge
from drivers.reading import Emit, Quality, Scan, ScanPlan, Value

PLANS_MAX: Final = 1024
SUBSCRIPTION: Final = "subscription"
"""The block of scans that come when something changes, and not by the clock."""

Reading = tuple[Value, Quality]


@dataclass(frozen=True, slots=True)
class _Group:
    """Points of one plan of which the same markers speak, by position."""

    markers: tuple[Marker, ...]
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What one plan's scans concern: looked up once, walked for every scan."""

    seen: tuple[tuple[int, Marker], ...]
    scaled: tuple[tuple[int, DecimalsMarker], ...]
    groups: tuple[_Group, ...]
    ages: bool


class Conditions:
    """The condition of the devices behind one connection."""

    def __init__(self, devices: Iterable[Device]) -> None:
        points = [point for device in devices for point in device.points]
        self._markers = {point.id: marker for point in points if (marker := make_marker(point)) is not None}
        spoken_of: dict[str, list[Marker]] = {}
        for point in points:
            marker = self._markers.get(point.id)
            if marker is not None and point.marks is not None and not isinstance(marker, DecimalsMarker):
                for other in point.marks.of:
                    spoken_of.setdefault(other, []).append(marker)
        self._spoken_of = {point_id: tuple(markers) for point_id, markers in spoken_of.items()}
        groups: dict[tuple[Marker, ...], tuple[str, ...]] = {}
        for point_id, of in self._spoken_of.items():
            groups[of] = (*groups.get(of, ()), point_id)
        self._groups = groups
        self._compiled: dict[ScanPlan, _Compiled | None] = {}

    def over(self, emit: Emit) -> Emit:
        """Return what takes scans as they were decoded and hands them to `emit` with their condition."""
        if not self._markers:
            return emit
        return lambda scan: emit(self.judge(scan))

    def judge(self, scan: Scan) -> Scan:
        """Return a scan with what its devices say of themselves."""
        compiled = self._of(scan.plan)
        if compiled is None:
            return scan
        now_ns, ages = scan.mono_ns, compiled.ages
        for position, marker in compiled.seen:
            quality = scan.qualities[position] if scan.qualities is not None else Quality.GOOD
            marker.see(scan.values[position], quality, now_ns, ages=ages)
        changed = self._changes(compiled, scan)
        return _with(scan, changed) if changed else scan

    @property
    def groups(self) -> Mapping[tuple[Marker, ...], tuple[str, ...]]:
        """The points that are spoken of, by id, under the markers that speak of them."""
        return self._groups

    def is_spoken_of(self, point_id: str) -> bool:
        """Return whether a marker speaks of this point."""
        return point_id in self._spoken_of

    def verdict(self, markers: tuple[Marker, ...], now_ns: int, *, ages: bool) -> Quality:
        """Return the quality that points can have at best of which these markers speak."""
        return worst(*[marker.verdict(now_ns, ages=ages) for marker in markers])

    def _changes(self, compiled: _Compiled, scan: Scan) -> dict[int, Reading]:
        changed: dict[int, Reading] = {}
        now_ns, ages, points = scan.mono_ns, compiled.ages, scan.plan.points
        for position, decimals in compiled.scaled:
            reading = reading_at(scan, position)
            if reading[0] is not None:
                verdict = decimals.verdict(now_ns, ages=ages)
                changed[position] = mark(
                    points[position], _scaled(points[position], reading, decimals), verdict
                )
        for group in compiled.groups:
            verdict = self.verdict(group.markers, now_ns, ages=ages)
            if verdict is Quality.GOOD:
                continue
            for position in group.positions:
                reading = changed.get(position) or reading_at(scan, position)
                changed[position] = mark(points[position], reading, verdict)
        return changed

    def _of(self, plan: ScanPlan) -> _Compiled | None:
        if plan not in self._compiled:
            if len(self._compiled) >= PLANS_MAX:
                self._compiled.pop(next(iter(self._compiled)))
            self._compiled[plan] = self._compile(plan)
        return self._compiled[plan]

    def _compile(self, plan: ScanPlan) -> _Compiled | None:
        seen: list[tuple[int, Marker]] = []
        scaled: list[tuple[int, DecimalsMarker]] = []
        groups: dict[tuple[Marker, ...], list[int]] = {}
        for position, point in enumerate(plan.points):
            if (marker := self._markers.get(point.id)) is not None:
                seen.append((position, marker))
            if (decimals := self._decimals_of(point)) is not None:
                scaled.append((position, decimals))
            if (markers := self._spoken_of.get(point.id)) is not None:
                groups.setdefault(markers, []).append(position)
        if not (seen or scaled or groups):
            return None
        of = tuple(_Group(markers, tuple(positions)) for markers, positions in groups.items())
        return _Compiled(tuple(seen), tuple(scaled), of, plan.block != SUBSCRIPTION)

    def _decimals_of(self, point: Point) -> DecimalsMarker | None:
        if not isinstance(point.source, RegisterSource) or point.source.decimals_from is None:
            return None
        marker = self._markers.get(point.source.decimals_from)
        return marker if isinstance(marker, DecimalsMarker) else None


def reading_at(scan: Scan, position: int) -> Reading:
    """Return one value of a scan, with its quality."""
    return scan.values[position], Quality.GOOD if scan.qualities is None else scan.qualities[position]


def _scaled(point: Point, reading: Reading, marker: DecimalsMarker) -> Reading:
    """Return a raw number with the decimals that the device says, judged by the measuring range."""
    raw, decimals, source = reading[0], marker.decimals, point.source
    assert isinstance(raw, int | float), point.id
    assert isinstance(source, RegisterSource), point.id
    if decimals is None or decimals < 0:
        return reading
    places = max(decimals, decimal_places(source.offset))
    return judge(point, round(raw / 10**decimals + source.offset, places))


def mark(point: Point, reading: Reading, verdict: Quality) -> Reading:
    """Return a reading with what is said of it: no value, or the value it has with the worse quality."""
    value, quality = reading
    combined = worst(quality, verdict)
    if combined.is_bad:
        return (None, quality) if quality.is_bad else (None, combined)
    if point.range is not None and combined is verdict and isinstance(value, float | int):
        ends = {Quality.OVER_RANGE: point.range[1], Quality.UNDER_RANGE: point.range[0]}
        value = ends.get(combined, value)
    return value, combined


def _with(scan: Scan, changed: dict[int, Reading]) -> Scan:
    values = list(scan.values)
    qualities = list(scan.qualities or (Quality.GOOD,) * len(values))
    for position, (value, quality) in changed.items():
        values[position], qualities[position] = value, quality
    return replace(scan, values=tuple(values), qualities=tuple(qualities) if any(qualities) else None)
