"""Areas whose planned stop is merely said, by a calendar or a person, and that nothing could deny.

Rules that law wants would rest there while metal runs. A gate in any other phase than idle
denies a stop (agent/alarms/witness.py), and so does a point that tells the area's state.
"""

from config.fault import Findings
from config.gated_areas import areas_of_gate
from config.model import Area, Plant, Point
from config.position import Layers
from config.production import ByTag
from config.statutory import statutory_rules


def advise_unwitnessed(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn of them, with the rules that law wants."""
    witnessed = {area for gate in plant.gates for area in areas_of_gate(plant, gate)}
    for area in plant.areas.values():
        if area.knowing is None or isinstance(area.knowing, ByTag) or area.id in witnessed:
            continue
        if rules := _resting(plant, area):
            place = source.place("areas", area.id, "state")
            findings.warn(
                place, "stop-undeniable", area={"zh": area.name.zh, "en": area.name.en}, rules=rules
            )


def _resting(plant: Plant, area: Area) -> tuple[str, ...]:
    def rests(points: tuple[Point, ...]) -> bool:
        return all(not p.always_watched and plant.devices[p.device_id].area == area.id for p in points)

    of_limits = [(limit.id, (limit.point,)) for device in plant.devices.values() for limit in device.rules]
    of_rules = [(rule.id, rule.points) for rule in plant.rules if rule.may_rest]
    asked = statutory_rules(plant)
    return tuple(id_ for id_, points in (*of_limits, *of_rules) if id_ in asked and rests(points))
