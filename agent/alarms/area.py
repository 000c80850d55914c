"""The production state of one area: running, idle, at a planned stop, or unknown.

A point, a calendar or nothing but people's declarations tell it (config/production.py). What a
person declares holds until its end, from now on and never backwards, over a calendar, an idle
point and one that has no value; a point that says the area runs ends it at once, and so does a
process that runs (witness.py). What is not known is watched as if it ran: only a planned stop
that somebody or something says, and no process denies, lets rules rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from agent.alarms import words_area
from agent.alarms.acting import ActRefused
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Act
from agent.alarms.told import Tell, Told
from agent.alarms.words import BY_TIME
from agent.taken_up import taken_up
from config.model import Area, Text
from config.production import ByCalendar, ByTag, ProductionState
from drivers.reading import Quality, Value

STATE_PREFIX: Final = "area/"
KIND: Final = "production-state"
RESTS: Final = (ProductionState.PLANNED_STOP, ProductionState.IDLE)
LOST_AFTER_NS: Final = 10 * 10**9
"""Without a value for so long, a state is unknown [E]; as long as a protection takes to count as lost."""
DECLARED_MAX_S: Final = 31 * 86400.0
"""No declaration lasts longer; a longer stop is declared anew, by somebody who still means it [E]."""
LOOK_NS: Final = 3600 * 10**9
"""An end is looked at again so often: before the first synchronisation the wall clock may be years off."""
MINUTE_NS: Final = 60 * 10**9

Changed = Callable[["AreaWatch", ProductionState, int, int], None]
"""Told (area, state before, utc_ns, mono_ns) once the new state holds."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person said, until when."""

    state: ProductionState
    until_ns: int
    said: Mapping[str, object]  # by, reason, until_ns


