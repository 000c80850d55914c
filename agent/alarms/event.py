"""What happens to an alarm, as it is stored, forwarded and shown."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from config.model import Clause, Priority, Text
from drivers.reading import Quality, Value


class Happening(StrEnum):
    """The transitions of ISA-18.2 that this agent makes, and the loss of a protection."""

    RAISED = "raised"
    CLEARED = "cleared"
    NOT_EVALUATED = "not-evaluated"
    EVALUATED = "evaluated"
    OUT_OF_SERVICE = "out-of-service"


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """One happening of one alarm; `alarm_id` is the same from raised to cleared.

    `condition` is hihi, hi, lo, lolo or comm-fault; `point` is None where the
    alarm is about a device or a connection. `value` is what was read when it
    happened, with its quality. `since_ns` is when the alarm was raised, or the
    protection lost; None in that event itself.
    """

    alarm_id: UUID
    happening: Happening
    rule: str
    condition: str
    device: str | None
    point: str | None
    priority: Priority
    utc_ns: int
    text: Text
    value: Value = None
    quality: Quality | None = None
    unit: str = ""
    limit: float | None = None
    clause: Clause | None = None
    since_ns: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the event as it is stored and forwarded (docs/storage-format.md)."""
        return {
            "id": str(self.alarm_id),
            "event": self.happening.value,
            "rule": self.rule,
            "condition": self.condition,
            "device": self.device,
            "point": self.point,
            "priority": self.priority.value,
            "utc_ns": self.utc_ns,
            "since_ns": self.since_ns,
            "value": self.value,
            "quality": None if self.quality is None else self.quality.word,
            "unit": self.unit,
            "limit": self.limit,
            "standard": self.clause.standard if self.clause else None,
            "clause": self.clause.clause if self.clause else None,
            "confidence": self.clause.confidence.value if self.clause else None,
            "text": asdict(self.text),
        }


Out = Callable[[AlarmEvent], None]
"""Takes an event at once."""
