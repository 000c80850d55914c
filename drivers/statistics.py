"""What a connection has been through: plain counters that a driver raises and anybody may read.

Cheap enough for every request (a few microseconds). They explain; they prove
nothing: accounting is done by others.
"""

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

LATENCY_BOUNDS_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Upper ends of the latency histogram's buckets; one more bucket holds what is slower."""

_SLOT_NS: Final = 10 * 10**9
_SLOTS: Final = 6


class Busy:
    """How long something was busy of late: in the last minute, or since it began if that is shorter."""

    def __init__(self, now_ns: int) -> None:
        self._begun_ns = now_ns
        self._slots: deque[tuple[int, int]] = deque(maxlen=_SLOTS + 1)  # number, nanoseconds
        self._slot = now_ns // _SLOT_NS
        self._in_slot_ns = 0
        self.total_ns = 0

    def add(self, busy_ns: int, now_ns: int) -> None:
        """Note that it was busy for so long, up to now."""
        self.total_ns += busy_ns
        slot = now_ns // _SLOT_NS
        if slot != self._slot:
            self._slots.append((self._slot, self._in_slot_ns))
            self._slot, self._in_slot_ns = slot, 0
        self._in_slot_ns += busy_ns

    def share(self, now_ns: int) -> float:
        """Return the share of the recent time; above 1 where several links are busy at once."""
        oldest = now_ns // _SLOT_NS - _SLOTS
        busy_ns = self._in_slot_ns if self._slot >= oldest else 0
        busy_ns += sum(in_slot_ns for slot, in_slot_ns in self._slots if slot >= oldest)
        elapsed_ns = now_ns - max(self._begun_ns, oldest * _SLOT_NS)
        return busy_ns / elapsed_ns if elapsed_ns > 0 else 0.0


_COUNTS: Final = (
    "requests",
    "replies",
    "timeouts",
    "wrong",
    "crc_errors",
    "late",
    "exceptions",
    "latency_s",
)


class Exchanges:
    """Requests and what became of them. Each is one of: a reply, a time-out, a wrong reply, an exception;
    or none of these, when the connection broke meanwhile.
    """

    __slots__ = (
        "busy",
        "crc_errors",
        "exceptions",
        "last_good_ns",
        "late",
        "latency",
        "latency_s",
        "replies",
        "requests",
        "timeouts",
        "wrong",
    )

    def __init__(self, now_ns: int) -> None:
        self.requests = 0
        self.replies = 0
        self.timeouts = 0
        self.wrong = 0  # answers that did not fit, those with a bad check sum among them
        self.crc_errors = 0
        self.late = 0  # answers that came when they were not waited for any more
        self.exceptions: Counter[int] = Counter()
        self.latency = [0] * (len(LATENCY_BOUNDS_S) + 1)
        self.latency_s = 0.0
        self.last_good_ns: int | None = None  # UTC
        self.busy = Busy(now_ns)

    def replied(self, took_s: float, utc_ns: int) -> None:
        """Count a right answer."""
        self.replies += 1
        self.last_good_ns = utc_ns
        self.took(took_s)

    def took(self, took_s: float) -> None:
        """Count how long an answer took, whatever it said."""
        self.latency_s += took_s
        self.latency[bisect_left(LATENCY_BOUNDS_S, took_s)] += 1

    def add(self, other: "Exchanges") -> None:
        """Add another one's counts; what it was busy with is left out."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latency = [mine + theirs for mine, theirs in zip(self.latency, other.latency, strict=True)]
        self.last_good_ns = max(self.last_good_ns or 0, other.last_good_ns or 0) or None

    @property
    def answered(self) -> int:
        """How many answers the latency histogram holds."""
        return sum(self.latency)

    def within_s(self, share: float) -> float | None:
        """Return the histogram's bound within which this share of the answers came; None: beyond the last."""
        below = 0
        for bound_s, count in zip(LATENCY_BOUNDS_S, self.latency, strict=False):
            below += count
            if below >= share * self.answered:
                return bound_s
        return None


@dataclass(slots=True)
class Statistics:
    """One connection. `units` are Modbus units; a connection without units counts in `whole`."""

    whole: Exchanges
    units: dict[int, Exchanges] = field(default_factory=dict)
    overruns: Counter[str] = field(default_factory=Counter)  # skipped slots, by block
    connects: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    discarded_bytes: int = 0  # that belonged to no frame
    unsolicited: int = 0  # answers that nobody had asked for
    echoes: int = 0
    foreign_requests: int = 0  # another master's
    notifications: int = 0  # OPC UA

    @property
    def total(self) -> Exchanges:
        """All units together."""
        if not self.units:
            return self.whole
        total = Exchanges(0)
        for unit in self.units.values():
            total.add(unit)
        total.busy = self.whole.busy
        return total

    @property
    def reconnects(self) -> int:
        """How often the connection was made again."""
        return max(0, self.connects - 1)
