"""One limit of one point with a set for each phase of a gate.

Nothing is looked up when a reading comes: entering a phase puts another condition in the
place of the last. Until the gate has been read once, or is known to be unknown, it waits,
as every rule waits for its first value, and raises only what is beyond in every phase; what
it saw meanwhile is judged then.
"""

from collections.abc import Sequence
from dataclasses import replace

from agent.alarms import words_gate
from agent.alarms.conditions import Condition, compile_limit
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.limit import LimitWatch, subject_of
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from config.model import LimitRule, Phase, Text
from drivers.reading import Quality, Value


class GatedLimit(LimitWatch):
    """Follows one `LimitRule` with sets."""

    def __init__(self, rule: LimitRule, device: Text, duty: Duty, deadlines: Deadlines, out: Out) -> None:
        super().__init__(rule, device, duty, deadlines, out)
        self._seen: tuple[Value, Quality] | None = None
        phases: tuple[Phase | None, ...] = (None, *Phase)
        self._by_phase = {phase: _in(phase, rule, device) for phase in phases}
        self._condition = _waiting([condition for condition, _ in self._by_phase.values()])
        self.is_in_force = True
        self._is_due = False

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading."""
        self._seen, self._is_due = (value, quality), False
        super().see(value, quality, utc_ns, mono_ns)

    def enter(self, phase: Phase | None) -> None:
        """Take the set of a phase; of one that is unknown (None), the steady set."""
        self._condition, self.alarm.subject = self._by_phase[phase]
        self.is_in_force = self.rule.limit_in(phase) is not None
        self._is_due = self._seen is not None

    def judge_again(self, utc_ns: int, mono_ns: int) -> None:
        """Judge what was read last by the phase's own limit, unless something newer came with the phase."""
        if self._is_due and self._seen is not None:
            self.see(*self._seen, utc_ns, mono_ns)


def _in(phase: Phase | None, rule: LimitRule, device: Text) -> tuple[Condition, Subject]:
    limit = rule.limit_in(phase)
    if limit is None:
        subject = subject_of(rule, device)
        return _not_in_force, replace(subject, cleared=lambda _value: words_gate.not_in_force(rule, device))
    own = replace(rule, limit=limit)
    return compile_limit(own), subject_of(own, device)


def _waiting(conditions: Sequence[Condition]) -> Condition:
    def condition(value: Value, quality: Quality) -> Signal:
        is_beyond = all(each(value, quality) is Signal.BEYOND for each in conditions)
        return Signal.BEYOND if is_beyond else Signal.LOST

    return condition


def _not_in_force(_value: Value, _quality: Quality) -> Signal:
    return Signal.BACK
