"""How long a gateway may take to catch up, by its own plant file."""

from typing import Final

from config.model import Plant

_BACK_OFF_S: Final = 45.0  # pauses after failures, and what is then still to be sent


def patience_s(plant: Plant) -> float:
    """Return how long to wait for an empty backlog: a plant may have its gateways come back one by one."""
    uplinks = plant.uplinks.values()
    asks_s = max((p.every for each in plant.layouts.values() if (p := each.pending) is not None), default=0.0)
    return (
        _BACK_OFF_S + asks_s + max((u.reconnect_spread + u.transport.timeout for u in uplinks), default=0.0)
    )
