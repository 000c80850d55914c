"""Protections that are out of use without anybody saying so here: detectors inhibited, muted, at fault.

A detector in calibration answers as ever, and its limits see nothing of the plant.
Each such time is an event `bypass`, with the rules that are affected, and one
`bypass-end`. It is told by the quality of the readings, whichever way that came about:
a status word, an OPC UA status, a point forced at the PLC. Muting alone leaves the
values GOOD, and is told by its bit.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from agent import words_bypass
from agent.occurrence import Occurrence, occurrence
from agent.records import Json
from agent.taken_up import taken_up
from config.model import Device, Plant, Point
from drivers.reading import Quality, Scan, ScanPlan, Value

BYPASS_PREFIX: Final = "bypass/"
MUTED: Final = "muted"
BACK_AFTER_NS: Final = 10 * 10**9
"""Over once the readings have been good for so long: a fault that flickers is one."""
PLANS_MAX: Final = 4096

_CAUSES: Final = {
    quality: quality.word
    for quality in (
        Quality.MAINTENANCE,
        Quality.CALIBRATION,
        Quality.SIMULATION,
        Quality.MANUAL,
        Quality.STOPPED,
        Quality.DEVICE_FAULT,
        Quality.WIRE_BREAK,
    )
}
DOUBTED: Final = "suspect"
_BACK: Final = (Quality.GOOD, Quality.OVER_RANGE, Quality.UNDER_RANGE)
"""With these a value is the plant's again; any other says nothing either way."""


