"""Which kind of message a record makes."""

from typing import Final

from agent.records import Json
from agent.uplinks.uplink import Kind
from buffering.record import Lane, Stream

_ALARMS: Final = {
    "raised": Kind.ALARM,
    "not-evaluated": Kind.ALARM,  # a protection that is lost is an alarm of its own
    "cleared": Kind.ALARM_END,
    "reset": Kind.ALARM_END,
    "evaluated": Kind.ALARM_END,
    "out-of-service": Kind.ALARM_END,
    "acknowledged": Kind.HANDLING,
    "handled": Kind.HANDLING,
}
"""By what happened; whatever else happens to an alarm (level-changed, peak, shelved …) changes it."""

_EVENTS: Final = {
    "catalogue": Kind.CATALOGUE,
    "gap": Kind.GAP,
    "bypass": Kind.STATE,
    "bypass-end": Kind.STATE,
    "production-state": Kind.STATE,
    "planned-stop": Kind.STATE,
    "planned-stop-silent": Kind.STATE,
    "phase": Kind.STATE,
    "test": Kind.TEST,
}


def kind_of(lane: Lane, stream: Stream, content: Json) -> Kind:
    """Return the kind of the message that carries a record."""
    if lane is Lane.ALARM:
        alarm = content["alarm"]
        if alarm.get("test") is not None:
            return Kind.TEST
        is_of_none = alarm["event"] == "out-of-service" and alarm.get("since_ns", 0) is None  # nothing stood
        return Kind.ALARM_UPDATE if is_of_none else _ALARMS.get(alarm["event"], Kind.ALARM_UPDATE)
    if lane is Lane.EVENT:
        return _EVENTS.get(content["kind"], Kind.EVENT)
    return Kind.BACKFILL if stream is Stream.BACKFILL else Kind.READING
