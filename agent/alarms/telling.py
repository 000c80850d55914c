"""What every event of an alarm says of its rule."""

from uuid import UUID

from agent.alarms.event import AlarmEvent, Happening
from agent.alarms.subject import Subject
from config.model import Text


def event_of(subject: Subject, happening: Happening, event_id: UUID, utc_ns: int, text: Text) -> AlarmEvent:
    """Return an event of a rule's alarm, without what the alarm knows."""
    return AlarmEvent(
        alarm_id=event_id,
        happening=happening,
        rule=subject.rule,
        condition=subject.condition,
        device=subject.device,
        point=subject.point,
        priority=subject.priority,
        utc_ns=utc_ns,
        text=text,
        unit=subject.unit,
        limit=subject.limit,
        clause=subject.clause,
    )
