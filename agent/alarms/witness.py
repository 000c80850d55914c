"""Whether a process of an area runs, whatever a calendar, a point or a person says of the area.

In a planned stop rules rest, so nothing but an idle process may be at one: a gate in any other
phase for a minute denies it. A phase that is not known says nothing either way: what was seen
before it holds against a calendar, and no more against a person.
"""

from collections.abc import Iterable
from typing import Final

from agent.alarms.area import AreaWatch
from agent.alarms.deadlines import Deadlines
from config.model import Gate, Phase, Text

RUNS_AFTER_NS: Final = 60 * 10**9
"""As long as an idle phase may be contradicted by the plant before it is an alarm [E]."""


class Witness:
    """Follows the gates of one area."""

    def __init__(self, area: AreaWatch, gates: Iterable[str], deadlines: Deadlines) -> None:
        self._area = area
        self._deadlines = deadlines
        self._phases: dict[str, Phase | None] = dict.fromkeys(gates)
        self._runs = Text("", "")  # the process that was seen to run last

    def see(self, gate: Gate, phase: Phase | None, utc_ns: int, mono_ns: int) -> None:
        """Take it that a gate has entered a phase; None: it is not known any more."""
        self._phases[gate.id] = phase
        if phase not in (None, Phase.IDLE):
            self._runs = gate.name
        known = set(self._phases.values()) - {None}
        if known - {Phase.IDLE}:
            self._area.is_process_known = True
            if self._area.process is None and not self._deadlines.is_set(self._over):
                self._deadlines.set(self._over, mono_ns + RUNS_AFTER_NS)
            return
        self._deadlines.cancel(self._over)
        self._area.is_process_known = False
        if None not in self._phases.values():
            self._area.see_process(None, utc_ns, mono_ns)

    def _over(self, utc_ns: int, mono_ns: int) -> None:
        self._area.see_process(self._runs, utc_ns, mono_ns)
