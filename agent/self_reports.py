"""What devices say of themselves, out of the scans that pass: settings, states, bypasses."""

import logging
from collections.abc import Iterator, Mapping
from typing import Final

from agent.bypasses import Bypasses
from agent.device_states import DeviceStates
from agent.in_force import InForce
from agent.occurrence import Occurrence
from agent.readback import Readbacks
from config.model import Plant
from drivers.reading import Quality, Scan, ScanPlan

log = logging.getLogger(__name__)

PLANS_MAX: Final = 4096


class SelfReports:
    """Sees every scan; most concern it not at all, and cost one look."""

    def __init__(self, plant: Plant) -> None:
        self.settings = Readbacks(plant)
        self.states = DeviceStates(plant)
        self.bypasses = Bypasses(plant)
        self.in_force = InForce(plant)
        self._compiled: dict[ScanPlan, tuple[int, ...]] = {}

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Take up what was known when the last run ended."""
        self.settings.start(stored)
        self.states.start(stored)
        self.bypasses.start(stored)

    def take(self, scan: Scan) -> Iterator[Occurrence]:
        """Yield what a scan brings that people should know."""
        positions = self._compiled.get(scan.plan)
        if positions is None:
            positions = self._compile(scan.plan)
        for position in positions:
            point, value = scan.plan.points[position], scan.values[position]
            quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
            seen = (
                self.states.see(point, value)
                if self.states.follows(point)
                else self.settings.see(point, value, quality, scan)
            )
            for occurred in seen:
                if occurred.text is not None:
                    log.warning("%s: %s", point.id, occurred.text.en)
                yield occurred
        for occurred in self.bypasses.take(scan):
            if occurred.text is not None:
                log.warning("%s", occurred.text.en)
            yield occurred

    def _compile(self, plan: ScanPlan) -> tuple[int, ...]:
        if len(self._compiled) >= PLANS_MAX:
            self._compiled.pop(next(iter(self._compiled)))
        positions = tuple(
            position
            for position, point in enumerate(plan.points)
            if self.settings.follows(point) or self.states.follows(point)
        )
        return self._compiled.setdefault(plan, positions)
