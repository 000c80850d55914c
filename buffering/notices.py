"""What the outbox does to records of its own accord, and owes an account of.

Each notice is turned into a record by `Describe`, given by the caller, and
committed in the very transaction that does what it tells. The outbox knows
nothing of plants, so the words are the caller's; what is missing and why is not
left to anybody's memory.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from buffering.ranges import Ranges
from buffering.record import Draft, Lane

AGE: Final = "age"
SIZE: Final = "size"
DISK_FULL: Final = "disk-full"
MAX_BACKLOG: Final = "max-backlog"
LEFT: Final = "left"
DROPPED: Final = "dropped"

DAMAGED: Final = "damaged"
SET_BACK: Final = "set-back"
COPIED: Final = "copied"
MISSING: Final = "missing"
UNMARKED: Final = "unmarked"


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Records that were still to be sent to a destination, and will not be."""

    destination: str
    epoch: int
    lane: Lane
    first: int
    last: int
    items: int
    from_ns: int
    to_ns: int
    cause: str  # AGE, SIZE, DISK_FULL, MAX_BACKLOG, LEFT or DROPPED


@dataclass(frozen=True, slots=True)
class Pruned:
    """Records that leave the store, oldest first. `chain` is the last one's: the lane goes on from it."""

    epoch: int
    lane: Lane
    ranges: Ranges
    chain: bytes
    cause: str  # AGE, SIZE or DISK_FULL


@dataclass(frozen=True, slots=True)
class Joined:
    """A destination that the store did not know; all that is there goes to it."""

    destination: str
    was: str | None  # its former name, under which its backlog and numbers go on


@dataclass(frozen=True, slots=True)
class Left:
    """A destination that is no longer named. What was still to be sent to it is told as given up."""

    destination: str


@dataclass(frozen=True, slots=True)
class EpochBegun:
    """A new epoch in the place of the one before, and why; `aside` is where the old files lie now."""

    epoch: int
    before: int | None
    cause: str  # DAMAGED, SET_BACK, COPIED, MISSING or UNMARKED
    aside: str | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """Records that were committed and are gone: damage took them. None: not known."""

    epoch: int
    lane: Lane
    first: int
    last: int
    items: int | None
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Everything that could be read of a store that was set aside is in this one."""

    aside: str
    records: int
    lost: int


@dataclass(frozen=True, slots=True)
class StateDamaged:
    """A value beside the log that is not what was written; it lies under `aside` now, and nobody reads it."""

    key: str
    aside: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records of one lane; the ranges are closed."""

    epoch: int
    lane: Lane
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class SentAgain:
    """Records that a destination had got, or that were given up for it, and that it is to get again."""

    destination: str
    stretches: tuple[Stretch, ...]
    items: int
    from_ns: int | None  # None: there was nothing that it had not still to get
    to_ns: int | None
    by: str  # who asked, in the caller's words


Notice = GivenUp | Pruned | Joined | Left | EpochBegun | Lost | Salvaged | StateDamaged | SentAgain
Describe = Callable[[Notice, int], Draft | None]
"""From a notice and the time to a record; runs in the writer's thread. None: no record."""


def nothing(_notice: Notice, _now_ns: int) -> None:
    """Describe nothing."""
