"""Which rules watch what law wants watched: a clause of law gives their number, or law names the point."""

from config.model import Confidence, Plant
from config.sector import Statutes

LAW = Confidence.LAW


def statutory_rules(plant: Plant) -> frozenset[str]:
    """Return their ids: limits and rules of the plant."""
    statutes = Statutes()
    named = {
        point.id
        for point in plant.points
        if (role := statutes.role_of(point.serves)) is not None and role.point.confidence is LAW
    }
    limits = (rule for device in plant.devices.values() for rule in device.rules)
    found = {rule.id for rule in limits if rule.clause.confidence is LAW or rule.point.id in named}
    return frozenset(found) | {
        rule.id
        for rule in plant.rules
        if rule.clause.confidence is LAW or not named.isdisjoint(point.id for point in rule.points)
    }
