"""One limit of one point: what its readings say, and whether anybody watches it at all."""

from collections.abc import Callable

from agent.alarms import messages
from agent.alarms.alarm import Alarm
from agent.alarms.conditions import compile_limit
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.protection import Protection
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from config.model import LimitRule, Text
from drivers.reading import Quality, Value

Tell = Callable[[Signal, int, int, Value, Quality], None]
"""Takes what a limit says of one reading: signal, times in UTC and on the monotonic clock, value, quality."""


class LimitWatch:
    """Follows one `LimitRule`."""

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
        lost, found = messages.not_evaluated(rule, device), messages.evaluated(rule, device)
        self._protection = Protection(self.alarm, lost, found, deadlines)
        self._condition = compile_limit(rule)
        self.tell: Tell = self.alarm.see  # or what stands between: see device_alarm.py

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)
        self._protection.miss(mono_ns)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading."""
        signal = self._condition(value, quality)
        if value is None:
            self._protection.miss(mono_ns)
        else:
            self._protection.have(utc_ns)
        self.tell(signal, utc_ns, mono_ns, value, quality)


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
