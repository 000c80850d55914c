"""What rests while areas are at a planned stop: rules of their process, and the silence of their devices.

A rule rests while every area that its points belong to is stopped, and never where one of them
is always watched (config/always_watched.py) or belongs to no area. That it does is one event of
the area with all its rules, not one of each rule: a hundred at once would hide what else comes.
Devices that fall silent then are one expected event as well, and no alarms.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from agent.alarms import words_area
from agent.alarms.alarm import Alarm
from agent.alarms.area import AreaWatch
from agent.alarms.comm import SilenceWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.told import Tell, Told
from config.model import Device, Plant, Point
from config.production import ProductionState

KIND: Final = "planned-stop"
SILENT_KIND: Final = "planned-stop-silent"
GATHER_NS: Final = 60 * 10**9
"""Devices of a stop are switched off one after the other; those of one minute share an event [E]."""

Ids = frozenset[str]


def areas_of(plant: Plant, points: Iterable[Point]) -> Ids | None:
    """Return the areas in whose common planned stop a rule on these points rests; None: it never does."""
    areas: set[str] = set()
    for point in points:
        area = plant.devices[point.device_id].area
        if area is None or point.always_watched or plant.areas[area].knowing is None:
            return None
        areas.add(area)
    return frozenset(areas) or None


def areas_of_devices(plant: Plant, devices: Iterable[Device]) -> Ids | None:
    """Return the areas in whose common planned stop these devices may be silent; None: never."""
    return areas_of(plant, (point for device in devices for point in device.points))


class PlannedStops:
    """Puts alarms to rest and wakes them, as areas stop and go on."""

    def __init__(self, plant: Plant, deadlines: Deadlines, tell: Tell) -> None:
        self._plant = plant
        self._deadlines = deadlines
        self._tell = tell
        self._resters: list[tuple[Alarm, Ids]] = []
        self._excused: list[tuple[Alarm, Ids]] = []
        self._silent: dict[str, list[str]] = {}  # area → devices to be told of

    def add(self, alarm: Alarm, areas: Ids | None, *, raises: bool = False) -> None:
        """Take an alarm that rests while all of `areas` are stopped.

        One that `raises` all the same is only not missed then, for want of values.
        """
        if areas is not None:
            (self._excused if raises else self._resters).append((alarm, areas))

    def add_device(self, device: Device, watch: SilenceWatch) -> None:
        """Take the watch over a device's silence."""
        areas = areas_of_devices(self._plant, [device])
        self.add(watch.alarm, areas)
        if areas is not None and device.area is not None:
            watch.expected = partial(self._is_silent, device.area, device.id)

    def resume(self, areas: Mapping[str, AreaWatch], utc_ns: int, mono_ns: int) -> None:
        """Put to rest what rested before a restart; it was told then."""
        self._apply(areas, utc_ns, mono_ns)

    def follow(
        self,
        changed: AreaWatch,
        before: ProductionState,
        areas: Mapping[str, AreaWatch],
        utc_ns: int,
        mono_ns: int,
    ) -> None:
        """Follow a change of one area's state."""
        was_stopped = before is ProductionState.PLANNED_STOP
        if changed.is_stopped == was_stopped:
            return
        rules = self._apply(areas, utc_ns, mono_ns)
        words = words_area.stop_begun if changed.is_stopped else words_area.stop_over
        devices = [d.id for d in self._plant.devices.values() if d.area == changed.area.id and d.may_rest]
        fields = {
            "area": changed.area.id,
            "state": "begun" if changed.is_stopped else "over",
            "rules": rules,
            "devices": devices,
        }
        self._tell(Told(KIND, utc_ns, words(changed.area, len(rules)), fields))

    def resting(self, area: str) -> list[str]:
        """Return the rules that rest in an area's stop."""
        return [alarm.subject.rule for alarm, areas in self._resters if alarm.rests and area in areas]

    def _apply(self, areas: Mapping[str, AreaWatch], utc_ns: int, mono_ns: int) -> list[str]:
        stopped = {id_ for id_, area in areas.items() if area.is_stopped}
        for alarm, needed in self._excused:
            alarm.is_excused = needed <= stopped
        moved: list[str] = []
        for alarm, needed in self._resters:
            if alarm.rests == (needed <= stopped):
                continue
            moved.append(alarm.subject.rule)
            if alarm.rests:
                alarm.wake(utc_ns, mono_ns)
            else:
                alarm.rest(utc_ns, mono_ns)
        return moved

    def _is_silent(self, area: str, device: str, mono_ns: int) -> None:
        if area not in self._silent:
            self._silent[area] = []
            self._deadlines.set(partial(self._tell_silent, area), mono_ns + GATHER_NS)
        self._silent[area].append(device)

    def _tell_silent(self, area: str, utc_ns: int, _mono_ns: int) -> None:
        ids = self._silent.pop(area)
        names = [self._plant.devices[id_].name for id_ in ids]
        text = words_area.silent_as_expected(self._plant.areas[area], names)
        self._tell(Told(SILENT_KIND, utc_ns, text, {"area": area, "devices": ids}))