class Bypasses:
    """Follows the points that have rules, and the bits that say muted."""

    def __init__(self, plant: Plant) -> None:
        self._zone = ZoneInfo(plant.timezone)
        self._shift_ns = round(plant.alarms.shift_s * 1e9)
        self._devices = plant.devices
        self._rules: dict[str, list[str]] = {}
        for limit in (limit for device in plant.devices.values() for limit in device.rules):
            self._rules.setdefault(limit.point.id, []).append(limit.id)
        for rule in plant.rules:
            for point in rule.points:
                self._rules.setdefault(point.id, []).append(rule.id)
        self._muting = {
            point.id: frozenset(muted)
            for point in plant.points
            if point.marks is not None
            and not point.marks.is_complete
            and (muted := {raw for raw, state in point.marks.states.items() if state.quality == "good"})
        }
        self._doubted = _doubted(plant)
        self._standing: dict[str, Json] = {}
        self._back_ns: dict[str, int] = {}
        self._compiled: dict[ScanPlan, tuple[tuple[int, Point], ...]] = {}
        self._day_ends_ns = 0

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Take up what stood when the last run ended."""
        for point_id in (*self._rules, *self._muting):
            kept = taken_up(stored, BYPASS_PREFIX + point_id, _unpack)
            if kept is not None:
                self._standing[point_id] = kept

    def listed(self) -> list[Json]:
        """Return what stands, the oldest first."""
        return sorted(self._standing.values(), key=lambda each: int(each["since_ns"]))

    def take(self, scan: Scan) -> Iterator[Occurrence]:
        """Yield what a scan brings that people should know."""
        if scan.utc_ns >= self._day_ends_ns:
            yield from self._new_day(scan.utc_ns)
        if scan.qualities is None and not self._standing and not self._muting:
            return
        for position, point in self._of(scan.plan):
            quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
            if point.id in self._muting:
                cause = self._muted(point, scan.values[position])
            else:
                cause = _CAUSES.get(quality, "" if quality in _BACK else None)
                if quality is Quality.SUSPECT and point.id in self._doubted:
                    cause = DOUBTED
            if cause is not None and (cause or point.id in self._standing):
                yield from self._judge(point, cause, scan)

    def _muted(self, point: Point, value: Value) -> str | None:
        if not isinstance(value, int | float):
            return None
        return MUTED if int(value) in self._muting[point.id] else ""

    def _judge(self, point: Point, cause: str, scan: Scan) -> Iterator[Occurrence]:
        standing = self._standing.get(point.id)
        if standing is not None and standing["cause"] == cause:
            self._back_ns.pop(point.id, None)
            return
        if not cause:
            since_ns = self._back_ns.setdefault(point.id, scan.mono_ns)
            if scan.mono_ns - since_ns < BACK_AFTER_NS:
                return
        if standing is not None:
            yield self._ended(point, standing, scan.utc_ns)
        if cause:
            yield self._begun(point, cause, scan.utc_ns)

    def _begun(self, point: Point, cause: str, utc_ns: int) -> Occurrence:
        device = self._devices[point.device_id]
        text = words_bypass.begun(device.name, point.name, cause)
        rules = self._affected(device, point)
        told = {
            "cause": cause,
            "reason": cause,
            "rule": None,
            "rules": rules,
            "since_ns": utc_ns,
            "text": text,
        }
        begun = occurrence("bypass", point, told, {})
        self._standing[point.id] = begun.content
        kept = {BYPASS_PREFIX + point.id: orjson.dumps(begun.content)}
        return Occurrence(begun.content, kept, begun.text)

    def _ended(self, point: Point, standing: Json, utc_ns: int) -> Occurrence:
        del self._standing[point.id]
        self._back_ns.pop(point.id, None)
        text = words_bypass.ended(self._devices[point.device_id].name, point.name, str(standing["cause"]))
        same = {key: standing.get(key) for key in ("cause", "reason", "rule", "rules", "since_ns")}
        told = {**same, "from_ns": standing["since_ns"], "to_ns": utc_ns, "text": text}
        return occurrence("bypass-end", point, told, {BYPASS_PREFIX + point.id: None})

    def _affected(self, device: Device, point: Point) -> list[str]:
        if point.marks is None:
            return self._rules.get(point.id, [])
        return [rule for of in point.marks.of for rule in self._rules.get(of, [])]

    def _new_day(self, utc_ns: int) -> Iterator[Occurrence]:
        """Tell, when a day begins where the plant is, what has been out of use for longer than a shift."""
        is_first, today = not self._day_ends_ns, datetime.fromtimestamp(utc_ns / 1e9, self._zone).date()
        ends = datetime.combine(today + timedelta(days=1), time(), self._zone)
        self._day_ends_ns = round(ends.timestamp()) * 10**9
        points = {point.id: point for device in self._devices.values() for point in device.points}
        for point_id, standing in () if is_first else self._standing.items():
            since_ns = int(standing["since_ns"])
            if utc_ns - since_ns > self._shift_ns:
                point = points[point_id]
                device = self._devices[point.device_id]
                hours = (utc_ns - since_ns) / 3600e9
                text = words_bypass.overdue(device.name, point.name, str(standing["cause"]), hours)
                same = {key: standing.get(key) for key in ("cause", "rules", "since_ns")}
                yield occurrence("bypass-overdue", point, {**same, "text": text}, {})

    def _of(self, plan: ScanPlan) -> tuple[tuple[int, Point], ...]:
        found = self._compiled.get(plan)
        if found is None:
            if len(self._compiled) >= PLANS_MAX:
                self._compiled.pop(next(iter(self._compiled)))
            found = self._compiled[plan] = tuple(
                (position, point)
                for position, point in enumerate(plan.points)
                if point.id in self._rules or point.id in self._muting
            )
        return found


def _doubted(plant: Plant) -> frozenset[str]:
    """Return the points that are always watched and that a status word may doubt, as a common fault does."""
    watched = {point.id for point in plant.points if point.always_watched}
    words = (point.marks for point in plant.points if point.marks is not None)
    doubting = (marks for marks in words if any(state.quality == DOUBTED for state in marks.states.values()))
    return frozenset(of for marks in doubting for of in marks.of) & watched


def _unpack(packed: bytes) -> Json:
    kept: Json = orjson.loads(packed)
    return {**kept, "since_ns": int(kept["since_ns"]), "cause": str(kept["cause"])}
