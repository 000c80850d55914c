"""One limit of one point: what its readings say, and whether anybody watches it at all."""

from typing import Final

from agent.alarms import messages
from agent.alarms.alarm import Alarm
from agent.alarms.conditions import compile_limit
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.saved import Saved
from agent.alarms.subject import Duty, Subject
from config.model import LimitRule, Text
from drivers.reading import Quality, Value

NOT_EVALUATED_AFTER_NS: Final = 10 * 10**9
"""Without a value for so long, a protection counts as lost [E]."""


class LimitWatch:
    """Follows one `LimitRule`.

    A rule starts without a value: if none comes, the protection is reported lost.
    """

    def __init__(self, rule: LimitRule, device: Text, duty: Duty, deadlines: Deadlines, out: Out) -> None:
        self.rule = rule
        self.alarm = Alarm(
            subject_of(rule, device),
            duty,
            deadlines,
            out,
            on_delay_s=rule.on_delay_s,
            off_delay_s=rule.off_delay_s,
        )
        self._device = device
        self._deadlines = deadlines
        self._condition = compile_limit(rule)

    @property
    def evaluated(self) -> bool:
        """Whether anybody watches this limit now."""
        return self.alarm.saved.lost is None

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)
        if self.evaluated:
            self._deadlines.set(self._protection_lost, mono_ns + NOT_EVALUATED_AFTER_NS)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading."""
        signal = self._condition(value, quality)
        if value is None:
            self._miss(mono_ns)
        else:
            self._have(utc_ns)
        self.alarm.see(signal, utc_ns, mono_ns, value, quality)

    def fail(self, reason: str, utc_ns: int) -> None:
        """Report the protection lost, because computing it failed."""
        self.alarm.lose(messages.rule_failed(self.rule, self._device, reason), utc_ns)

    def _miss(self, mono_ns: int) -> None:
        if self.evaluated and not self._deadlines.is_set(self._protection_lost):
            self._deadlines.set(self._protection_lost, mono_ns + NOT_EVALUATED_AFTER_NS)

    def _have(self, utc_ns: int) -> None:
        self._deadlines.cancel(self._protection_lost)
        if not self.evaluated:
            self.alarm.find(messages.evaluated(self.rule, self._device), utc_ns)

    def _protection_lost(self, utc_ns: int, _mono_ns: int) -> None:
        self.alarm.lose(messages.not_evaluated(self.rule, self._device), utc_ns)


def subject_of(rule: LimitRule, device: Text) -> Subject:
    """Return what the alarm of a limit is about."""
    kind, point = messages.KIND[rule.kind], rule.point
    return Subject(
        rule=rule.id,
        condition=rule.kind.value,
        device=point.device_id,
        point=point.id,
        priority=rule.priority,
        name=Text(f"{device.zh} {point.name.zh} {kind.zh}", f"{device.en} {point.name.en} {kind.en}"),
        raised=lambda value: messages.raised(rule, device, value),
        cleared=lambda value: messages.cleared(rule, device, value),
        unit=point.unit,
        limit=rule.limit,
        clause=rule.clause,
    )
