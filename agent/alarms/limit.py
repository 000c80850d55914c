"""One limit of one point: its state, its delays, and whether anybody watches it at all."""

from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from agent.alarms import messages
from agent.alarms.conditions import compile_limit
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import AlarmEvent, Happening, Out
from agent.alarms.saved import Json, Saved, alarm_id, since_ns
from agent.alarms.states import Signal, State, step
from config.model import LimitRule, Text
from drivers.reading import Quality, Value

NOT_EVALUATED_AFTER_NS: Final = 10 * 10**9
"""Without a value for so long, a protection counts as lost [E]."""


class LimitWatch:
    """Follows one `LimitRule`; every happening goes to `out` at once.

    A rule starts without a value: if none comes, the protection is reported lost.
    """

    def __init__(self, rule: LimitRule, device: Text, deadlines: Deadlines, out: Out) -> None:
        self.rule = rule
        self.rule_id = rule.id
        self.state = State.NORMAL
        self.saved = Saved()
        self._device = device
        self._deadlines = deadlines
        self._out = out
        self._condition = compile_limit(rule)
        self._value: Value = None
        self._quality = Quality.STALE

    @property
    def evaluated(self) -> bool:
        """Whether anybody watches this limit now."""
        return self.saved.lost is None

    def start(self, saved: Saved, mono_ns: int) -> None:
        """Take up where the last run left off; an alarm that stood stays, without a second raise."""
        self.saved = saved
        if saved.alarm is not None:
            self.state = State.ALARM
        if self.evaluated:
            self._deadlines.set(self._protection_lost, mono_ns + NOT_EVALUATED_AFTER_NS)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading."""
        signal = self._condition(value, quality)
        self._value, self._quality = value, quality
        if value is None:
            self._miss(mono_ns)
        else:
            self._have(utc_ns)
        if signal is not Signal.BACK or self.state is not State.NORMAL:
            self._move(signal, utc_ns, mono_ns)

    def fail(self, reason: str, utc_ns: int) -> None:
        """Report the protection lost, because computing it failed."""
        if self.evaluated:
            self._lose(utc_ns, messages.rule_failed(self.rule, self._device, reason))

    def _miss(self, mono_ns: int) -> None:
        if self.evaluated and not self._deadlines.is_set(self._protection_lost):
            self._deadlines.set(self._protection_lost, mono_ns + NOT_EVALUATED_AFTER_NS)

    def _have(self, utc_ns: int) -> None:
        self._deadlines.cancel(self._protection_lost)
        if (lost := self.saved.lost) is not None:
            self.saved = replace(self.saved, lost=None)
            self._end(Happening.EVALUATED, lost, utc_ns, messages.evaluated(self.rule, self._device))

    def _protection_lost(self, utc_ns: int, _mono_ns: int) -> None:
        self._lose(utc_ns, messages.not_evaluated(self.rule, self._device))

    def _lose(self, utc_ns: int, text: Text) -> None:
        event = self._event(Happening.NOT_EVALUATED, uuid4(), utc_ns, text)
        self.saved = replace(self.saved, lost=event.as_json())
        self._out(event)

    def _move(self, signal: Signal, utc_ns: int, mono_ns: int) -> None:
        before, self.state = self.state, step(self.state, signal)
        if self.state is before:
            return
        self._deadlines.cancel(self._delay_over)
        if self.state in (State.ON_DELAY, State.OFF_DELAY):
            self._wait(utc_ns, mono_ns)
        elif before is State.ON_DELAY and self.state is State.ALARM:
            self._raise(utc_ns)
        elif before is State.OFF_DELAY and self.state is State.NORMAL:
            self._clear(utc_ns)

    def _raise(self, utc_ns: int) -> None:
        text = messages.raised(self.rule, self._device, self._value)
        event = self._event(Happening.RAISED, uuid4(), utc_ns, text)
        self.saved = replace(self.saved, alarm=event.as_json())
        self._out(event)

    def _clear(self, utc_ns: int) -> None:
        raised = self.saved.alarm
        assert raised is not None  # only a raised alarm reaches OFF_DELAY
        self.saved = replace(self.saved, alarm=None)
        self._end(Happening.CLEARED, raised, utc_ns, messages.cleared(self.rule, self._device, self._value))

    def _wait(self, utc_ns: int, mono_ns: int) -> None:
        delay_s = self.rule.on_delay_s if self.state is State.ON_DELAY else self.rule.off_delay_s
        if delay_s:
            self._deadlines.set(self._delay_over, mono_ns + round(delay_s * 1e9))
        else:
            self._move(Signal.ELAPSED, utc_ns, mono_ns)

    def _delay_over(self, utc_ns: int, mono_ns: int) -> None:
        self._move(Signal.ELAPSED, utc_ns, mono_ns)

    def _end(self, happening: Happening, begun: Json, utc_ns: int, text: Text) -> None:
        event = self._event(happening, alarm_id(begun), utc_ns, text)
        self._out(replace(event, since_ns=since_ns(begun)))

    def _event(self, happening: Happening, event_id: UUID, utc_ns: int, text: Text) -> AlarmEvent:
        rule = self.rule
        return AlarmEvent(
            alarm_id=event_id,
            happening=happening,
            rule=rule.id,
            condition=rule.kind.value,
            device=rule.point.device_id,
            point=rule.point.id,
            priority=rule.priority,
            utc_ns=utc_ns,
            text=text,
            value=self._value,
            quality=self._quality,
            unit=rule.point.unit,
            limit=rule.limit,
            clause=rule.clause,
        )
