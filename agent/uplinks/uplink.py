"""What an uplink is: one message out, one verdict back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from agent.records import Json
from config.model import Text


class Kind(StrEnum):
    """What a message is about; a layout has the platform's own word for each."""

    CATALOGUE = "catalogue"
    READING = "reading"
    BACKFILL = "backfill"
    ALARM = "alarm"
    ALARM_UPDATE = "alarm-update"
    ALARM_END = "alarm-end"
    HANDLING = "handling"
    STATE = "state"
    HEARTBEAT = "heartbeat"
    GAP = "gap"
    EVENT = "event"
    TEST = "test"


ALARMS: Final = frozenset({Kind.ALARM, Kind.ALARM_UPDATE, Kind.ALARM_END, Kind.HANDLING})
"""What stands in the alarm lane, and waits for nothing."""


class OnEvent(Protocol):
    """Records an event, and with it keys beside the log."""

    def __call__(self, content: Json, *, state: Mapping[str, bytes | None] | None = None) -> None:
        """Stage it; it rides on the next commit."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """One rendered message; a repeat has the same id and the same bytes."""

    id: UUID
    kind: Kind
    lane: str  # alarm, event, reading, heartbeat or catalogue
    body: bytes
    made_ns: int = 0  # UTC of the last record in it; a repeat has the same


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform said that it has it."""


@dataclass(frozen=True, slots=True)
class Partly:
    """The platform has it, but for the items it names."""

    rejected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """The platform has it, and will tell later whether it accepts it; `receipt` is its own name for it."""

    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """The platform asks for a pause."""

    seconds: float
    reason: Text


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The platform takes it only in smaller parts."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform will never take it as it is."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """The platform does not accept who we are; a person must act."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether the platform has it: repeat under the same id."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Asked for the result of a message, the platform says that it knows none such."""

    reason: Text


Verdict = Delivered | Partly | Pending | RetryAfter | TooLarge | Rejected | Unauthorised | Unknown
Failure = RetryAfter | Unauthorised | Unknown
"""Verdicts that ask for the same message again, later."""
Result = Verdict | Forgotten
"""What is answered to a question for a result; a Failure says nothing of the message, but of the question."""


@dataclass(frozen=True, slots=True)
class Wire:
    """Bytes as they are sent, and where to."""

    to: str
    data: bytes


class Asker(Protocol):
    """Asks a platform what became of a message that it has taken."""

    async def ask(self, query: bytes) -> Result:
        """Ask once; never raises for what a network or platform does."""
        ...

    def question(self, query: bytes) -> Wire:
        """Return what `ask` puts on the wire, secrets in heads left out."""
        ...


class Uplink(Protocol):
    """A way to one platform.

    `window` is how many messages of one stream may be under way at once without
    their order being lost.
    """

    window: int

    async def send(self, parcel: Parcel) -> Verdict:
        """Send one message and judge the answer; never raises for what a network or platform does."""
        ...

    def wires(self, parcel: Parcel) -> Sequence[Wire]:
        """Return what `send` puts on the wire for a parcel, secrets in heads left out."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...
