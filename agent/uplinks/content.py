"""What one message says, before a layout gives it words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from agent.records import Json, Reading
from agent.uplinks.uplink import Kind


@dataclass(frozen=True, slots=True)
class Span:
    """The records that a message covers."""

    epoch: int
    lane: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Content:
    """One message, or one part of it where a platform takes less at once.

    `readings`, `alarms` and `events` carry the seq of their record; `records` is
    None for a heartbeat and for an alarm that is not durable yet. `part` is
    (number, of how many), None where the message is whole.
    """

    id: UUID
    kind: Kind
    number: int | None
    durable: bool
    records: Span | None
    made_ns: int
    part: tuple[int, int] | None = None
    readings: Sequence[tuple[int, Reading]] = ()
    alarms: Sequence[tuple[int | None, Json]] = ()
    events: Sequence[tuple[int | None, Json]] = ()

    @property
    def catalogue(self) -> Json:
        """The catalogue that the message is about; empty in any other message."""
        return self.events[0][1] if self.kind is Kind.CATALOGUE and self.events else {}
