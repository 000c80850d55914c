"""What of passed limits a platform does not see that has no word for alarms: it must judge by the values."""

from collections.abc import Iterable, Iterator

from config.fault import Findings
from config.model import Plant
from config.policy import chosen
from config.position import Layers


def advise_unseen(plant: Plant, source: Layers, findings: Findings) -> None:
    """Warn, for each such platform, of limits that it cannot judge by what it gets."""
    limited = {rule.point.id: None for device in plant.devices.values() for rule in device.rules}
    limited |= {point.id: None for rule in plant.rules for point in rule.points}
    for id_, layout in plant.layouts.items():
        if "alarm" not in layout.left_out or not limited:
            continue
        place, policy = source.place("uplinks", id_, at_key=True), plant.policies[id_]
        unsent = tuple(unsent_points(plant, id_, limited))
        if plant.uplinks[id_].hj212 is not None and (sent := len(limited) - len(unsent)):
            findings.warn(place, "limits-hj212", uplink=id_, points=sent)
        if unsent:
            findings.warn(place, "limits-unsent", uplink=id_, points=unsent)
        if policy.kind == "snapshot":
            findings.warn(place, "peaks-unseen", uplink=id_, window=f"{policy.window_s:g} s")


def unsent_points(plant: Plant, uplink: str, points: Iterable[str]) -> Iterator[str]:
    """Yield the points whose values do not go: not asked for, or without the code that HJ 212 needs."""
    needs_code, codes = plant.uplinks[uplink].hj212 is not None, plant.codes.get(uplink, {})
    for point in points:
        if not chosen(plant.policies[uplink].patterns, point) or (needs_code and point not in codes):
            yield point
