"""All areas of a plant that have a production state, and what rests while they are at a planned stop."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from agent.alarms import words_area
from agent.alarms.area import KIND, STATE_PREFIX, AreaWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.planned_stop import PlannedStops
from agent.alarms.told import Tell, Told
from agent.alarms.witness import Witness
from config.gated_areas import areas_of_gate
from config.model import Gate, Phase, Plant
from config.production import ProductionState


class Areas:
    """Holds the areas' watches by id."""

    def __init__(self, plant: Plant, deadlines: Deadlines, tell: Tell) -> None:
        zone = ZoneInfo(plant.timezone)
        gates = {id_: [g for g in plant.gates if id_ in areas_of_gate(plant, g)] for id_ in plant.areas}
        self._tell = tell
        self.stops = PlannedStops(plant, deadlines, tell)
        self.watches: Mapping[str, AreaWatch] = {
            id_: AreaWatch(area, zone, deadlines, tell, self._changed, has_gates=bool(gates[id_]))
            for id_, area in plant.areas.items()
            if area.knowing is not None
        }
        self._witnesses: Mapping[str, Witness] = {
            id_: Witness(watch, gates[id_], deadlines) for id_, watch in self.watches.items()
        }
        self._areas_of_gate = {gate: areas_of_gate(plant, gate) & set(self.watches) for gate in plant.gates}
        self._by_point: dict[str, list[AreaWatch]] = {}
        for watch in self.watches.values():
            if watch.point is not None:
                self._by_point.setdefault(watch.point, []).append(watch)

    def start(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off, once every alarm has."""
        kept = {key.removeprefix(STATE_PREFIX) for key in stored if key.startswith(STATE_PREFIX)}
        for watch in self.watches.values():
            watch.start(stored, utc_ns, mono_ns)
        for id_ in sorted(kept - set(self.watches)):
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

    def see_phase(self, gate: Gate, phase: Phase | None, utc_ns: int, mono_ns: int) -> None:
        """Take the phase that a gate has entered: its areas are at no planned stop unless it is idle."""
        for area in self._areas_of_gate[gate.id]:
            self._witnesses[area].see(gate, phase, utc_ns, mono_ns)

    def _changed(self, area: AreaWatch, before: ProductionState, utc_ns: int, mono_ns: int) -> None:
        self.stops.follow(area, before, self.watches, utc_ns, mono_ns)
