"""What an uplink is: one message out, one verdict back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from config.model import Text


class Kind(StrEnum):
    """What a message is about; the word is the `reportType` of the sample layout."""

    REPORT = "report"
    CONTINUES = "continues"
    ALARM = "alarm"
    ALARM_END = "alarm-end"
    GAP = "gap"
    EVENT = "event"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One rendered message; a repeat has the same id and the same bytes."""

    id: UUID
    kind: Kind
    lane: str  # alarm, event, reading or heartbeat
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


Verdict = Delivered | Partly | RetryAfter | TooLarge | Rejected | Unauthorised | Unknown
Failure = RetryAfter | Unauthorised | Unknown
"""Verdicts that ask for the same message again, later."""


class Uplink(Protocol):
    """A way to one platform.

    `window` is how many messages of one stream may be under way at once without
    their order being lost.
    """

    window: int

    async def send(self, parcel: Parcel) -> Verdict:
        """Send one message and judge the answer; never raises for what a network or platform does."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...
