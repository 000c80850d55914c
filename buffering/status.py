"""What the outbox is told and tells: limits, what was found at open, backlog, trouble."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from buffering.record import Lane, Message


@dataclass(frozen=True, slots=True)
class Limits:
    """The outbox's bounds. The defaults are the product's; tests use shorter ones."""

    staging_s: float = 30.0  # readings are refused once nothing has become durable for so long
    staging_bytes: int = 64_000_000  # or once so much waits for the disk
    lazy_s: float = 0.5  # an acknowledgement waits so long for a commit to ride on
    silence_s: float = 1.0  # a disk that has not answered for so long is in trouble
    retry_min_s: float = 0.1  # the wait after a failed commit doubles from here
    retry_max_s: float = 2.0  # to here
    close_s: float = 5.0  # closing waits so long for a disk that does not answer
    group_jobs: int = 512  # one transaction takes up to so many jobs
    group_bytes: int = 2_000_000  # or payload: an alarm waits for one such group at most


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long records are kept, and how much may be there. Ages in seconds; None is for ever.

    An age is a promise: records are kept for at least so long, while there is room,
    and removed soon after. `backlog_s` bounds, by destination, how old readings may
    become that it has not got; `renamed` is new name → former name of a destination, whose state
    goes on under the new name: the keys that are one of `named` and the name. What `named` says no to
    goes with a destination that leaves.
    """

    readings_s: float | None = None
    events_s: float | None = None
    alarms_s: float | None = None
    size_bytes: int | None = None  # all files of the store together
    backlog_s: Mapping[str, float] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, bool] = field(default_factory=dict)

    def age_s(self, lane: Lane) -> float | None:
        """Return how long a lane is kept."""
        return {Lane.READING: self.readings_s, Lane.EVENT: self.events_s, Lane.ALARM: self.alarms_s}[lane]


@dataclass(frozen=True, slots=True)
class Holding:
    """What the store holds, as of the last round of upkeep, and how far that goes."""

    used_bytes: int  # of the file, without the pages that are free in it
    capacity_bytes: int  # what it may come to, by `size_bytes` and by the disk
    bytes_per_day: float | None = None  # of readings, lately; None: too few to tell
    is_disk_full: bool = False  # others have taken what was left for the store

    @property
    def days(self) -> float | None:
        """How many days of readings the store holds at this rate."""
        return self.capacity_bytes / self.bytes_per_day if self.bytes_per_day else None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found when the store was opened.

    `last_commit_ns` is the time of the newest record of the run before, as far as
    the store says; from there to now nothing was recorded.
    """

    epoch: int
    created: bool
    last_commit_ns: int | None
    heads: Mapping[Lane, int]
    begun: str | None = None  # why a new epoch began, if one did: a cause of notices.EpochBegun
    aside: str | None = None  # where the old store's files lie, whose records are salvaged in the background


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is still to send to one destination; parked messages are not counted."""

    records: int = 0
    items: int = 0
    oldest_ns: int | None = None  # first_ns of the oldest record in it

    def __add__(self, other: "Backlog") -> "Backlog":
        times = [each.oldest_ns for each in (self, other) if each.oldest_ns is not None]
        return Backlog(self.records + other.records, self.items + other.items, min(times, default=None))


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that is kept and not sent."""

    message: Message
    reason: str


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """What the writer is failing with. `reason` is a code of messages.py.

    `since_ns` is the newest time that the outbox had been told when it began.
    """

    reason: str
    detail: str
    since_ns: int
