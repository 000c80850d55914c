"""Areas and gates as they stand now, for the command line, the status and the page."""

from dataclasses import asdict

from agent.alarms.area import AreaWatch
from agent.alarms.engine import Engine
from agent.gateway import Gateway
from agent.records import Json
from config.model import Area


def areas_now(gateway: Gateway) -> list[Json]:
    """Return every area with its state; None where it has none."""
    watches = gateway.engine.areas.watches
    return [area_now(area, watches.get(area.id), gateway.engine) for area in gateway.plant.areas.values()]


def planned_stops(gateway: Gateway) -> list[Json]:
    """Return the areas that are at a planned stop, with the rules that rest."""
    return [each for each in areas_now(gateway) if each["resting"]]


def area_now(area: Area, watch: AreaWatch | None, engine: Engine) -> Json:
    """Return one area."""
    declared = watch.declared if watch else None
    return {
        "id": area.id,
        "name": asdict(area.name),
        "state": watch.state.value if watch else None,
        "since_ns": watch.since_ns if watch else None,
        "source": watch.source if watch else None,
        "declared": dict(declared.said) if declared else None,
        "resting": engine.areas.stops.resting(area.id),
    }


def gates_now(gateway: Gateway) -> list[Json]:
    """Return every gate with its phase; None where it is not known."""
    return [
        {
            "id": id_,
            "name": asdict(watch.gate.name),
            "phase": None if watch.phase is None else watch.phase.value,
            "not_in_force": watch.not_in_force,
        }
        for id_, watch in gateway.engine.gates.items()
    ]
