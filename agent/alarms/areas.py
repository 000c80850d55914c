"""All areas of a plant that have a production state, and what rests while they are at a planned stop."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from agent.alarms import words_area
from agent.alarms.area import KIND, STATE_PREFIX, AreaWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.planned_stop import PlannedStops
from agent.alarms.told import Tell, Told
from config.model import Plant
from config.production import ProductionState


class Areas:
    """Holds the areas' watches by id."""

    def __init__(self, plant: Plant, deadlines: Deadlines, tell: Tell) -> None:
        zone = ZoneInfo(plant.timezone)
        self._tell = tell
        self.stops = PlannedStops(plant, deadlines, tell)
        self.watches: Mapping[str, AreaWatch] = {
            id_: AreaWatch(area, zone, deadlines, tell, self._changed)
            for id_, area in plant.areas.items()
            if area.knowing is not None
        }
        self._by_point: dict[str, list[AreaWatch]] = {}
        for watch in self.watches.values():
            if watch.point is not None:
                self._by_point.setdefault(watch.point, []).append(watch)

    def start(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off, once every alarm has."""
        kept = {
            key.removeprefix(STATE_PREFIX): value
            for key, value in stored.items()
            if key.startswith(STATE_PREFIX)
        }
        for id_, watch in self.watches.items():
            watch.start(kept.pop(id_, None), utc_ns, mono_ns)
        for id_ in kept:
            fields = {
                "area": id_,
                "state": ProductionState.UNKNOWN.value,
                "before": None,
                "source": "plant-file",
            }
            self._tell(Told(KIND, utc_ns, words_area.removed(id_), fields, {STATE_PREFIX + id_: None}))
        self.stops.resume(self.watches, utc_ns, mono_ns)

    def of_point(self, point: str) -> tuple[AreaWatch, ...]:
        """Return the areas whose state a point tells."""
        return tuple(self._by_point.get(point, ()))

    def _changed(self, area: AreaWatch, before: ProductionState, utc_ns: int, mono_ns: int) -> None:
        self.stops.follow(area, before, self.watches, utc_ns, mono_ns)
