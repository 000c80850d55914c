"""What passes between the event loop and the writer's thread: requests, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from buffering.heads import SignedHead
from buffering.record import Lane, Message, Stream
from buffering.recover import Aside
from buffering.status import Backlog, Opened


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A cut message with its share of the backlog; `parked` is why it is not sent, if so."""

    message: Message
    extent: Backlog
    parked: str | None = None


ITEMS_MAX: Final = 100_000
"""Of one message, where who asks has no bound of its own."""


@dataclass(slots=True)
class Request:
    """A standing request for the next message of a stream; fulfilled inside a transaction.

    Of several streams of one lane, the oldest records that any of them takes from.
    `withdrawn` is set by the asking side, once it wants no more; a message that
    was cut for it by then waits for the next who asks.
    """

    destination: str
    streams: tuple[Stream, ...]
    records_max: int
    bytes_max: int
    items_max: int = ITEMS_MAX
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a draft."""

    seq: int
    state: Mapping[str, bytes | None]  # the keys that were written
    outgoing: tuple[Outgoing, ...]  # an alarm's messages


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the lanes stand after a commit, and what each destination has pending."""

    heads: Mapping[Lane, int]
    numbers: Mapping[str, int]  # each destination's next
    pending: Mapping[str, Backlog]


@dataclass(frozen=True, slots=True)
class Opening:
    """All that the asking side needs to know of a store just opened."""

    opened: Opened
    state: Mapping[str, bytes]
    outgoing: tuple[Outgoing, ...]
    snapshot: Snapshot
    signed: tuple[SignedHead, ...] = ()
    held: frozenset[tuple[str, int]] = frozenset()  # (destination, number) of every message that is there
    folder: Path = Path()
    aside: Aside | None = None  # whose records are to be salvaged
