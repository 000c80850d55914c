"""The drills there are: each a time line of faults at the platforms, and an act that befalls the agent."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from config.model import Device, Plant
from simulator.drill.act_disk import fill_the_disk
from simulator.drill.act_kill import kill_again_and_again
from simulator.drill.act_link import lose_the_link
from simulator.drill.act_platform import be_lied_to
from simulator.drill.act_store import damage_the_store
from simulator.drill.ground import Ground
from simulator.drill.played import Played

Act = Callable[[Ground, Plant], Awaitable[Played]]
Event = Mapping[str, object]

ALARM: Final = (0.30, 0.80)
"""From when till when the plant is beyond a limit: in the midst of each fault."""

_PROVOKED: Final[Mapping[str, Event]] = {
    "gas-leak": {"do": "leak", "to": "320 ppm", "tau": "1 s", "decay": "1 s"},
    "cooling-water": {"do": "pump-trip", "to": "20 %", "tau": "1 s"},
    "tilting-furnace": {"do": "pressure-loss", "to": "3 MPa"},
}
"""What brings a device beyond its limits, by the process that it is played with."""


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill. `at_platforms` befalls every platform, between two fractions of the length."""

    name: str
    act: Act
    at_platforms: tuple[str, float, float] | None = None

    def scenario(self, plant: Plant, seconds: float) -> Mapping[str, object]:
        """Return the scenario that plant and platform play; time in the plant is the clock's."""
        events: list[Event] = []
        if self.at_platforms is not None:
            do, at, until = self.at_platforms
            events += [{"at": at, "until": until, "platform": name, "do": do} for name in plant.uplinks]
        events += _alarm(plant.devices.values())
        return {"duration": f"{seconds:g} s", "events": events}


DRILLS: Final = {
    drill.name: drill
    for drill in (
        Drill("kill", kill_again_and_again),
        Drill("link", lose_the_link, ("black-hole", 0.20, 0.65)),
        Drill("platform", be_lied_to, ("lie", 0.10, 0.65)),
        Drill("disk", fill_the_disk),
        Drill("store", damage_the_store, ("outage", 0.20, 0.65)),
    )
}
"""By name, in the order in which they are played."""


def _alarm(devices: Iterable[Device]) -> list[Event]:
    """Bring the first device that can be brought there beyond its limits."""
    for device in devices:
        provoked = _PROVOKED.get(str(device.simulate.get("process")))
        if provoked is not None and device.rules and _fits(device, provoked):
            return [{"at": ALARM[0], "until": ALARM[1], "device": device.id, **provoked}]
    return []


def _fits(device: Device, provoked: Event) -> bool:
    """Whether a gas is measured in what the leak is given in; the others need no look."""
    return provoked["do"] != "leak" or any(rule.point.unit == "ppm" for rule in device.rules)
