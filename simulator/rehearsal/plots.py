"""The course of each point that raised an alarm, thinned out for a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from config.model import LimitRule, Plant, Point
from simulator.demo.store_reader import read_points
from simulator.rehearsal.course import Alarm, Course
from simulator.timeline import NS_PER_S

BUCKETS: Final = 400
"""Per picture; of each, the smallest and the largest value are kept, so that no peak is lost."""


@dataclass(slots=True)
class Plot:
    """One point with its limits and alarms. `buckets` holds number → (smallest, largest)."""

    point: Point
    name: tuple[str, str]
    rules: Sequence[LimitRule]
    alarms: Sequence[Alarm]
    buckets: dict[int, tuple[float, float]] = field(default_factory=dict)

    def add(self, fraction: float, value: float) -> None:
        """Take one reading, `fraction` of the length after the beginning."""
        number = int(fraction * BUCKETS)
        if 0 <= number < BUCKETS:
            low, high = self.buckets.get(number, (value, value))
            self.buckets[number] = (min(low, value), max(high, value))


def plots(plant: Plant, length_s: float, begin_ns: int, course: Course, store: Path) -> Sequence[Plot]:
    """Return a plot for each point with an alarm, in the order of the first. Raises sqlite3.Error."""
    known = {point.id: point for point in plant.points}
    wanted = dict.fromkeys(alarm.point for alarm in course.alarms if alarm.point is not None)
    drawn = {id_: _empty(plant, known[id_], course) for id_ in wanted if id_ in known}
    _fill(drawn, length_s, begin_ns, store)
    return tuple(plot for plot in drawn.values() if plot.buckets)


def _empty(plant: Plant, point: Point, course: Course) -> Plot:
    device = plant.devices[point.device_id]
    name = (f"{device.name.zh} {point.name.zh}", f"{device.name.en}: {point.name.en}")
    rules = tuple(rule for rule in device.rules if rule.point.id == point.id)
    return Plot(point, name, rules, tuple(alarm for alarm in course.alarms if alarm.point == point.id))


def _fill(drawn: Mapping[str, Plot], length_s: float, begin_ns: int, store: Path) -> None:
    for reading in read_points(store, drawn.keys()):
        if reading.value is not None:
            at_s = (reading.utc_ns - begin_ns) / NS_PER_S
            drawn[reading.point.id].add(at_s / length_s, float(reading.value))
