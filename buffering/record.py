"""The outbox's own types: lanes, records, messages. Payloads are opaque bytes."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5


class Lane(StrEnum):
    """Three logs side by side, each with its own gapless sequence."""

    ALARM = "alarm"
    EVENT = "event"
    READING = "reading"


class Stream(StrEnum):
    """The order in which a destination gets things; one message in flight per stream is in order."""

    ALARM = "alarm"
    EVENT = "event"
    LIVE = "live"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True)
class Draft:
    """A record before it is committed: `count` items between two UTC times, as opaque bytes."""

    lane: Lane
    payload: bytes
    first_ns: int
    last_ns: int
    count: int
    uid: UUID  # known before the commit, so that an alarm can leave before the disk answers


@dataclass(frozen=True, slots=True)
class Record:
    """A committed record. (gateway, epoch, lane, seq) is its identity for ever."""

    epoch: int
    lane: Lane
    seq: int
    first_ns: int
    last_ns: int
    count: int
    uid: UUID
    payload: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """Records [first, last] of one lane, cut once for one destination.

    Cutting is durable before the first attempt, so that after an unknown
    outcome or a crash the same id, number and records go out again. Numbers are
    gapless per destination.
    """

    id: UUID
    destination: str
    number: int
    stream: Stream
    epoch: int
    lane: Lane
    first: int
    last: int
    attempts_before: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """What staging could not hold; `reason`: what the disk failed with then, empty where it was only slow."""

    lane: Lane
    records: int
    items: int
    first_ns: int
    last_ns: int
    reason: str = ""


def message_id(uid: UUID, destination: str) -> UUID:
    """Return the id of the message that carries the alarm record `uid` to `destination`.

    It follows from the record, so that an alarm that leaves before the disk has
    answered and the same alarm sent again from the store arrive under one id.
    """
    return uuid5(uid, destination)


def note_key(message: str) -> str:
    """Return the key beside the log under which a note about a message lies, by the message's id."""
    return f"note/{message}"
