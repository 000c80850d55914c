"""What happens to an alarm, as it is stored, forwarded and shown."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from config.model import Clause, Priority, Text
from drivers.reading import Quality, Value


class Happening(StrEnum):
    """The transitions of ISA-18.2 that this agent makes, and the loss of a protection."""

    RAISED = "raised"
    CONFIRMED = "confirmed"  # by another source: our rule and the device itself
    ACKNOWLEDGED = "acknowledged"
    HANDLED = "handled"
    ESCALATED = "escalated"
    CLEARED = "cleared"
    RESET = "reset"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    NOT_EVALUATED = "not-evaluated"
    EVALUATED = "evaluated"
    OUT_OF_SERVICE = "out-of-service"
    IN_SERVICE = "in-service"


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does to an alarm, and says of it.

    `cause` and `measure` are of handling: a code from the plant's own list, and what was done.
    """

    by: str
    reason: str = ""
    until_ns: int | None = None
    until: str = ""  # as the plant's clock shows it, for sentences
    cause: str = ""
    measure: str = ""

    def as_json(self) -> dict[str, object]:
        """Return what of it was said."""
        said = asdict(self)
        del said["until"]
        return {key: value for key, value in said.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """One happening of one alarm; `alarm_id` is the same from raised to cleared.

    `condition` is hihi, hi, lo, lolo, comm-fault, deviation-expired, calibration-due, device-alarm,
    over-range or the kind of a plant's rule;
    `point` is None where the alarm is about a device or a connection. `value` is what was read
    or computed when it happened, with its quality. `since_ns` is when the alarm was raised, or the
    protection lost; None in that event itself. `act` is what a person said who did it.
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
    shelved: bool = False  # it is kept off the local annunciation only
    act: Act | None = None
    sources: tuple[str, ...] = ()  # who says so, where it is not our rule alone
    points: tuple[str, ...] = ()  # of a lost connection when it is raised: nobody sees these now
    test: Mapping[str, object] | None = None  # it is of a test with gas: by whom, with which gas

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
            "shelved": self.shelved,
            **({"test": dict(self.test)} if self.test is not None else {}),
            **({"points": list(self.points)} if self.points else {}),
            **({"sources": list(self.sources)} if self.sources else {}),
            **(self.act.as_json() if self.act else {}),
        }


Out = Callable[[AlarmEvent], None]
"""Takes an event at once."""
