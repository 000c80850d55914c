"""A protection that somebody takes out of use is an event of its own, besides what becomes of its alarm."""

from dataclasses import asdict
from typing import Any, Final

from agent.alarms.event import AlarmEvent, Happening

_KINDS: Final = {Happening.OUT_OF_SERVICE: "bypass", Happening.IN_SERVICE: "bypass-end"}


def bypass_of(event: AlarmEvent) -> dict[str, Any] | None:
    """Return the event for the record (docs/storage-format.md), where it is one of these."""
    if event.act is None or event.happening not in _KINDS:
        return None
    return {
        "kind": _KINDS[event.happening],
        "cause": "out-of-service",
        "rule": event.rule,
        "rules": [event.rule],
        "device": event.device,
        "point": event.point,
        **event.act.as_json(),
        "text": asdict(event.text),
    }
