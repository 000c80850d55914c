"""From the plant file's uplink to its forwarder: the way, the layout, what goes and what is parked."""

from collections.abc import Awaitable, Callable
from random import Random

from agent.records import Json
from agent.uplinks.build import build_uplink, layout_of
from agent.uplinks.forward import Forwarder
from agent.uplinks.hj212.register import Beside
from agent.uplinks.layout import Layout
from agent.uplinks.pace import Pace
from agent.uplinks.policy import build_policy
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.render import Renderer
from agent.uplinks.results import Asking
from agent.uplinks.uplink import OnEvent
from buffering.outbox import Outbox
from config.model import Plant
from config.rate import allowed_per_s
from drivers.clock import Clock


def assemble(
    plant: Plant,
    name: str,
    outbox: Outbox,
    clock: Clock,
    rng: Random,
    *,
    on_event: OnEvent,
    catalogue: Json,
    before: Callable[[], Awaitable[None]],
) -> Forwarder:
    """Return the forwarder of the uplink `name`, which awaits `before` first. Raises UplinkUnusable."""
    uplink, file = plant.uplinks[name], plant.layouts[name]
    per_s = allowed_per_s(uplink, file)
    quarantine = Quarantine(name, outbox.state)
    entry = file.kinds.get("catalogue")
    layout = layout_of(plant, name)
    return Forwarder(
        name,
        build_uplink(
            plant, name, clock=clock, on_event=on_event, beside=Beside(outbox.state, outbox.notes.keep)
        ),
        Renderer(layout, outbox.state, quarantine),
        build_policy(plant.policies[name]),
        outbox,
        clock,
        rng,
        heartbeat_s=uplink.heartbeat,
        spread_s=uplink.reconnect_spread,
        on_event=on_event,
        quarantine=quarantine,
        in_order=uplink.order == "in-order",
        pace=None if per_s is None else Pace(per_s, clock),
        catalogue=catalogue if entry is not None and entry.on_connect else None,
        asking=_asking(plant, name, layout),
        before=before,
    )


def _asking(plant: Plant, name: str, layout: Layout) -> Asking | None:
    """Return how results are asked for; by MQTT and HJ 212 nothing is promised for later."""
    pending = plant.layouts[name].pending
    if pending is None or layout.query is None or plant.uplinks[name].ministry_http is None:
        return None
    return Asking(layout.query, pending.every, pending.give_up)
