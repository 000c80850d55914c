"""An alarm whose rule is gone from the plant file is ended, visibly."""

from uuid import uuid4

from agent.alarms import messages
from agent.alarms.event import AlarmEvent, Happening
from agent.alarms.saved import Json, Saved, alarm_id, since_ns
from config.model import Priority


def ended(rule_id: str, saved: Saved, utc_ns: int) -> AlarmEvent:
    """Return its end; `saved` is what stood when the last run ended."""
    stood = saved.alarm or saved.lost or {}
    return AlarmEvent(
        alarm_id=alarm_id(saved.alarm) if saved.alarm else uuid4(),
        happening=Happening.OUT_OF_SERVICE,
        rule=rule_id,
        condition=str(stood.get("condition") or ""),
        device=_word(stood, "device"),
        point=_word(stood, "point"),
        priority=Priority.LOW,
        utc_ns=utc_ns,
        text=messages.out_of_service(rule_id),
        since_ns=since_ns(stood) if stood else None,
    )


def _word(stood: Json, key: str) -> str | None:
    word = stood.get(key)
    return None if word is None else str(word)
