"""Which areas a gate is about: those of the points that tell its phase, and of the limits that follow it."""

from config.model import Plant


def areas_of_gate(plant: Plant, gate: str) -> frozenset[str]:
    """Return their ids."""
    devices = {point.device_id for point in plant.gates[gate].points}
    devices |= {
        limit.point.device_id
        for device in plant.devices.values()
        for limit in device.rules
        if limit.gate == gate
    }
    return frozenset(area for id_ in devices if (area := plant.devices[id_].area) is not None)
