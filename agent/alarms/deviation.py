"""Deviation: an approval to run with a limit laxer than the law's, and its end.

An approval that ran out is an alarm, never a refusal to start: a plant whose agent
stays down over a date has lost more than one limit.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from agent.alarms import messages
from agent.alarms.dated import DateWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.subject import Duty, Subject
from config.model import Deviation, LimitRule, Priority, Text


def deviation_watch(
    rule: LimitRule,
    deviation: Deviation,
    device: Text,
    zone: ZoneInfo,
    duty: Duty,
    deadlines: Deadlines,
    out: Out,
) -> DateWatch:
    """Return the watch of one approval, which holds to the end of its last day where the plant is."""
    over = deviation.until + timedelta(days=1)
    return DateWatch(_subject(rule, deviation, device), over, zone, duty, deadlines, out)


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
