"""Deviation: an approval to run with a limit laxer than the law's, and its end.

An approval that ran out is an alarm, never a refusal to start: a plant whose agent
stays down over a date has lost more than one limit.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent.alarms import messages
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from config.model import Deviation, LimitRule, Priority, Text

LOOK_NS: Final = 3600 * 10**9
"""Looked at again so often: before the first synchronisation the wall clock may be years off."""


class DeviationWatch:
    """Raises an alarm once an approval has ended, until the plant file has a valid one or none."""

    def __init__(self, subject: Subject, ends_ns: int, duty: Duty, deadlines: Deadlines, out: Out) -> None:
        self.alarm = Alarm(subject, duty, deadlines, out, on_delay_s=0, off_delay_s=0)
        self._ends_ns = ends_ns
        self._deadlines = deadlines

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)
        self._look(utc_ns, mono_ns)

    def _look(self, utc_ns: int, mono_ns: int) -> None:
        self.alarm.works(utc_ns)
        left_ns = self._ends_ns - utc_ns
        self.alarm.see(Signal.BACK if left_ns > 0 else Signal.BEYOND, utc_ns, mono_ns)
        self._deadlines.set(self._look, mono_ns + (min(left_ns, LOOK_NS) if left_ns > 0 else LOOK_NS))


def deviation_watch(
    rule: LimitRule,
    deviation: Deviation,
    device: Text,
    zone: ZoneInfo,
    duty: Duty,
    deadlines: Deadlines,
    out: Out,
) -> DeviationWatch:
    """Return the watch of one approval, which holds to the end of its last day where the plant is."""
    ends = datetime.combine(deviation.until + timedelta(days=1), time(), zone)
    return DeviationWatch(
        _subject(rule, deviation, device), round(ends.timestamp()) * 10**9, duty, deadlines, out
    )


def _subject(rule: LimitRule, deviation: Deviation, device: Text) -> Subject:
    ended, renewed = (
        messages.deviation_ended(rule, deviation, device),
        messages.deviation_renewed(rule, device),
    )
    return Subject(
        rule=f"{rule.id}.deviation",
        condition="deviation-expired",
        device=rule.point.device_id,
        point=rule.point.id,
        priority=Priority.MEDIUM,
        name=messages.deviation_name(rule, device),
        raised=lambda _value: ended,
        cleared=lambda _value: renewed,
        clause=rule.clause,
    )
