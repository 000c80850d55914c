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
class Share:
    """Which of `of` shares of its message a part is, counted from 1; `items` is how many the message has.

    It stands for the stretch from (number - 1) / of to number / of. The halves of 2 of 3
    are 3 of 6 and 4 of 6, so that a receiver can tell from whatever shares it has
    whether they leave a stretch open, also where only one of them had to be halved.
    """

    number: int
    of: int
    items: int

    def halves(self) -> "tuple[Share, Share]":
        """Return the shares of both halves."""
        end, of = 2 * self.number, 2 * self.of
        return Share(end - 1, of, self.items), Share(end, of, self.items)


@dataclass(frozen=True, slots=True)
class Content:
    """One message, or one part of it where a platform takes less at once.

    `readings`, `alarms` and `events` carry the seq of their record; `records` is
    None for a heartbeat and for an alarm that is not durable yet. `part` is None
    where the message is whole.
    """

    id: UUID
    kind: Kind
    number: int | None
    durable: bool
    records: Span | None
    made_ns: int
    part: Share | None = None
    readings: Sequence[tuple[int, Reading]] = ()
    alarms: Sequence[tuple[int | None, Json]] = ()
    events: Sequence[tuple[int | None, Json]] = ()

    @property
    def share(self) -> Share:
        """Which share of its message this is, also where it is the whole."""
        items = len(self.readings) + len(self.alarms) + len(self.events)
        return Share(1, 1, items) if self.part is None else self.part

    @property
    def catalogue(self) -> Json:
        """The catalogue that the message is about; empty in any other message."""
        return self.events[0][1] if self.kind is Kind.CATALOGUE and self.events else {}
