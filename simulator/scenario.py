"""A scenario: what happens to a plant and to the platform, and when.

Times are fractions of the length that the scenario is played in; `duration` is
how much process time that length stands for:

    duration: 20 min
    events:
      - {at: 0.1, until: 0.35, device: co-12, do: leak, to: 320 ppm}
      - {at: 0.5, until: 0.55, connection: dust-plc, do: reboot}
      - {at: 0.4, until: 0.6, platform: bureau, do: outage}

Several processes read the same file, and each plays its own part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from simulator.faults import Target


@dataclass(frozen=True, slots=True)
class Event:
    """One fault and its span [at, until), in fractions of the length.

    `parameters` are complete (defaults filled in) and in the units of faults.py.
    """

    at: float
    until: float
    target: Target
    id: str
    do: str
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """The events of a scenario. Everything here is a pure query."""

    duration_s: float
    events: tuple[Event, ...] = ()

    def active(self, fraction: float, target: Target, target_id: str) -> tuple[Event, ...]:
        """Return what befalls one target at this moment, in the order of the file."""
        events = self._of.get((target, target_id))
        if events is None:
            return ()
        return tuple(event for event in events if event.at <= fraction < event.until)

    def edges(self, target: Target, target_id: str) -> tuple[float, ...]:
        """Return the fractions at which something begins or ends for one target, ascending."""
        events = self._of.get((target, target_id), ())
        return tuple(sorted({edge for event in events for edge in (event.at, event.until)}))

    @cached_property
    def _of(self) -> Mapping[tuple[Target, str], tuple[Event, ...]]:
        return _by_target(self.events)


def _by_target(events: Iterable[Event]) -> Mapping[tuple[Target, str], tuple[Event, ...]]:
    grouped: dict[tuple[Target, str], tuple[Event, ...]] = {}
    for event in events:
        key = (event.target, event.id)
        grouped[key] = (*grouped.get(key, ()), event)
    return grouped