class AreaWatch:
    """Follows one area that has a state."""

    def __init__(
        self,
        area: Area,
        zone: ZoneInfo,
        deadlines: Deadlines,
        tell: Tell,
        changed: Changed,
        *,
        has_gates: bool = False,
    ) -> None:
        assert area.knowing is not None
        self._has_gates = has_gates
        self.area = area
        self.since_ns: int | None = None
        self.declared: Declared | None = None
        self._knowing = area.knowing
        self._zone = zone
        self._deadlines = deadlines
        self._tell = tell
        self._changed = changed
        # Without a point and a calendar it runs unless somebody says otherwise.
        is_open = isinstance(area.knowing, ByTag | ByCalendar)
        self._known = ProductionState.UNKNOWN if is_open else ProductionState.RUNNING
        self._shown: ProductionState | None = None
        self.process: Text | None = None  # that runs, or did when its phase was last known
        self.is_process_known = False  # its phase is known now
        self._rested = False  # it stood or paused when its state was last known

    @property
    def state(self) -> ProductionState:
        """What it does."""
        return self._shown or ProductionState.UNKNOWN

    @property
    def is_stopped(self) -> bool:
        """Whether rules of its process rest."""
        return self.state is ProductionState.PLANNED_STOP

    @property
    def point(self) -> str | None:
        """The point that tells the state, if one does."""
        return self._knowing.point if isinstance(self._knowing, ByTag) else None

    @property
    def source(self) -> str:
        """What tells the state now."""
        if self.declared is not None:
            return "declaration"
        return "gate" if self._found is not self._known else self._source

    @property
    def _source(self) -> str:
        if isinstance(self._knowing, ByTag):
            return "tag"
        return "calendar" if isinstance(self._knowing, ByCalendar) else "declaration"

    @property
    def _found(self) -> ProductionState:
        """What is known of it, unless a process denies it."""
        is_denied = self.process is not None and self._known is ProductionState.PLANNED_STOP
        return ProductionState.RUNNING if is_denied else self._known

    def start(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off; a state that a point told holds until it is read, or lost."""
        taken_up(stored, STATE_PREFIX + self.area.id, self._unpack)
        if isinstance(self._knowing, ByTag):
            self._known = self._shown if self._shown and self.declared is None else self._known
            self._deadlines.set(self._lost, mono_ns + LOST_AFTER_NS)
        if self.declared is not None and self.declared.until_ns <= utc_ns:
            self._end(Act(BY_TIME), utc_ns, mono_ns)
        elif self.declared is not None:
            self._over(utc_ns, mono_ns)
        if isinstance(self._knowing, ByCalendar):
            self._look(utc_ns, mono_ns)
        elif not isinstance(self._knowing, ByTag):
            self._settle(utc_ns, mono_ns)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Take a reading of the point that tells the state."""
        assert isinstance(self._knowing, ByTag)
        if value is None or isinstance(value, str) or not quality.is_good:
            if not self._deadlines.is_set(self._lost):
                self._deadlines.set(self._lost, mono_ns + LOST_AFTER_NS)
            return
        self._deadlines.cancel(self._lost)
        self._known = self._knowing.of(float(value), before=self._known)
        denied = self.declared is not None and self.declared.state is not ProductionState.RUNNING
        if denied and self._known is ProductionState.RUNNING:
            self._drop()
            text = words_area.runs_after_all(self.area, self._knowing.point)
            self._show(self._known, text, {"source": "tag"}, utc_ns, mono_ns)
        else:
            self._settle(utc_ns, mono_ns)

    def see_process(self, runs: Text | None, utc_ns: int, mono_ns: int) -> None:
        """Take it that a process runs for sure, or that none does (None)."""
        before, self.process = self.process, runs
        if runs is None:
            self._settle(utc_ns, mono_ns)
        elif before is None and self.is_stopped:
            self._drop()
            # One that a person alone had said is over; a calendar's comes back with an idle process.
            text = words_area.process_runs(self.area, runs)
            self._show(ProductionState.RUNNING, text, {"source": "gate"}, utc_ns, mono_ns)

    # What people do

    def declare(self, state: ProductionState, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Take it that a person says what the area does, until then. Raises ActRefused."""
        until_ns = act.until_ns
        if until_ns is None or not utc_ns < until_ns <= utc_ns + DECLARED_MAX_S * 1e9:
            raise ActRefused(words_area.no_end(self.area, DECLARED_MAX_S / 86400))
        if (
            self.point is not None
            and self._known is ProductionState.RUNNING
            and state is not ProductionState.RUNNING
        ):
            raise ActRefused(words_area.runs(self.area, self.point))
        if state is not ProductionState.RUNNING and self.process is not None:
            if self.is_process_known:
                raise ActRefused(words_area.process_denies(self.area, self.process))
            self.process = None
        self.declared = Declared(state, until_ns, act.as_json())
        self._over(utc_ns, mono_ns)
        fields = {"source": "declaration", **act.as_json()}
        self._show(state, words_area.declared(self.area, state, act), fields, utc_ns, mono_ns)

    def end(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """End what was declared before its time. Raises ActRefused."""
        if self.declared is None:
            raise ActRefused(words_area.not_declared(self.area))
        self._end(act, utc_ns, mono_ns)

    def _over(self, utc_ns: int, mono_ns: int) -> None:
        """End what was declared, once its time has come."""
        assert self.declared is not None  # with its end the deadline goes
        left_ns = self.declared.until_ns - utc_ns
        if left_ns > 0:
            self._deadlines.set(self._over, mono_ns + min(left_ns, LOOK_NS))
        else:
            self._end(Act(BY_TIME), utc_ns, mono_ns)

    def _end(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        self._drop()
        text = words_area.declaration_ended(self.area, self._found, act)
        self._show(self._found, text, {"source": "declaration", **act.as_json()}, utc_ns, mono_ns)

    def _drop(self) -> None:
        self.declared = None
        self._deadlines.cancel(self._over)

    def _lost(self, utc_ns: int, mono_ns: int) -> None:
        self._known = ProductionState.UNKNOWN
        self._settle(utc_ns, mono_ns)

    def _look(self, utc_ns: int, mono_ns: int) -> None:
        assert isinstance(self._knowing, ByCalendar)
        self._known = self._knowing.at(datetime.fromtimestamp(utc_ns // 10**9, self._zone))
        # Windows are whole minutes long: looked at each minute, a set clock and summer time are no matter.
        self._deadlines.set(self._look, mono_ns + MINUTE_NS - utc_ns % MINUTE_NS)
        self._settle(utc_ns, mono_ns)

    def _settle(self, utc_ns: int, mono_ns: int) -> None:
        """Show what is known, unless somebody declared something else, or it is shown already."""
        if self.declared is not None or self._found is self._shown:
            return
        text = words_area.changed(self.area, self._found)
        if self.process is not None and self._found is not self._known:
            text = words_area.process_runs(self.area, self.process)
        if self.point is not None and self._known is ProductionState.UNKNOWN:
            text = words_area.lost(self.area, self.point)
        self._show(self._found, text, {"source": self.source}, utc_ns, mono_ns)

    def _show(
        self, state: ProductionState, text: Text, fields: Mapping[str, object], utc_ns: int, mono_ns: int
    ) -> None:
        before, since_ns = self.state, self.since_ns
        if state is not self._shown:
            self.since_ns = utc_ns
        self._shown = state
        goes_on = self._rested and state is ProductionState.RUNNING
        if state is not ProductionState.UNKNOWN:
            self._rested = state in RESTS
        told = {"area": self.area.id, "state": state.value, "before": before.value, "since_ns": since_ns}
        told |= {"goes_on": True} if goes_on else {}
        key = STATE_PREFIX + self.area.id
        self._tell(Told(KIND, utc_ns, text, {**told, **fields}, {key: self._pack()}))
        if state is not before:
            self._changed(self, before, utc_ns, mono_ns)

    def _pack(self) -> bytes:
        declared = self.declared
        return orjson.dumps(
            {
                "state": self.state.value,
                "since_ns": self.since_ns,
                "rested": self._rested,
                "process": self.process and asdict(self.process),
                "declared": declared and {"state": declared.state.value, "said": dict(declared.said)},
            }
        )

    def _unpack(self, stored: bytes) -> None:
        found = orjson.loads(stored)
        self._shown, self.since_ns = ProductionState(found["state"]), found["since_ns"]
        self._rested = found.get("rested", self._shown in RESTS)
        if (process := found.get("process")) is not None and self._has_gates:
            self.process = Text(**process)
        if (declared := found["declared"]) is not None:
            said = declared["said"]
            self.declared = Declared(ProductionState(declared["state"]), said["until_ns"], said)


def goes_on(told: Told) -> str | None:
    """Return the area that an event says is running again, after a stop or a pause; None: it says no such.

    That its state was unknown in between changes nothing: the PLC may be on after the declared end.
    """
    return str(told.fields["area"]) if told.kind == KIND and told.fields.get("goes_on") else None
