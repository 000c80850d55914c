"""The phase of a process, and the limits that have a set for each.

A phase is only what is surely so: by GOOD readings, with every condition before it surely not
so. Anything else is unknown, and then the steady limits hold at once; lasting, it is an alarm. So
an unknown phase is never laxer than the steady one. That the plant contradicts an idle phase is a
rule like any other, made of the gate's own conditions (config/gates.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agent.alarms import words_gate
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.gated import GatedLimit
from agent.alarms.protection import NOT_EVALUATED_AFTER_NS
from agent.alarms.rules.expression import ExpressionJudge
from agent.alarms.rules.judging import Input
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from agent.alarms.told import Tell, Told
from agent.taken_up import taken_up
from config.model import Gate, Phase, Priority
from drivers.reading import Quality, Scan

STATE_PREFIX: Final = "gate/"
KIND: Final = "phase"

Places = tuple[tuple[int, ExpressionJudge, int], ...]
"""Position in a scan, the judge of a phase, and number of its point that stands there."""

Entered = Callable[[Gate, Phase | None, int, int], None]
"""Told which phase a gate has entered, None where it is not known, with the times."""


class GateWatch:
    """Follows one `Gate`."""

    def __init__(
        self,
        gate: Gate,
        limits: Sequence[GatedLimit],
        duty: Duty,
        deadlines: Deadlines,
        out: Out,
        tell: Tell,
        entered: Entered,
    ) -> None:
        self.gate = gate
        self.phase: Phase | None = None  # None: unknown
        self.alarm = Alarm(_subject(gate), duty, deadlines, out, on_delay_s=0, off_delay_s=0)
        self._limits = limits
        self._deadlines = deadlines
        self._tell = tell
        self._entered = entered
        self._judges = [(each.phase, ExpressionJudge(each.condition, each.points)) for each in gate.phases]
        self._is_read = False
        self._told: Phase | None = None
        self._due_ns: int | None = None

    @property
    def not_in_force(self) -> list[str]:
        """The rules that have no limit in this phase."""
        return [limit.rule.id for limit in self._limits if not limit.is_in_force]

    def resume(self, stored: Mapping[str, bytes]) -> None:
        """Take the phase that was told last, so that it is not told again."""
        self._told = taken_up(stored, STATE_PREFIX + self.gate.id, lambda packed: Phase(packed.decode()))

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off; the phase itself is read anew."""
        self.alarm.start(saved, utc_ns, mono_ns)
        self._deadlines.set(self._unknown_for_long, mono_ns + NOT_EVALUATED_AFTER_NS)

    def places(self, at: Mapping[str, int]) -> Places:
        """Return which positions of a plan (by point) tell the phase."""
        return tuple(
            (at[point.id], judge, place)
            for each, (_, judge) in zip(self.gate.phases, self._judges, strict=True)
            for place, point in enumerate(each.points)
            if point.id in at
        )

    def see(self, scan: Scan, places: Places) -> None:
        """Take what one scan tells of the phase; its limits are then to `judge_again`."""
        for position, judge, place in places:
            quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
            value = scan.values[position]
            assert not isinstance(value, str)  # config gives a text no part in an expression
            judge.take(place, Input(None if value is None else float(value), quality, scan.mono_ns))
        self._look(scan.utc_ns, scan.mono_ns)

    def judge_again(self, utc_ns: int, mono_ns: int) -> None:
        """Have the limits judge what they read before the phase, once those of the scan itself have been."""
        for limit in self._limits:
            limit.judge_again(utc_ns, mono_ns)

    def _look(self, utc_ns: int, mono_ns: int) -> None:
        phase = self._judged(mono_ns)
        if phase is None:
            if not self._deadlines.is_set(self._unknown_for_long) and not self.alarm.state.is_raised:
                self._deadlines.set(self._unknown_for_long, mono_ns + NOT_EVALUATED_AFTER_NS)
            # Before the first phase they wait, for no longer than the alarm does.
            if self.phase is not None:
                self._enter(None, utc_ns, mono_ns)
            return
        self._deadlines.cancel(self._unknown_for_long)
        if phase is not self.phase:
            self._enter(phase, utc_ns, mono_ns)
        self.alarm.see(Signal.BACK, utc_ns, mono_ns)
        if phase is not self._told:
            self._tell_phase(phase, utc_ns)

    def _judged(self, mono_ns: int) -> Phase | None:
        """Return the phase. Every condition is asked, because some of them remember."""
        asked = [(phase, judge.stated(mono_ns)[1]) for phase, judge in self._judges]
        self._await([judge.due_ns for _, judge in self._judges])
        for phase, is_so in asked:
            if is_so is not False:
                return phase if is_so else None
        return None if self.gate.is_steady_told else Phase.STEADY

    def _enter(self, phase: Phase | None, utc_ns: int, mono_ns: int) -> None:
        self._is_read = True
        self.phase = phase
        for limit in self._limits:
            limit.enter(phase)
        self._entered(self.gate, phase, utc_ns, mono_ns)

    def _tell_phase(self, phase: Phase, utc_ns: int) -> None:
        before, self._told = self._told, phase
        resting = self.not_in_force
        fields = {
            "gate": self.gate.id,
            "state": phase.value,
            "before": before and before.value,
            "not_in_force": resting,
        }
        state = {STATE_PREFIX + self.gate.id: phase.value.encode()}
        self._tell(Told(KIND, utc_ns, words_gate.entered(self.gate, phase, resting), fields, state))

    def _unknown_for_long(self, utc_ns: int, mono_ns: int) -> None:
        if not self._is_read:
            self._enter(None, utc_ns, mono_ns)
            self.judge_again(utc_ns, mono_ns)
        if self.alarm.line_tells():
            self._deadlines.set(self._unknown_for_long, mono_ns + NOT_EVALUATED_AFTER_NS)
        else:
            self.alarm.see(Signal.BEYOND, utc_ns, mono_ns)

    def _await(self, dues: Sequence[int | None]) -> None:
        due_ns = min((due for due in dues if due is not None), default=None)
        if due_ns is not None and (self._due_ns is None or due_ns < self._due_ns):
            self._due_ns = due_ns
            self._deadlines.set(self._due, due_ns)

    def _due(self, utc_ns: int, mono_ns: int) -> None:
        self._due_ns = None
        self._look(utc_ns, mono_ns)
        self.judge_again(utc_ns, mono_ns)


def _subject(gate: Gate) -> Subject:
    point = gate.points[0]
    unknown, known = words_gate.unknown(gate), words_gate.known(gate)
    return Subject(
        rule=gate.unknown_rule,
        condition="gate-unknown",
        device=point.device_id,
        point=point.id,
        priority=Priority.HIGH,
        name=words_gate.name(gate),
        raised=lambda _value: unknown,
        cleared=lambda _value: known,
    )
