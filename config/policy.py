"""Which readings each uplink gets: from what is written to the model, and what is wrong with it.

A policy is laid over points as they are today. What the store holds of points
that are not in the file any more is chosen by the same patterns, without a deadband.
"""

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import chain

from config.fault import Findings, Objection
from config.model import Device, Plant, Point
from config.position import Layers, Origin
from config.quantity import Quantity
from config.readings import ChangeEntry, ReadingsEntry
from config.settings import Policy
from config.unit import convert_difference
from config.uplink import Uplink
from config.validation import choice_fields


def resolve_policies(
    uplinks: Mapping[str, Uplink],
    devices: Mapping[str, Device],
    incomplete: Collection[str],
    source: Layers,
    findings: Findings,
) -> dict[str, Policy]:
    """Return the policy of each uplink. What names points of `incomplete` devices is not judged."""
    points = tuple(point for device in devices.values() for point in device.points)
    found = {}
    for id_, uplink in uplinks.items():
        written = _Written(uplink.readings, Origin(source, ("uplinks", id_, "readings")), findings)
        found[id_] = written.policy(points, incomplete)
    return found


def advise_policies(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of snapshots whose smallest and largest values the layout does not tell, or cannot."""
    for id_, policy in plant.policies.items():
        layout = plant.layouts.get(id_)
        if policy.kind != "snapshot" or layout is None:
            continue
        bodies = (layout.body, *(entry.body for entry in layout.kinds.values()))
        if not {"reading.min", "reading.max"} & set(chain.from_iterable(map(_texts, bodies))):
            place = source.place("uplinks", id_, "readings")
            code = "snapshot-hj212" if layout.format == "hj212" else "snapshot-last-only"
            findings.warn(place, code, uplink=id_, layout=layout.name.model_dump())


def _texts(node: object) -> Iterator[str]:
    """Yield every text in a layout's template: the places are among them."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from chain.from_iterable(map(_texts, node.values()))
    elif isinstance(node, list):
        yield from chain.from_iterable(map(_texts, node))


class _Written:
    """The readings of one uplink, as they are written."""

    def __init__(self, entry: ReadingsEntry, origin: Origin, findings: Findings) -> None:
        self._entry = entry
        self._origin = origin
        self._findings = findings

    def policy(self, points: Collection[Point], incomplete: Collection[str]) -> Policy:
        """Return the policy, after telling what is wrong with it."""
        entry = self._entry
        patterns = tuple(entry.points or ())
        self._check_patterns(patterns, points, incomplete)
        of = [point for point in points if chosen(patterns, point.id)]
        if entry.snapshot is not None:
            self._check_window(entry.snapshot, of, "snapshot")
            return Policy("snapshot", patterns, entry.snapshot)
        if entry.change is not None:
            self._check_window(entry.change.at_least, of, "change", "at_least")
            return Policy("change", patterns, entry.change.at_least, self._deadbands(entry.change, of))
        return Policy("all", patterns)

    def _check_patterns(
        self, patterns: tuple[str, ...], points: Collection[Point], incomplete: Collection[str]
    ) -> None:
        ids, devices = {point.id for point in points}, {point.device_id for point in points}
        for index, pattern in enumerate(patterns):
            of_device = pattern.partition(".")[0]
            if any(fnmatchcase(device, of_device) for device in incomplete):
                continue
            if not any(fnmatchcase(name, pattern) for name in ids | devices):
                suffix, fields = choice_fields(pattern, sorted(ids if "." in pattern else devices))
                place = self._origin.place("points", index)
                self._findings.fault(place, "policy-point-unknown" + suffix, pattern=pattern, **fields)

    def _check_window(self, window_s: float, points: Collection[Point], *key: str) -> None:
        # What a device says of itself is read at a pace of its own, and seldom changes.
        slow = [point for point in points if point.marks is None and point.period_s > window_s]
        if slow:
            longest = max(point.period_s for point in slow)
            fields = {"points": tuple(point.id for point in slow), "period": f"{longest:g} s"}
            self._findings.fault(
                self._origin.place(*key), "window-below-period", window=f"{window_s:g} s", **fields
            )

    def _deadbands(self, change: ChangeEntry, points: Collection[Point]) -> dict[str, float]:
        measured = [point for point in points if point.datatype in ("float", "int")]
        if change.deadband is not None:
            return self._absolute(change.deadband, measured)
        return self._share(change.deadband_percent or 0.0, measured)

    def _absolute(self, amount: Quantity, points: Collection[Point]) -> dict[str, float]:
        place, found, unfit = self._origin.place("change", "deadband"), {}, []
        if amount.number < 0:
            self._findings.fault(place, "deadband-negative", value=str(amount))
            return {}
        for point in points:
            if not point.unit and amount.unit:
                continue  # a state or a count: every change goes
            try:
                found[point.id] = _converted(amount, point.unit)
            except Objection:
                unfit.append(point)
        if unfit:
            fields = {"points": tuple(f"{point.id} ({point.unit})" for point in unfit)}
            self._findings.fault(place, "policy-deadband-unit", value=str(amount), **fields)
        return found

    def _share(self, percent: float, points: Collection[Point]) -> dict[str, float]:
        if not percent:
            return {}
        if lacking := [point.id for point in points if point.unit and point.range is None]:
            place = self._origin.place("change", "deadband_percent")
            self._findings.fault(place, "policy-deadband-without-range", points=tuple(lacking))
        return {
            point.id: float(f"{(point.range[1] - point.range[0]) * percent / 100:.12g}")
            for point in points
            if point.range is not None
        }


def _converted(amount: Quantity, unit: str) -> float:
    """Return a difference in a point's unit. Raises Objection."""
    if unit and not amount.unit:
        raise Objection("unit-missing", value=amount.number, into=unit)
    return convert_difference(amount.number, amount.unit, unit) if unit else amount.number


def chosen(patterns: Collection[str], point_id: str) -> bool:
    """Return whether one of `patterns` names a point or its device; all points, where there are none."""
    names = (point_id, point_id.partition(".")[0])
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
