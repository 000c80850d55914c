"""What drivers yield: a `Scan` of values with their quality and their times.

Scans are batches, not objects per reading: one block read or one notification
is one scan. A scan carries its plan, so that scans of an old plan stay readable
after the plant file has changed.

Over-range keeps its direction: the value is held at the end of the measuring
range and counts as beyond every high limit until a GOOD value is back inside. A
CO detector driven off its scale is the alarm, not a missing value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from config.model import Point

Value = float | int | bool | str | None


class Quality(IntEnum):
    """How far a value can be trusted. The numbers are part of the storage format.

    0 is good; 1 to 63 are uncertain and carry a value; from 64 on there is no
    value, only the reason why.
    """

    GOOD = 0
    OVER_RANGE = 1
    UNDER_RANGE = 2
    MAINTENANCE = 3
    CALIBRATION = 4
    SIMULATION = 5
    MANUAL = 6
    STOPPED = 7
    SUSPECT = 8
    COMM_FAULT = 64
    DEVICE_FAULT = 65
    NOT_A_NUMBER = 66
    SENTINEL = 67
    STALE = 68
    WIRE_BREAK = 69

    @property
    def is_good(self) -> bool:
        """Whether the value can be trusted without reserve."""
        return self == 0

    @property
    def word(self) -> str:
        """The word that is forwarded and shown, e.g. `comm-fault`."""
        return self.name.lower().replace("_", "-")

    @property
    def is_bad(self) -> bool:
        """Whether there is no value at all."""
        return self >= Quality.COMM_FAULT


@dataclass(frozen=True, slots=True, eq=False)
class ScanPlan:
    """The points that one block or notification yields, in the order of a scan's values.

    `connection` and `block` name the request on the wire, e.g. `dust-plc` and
    `1/holding-register/0+10` (unit id, table, zero-based first address + count);
    for OPC UA the block is `subscription` or `poll`. They let a stored reading be joined
    with the response that a device served. All points of one plan share a period.
    """

    connection: str
    block: str
    points: tuple[Point, ...]
    period_s: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What one block read or one notification yielded.

    `utc_ns` is when the answer arrived, `mono_ns` the same on the monotonic
    clock; `qualities` is None when every value is GOOD; `source_ns` holds the
    device's own times where it gave any. A value is None exactly when its
    quality is BAD.
    """

    plan: ScanPlan
    utc_ns: int
    mono_ns: int
    time_synced: bool
    values: tuple[Value, ...]
    qualities: tuple[Quality, ...] | None = None
    source_ns: tuple[int | None, ...] | None = None


Emit = Callable[[Scan], None]
"""Takes a scan at once: never waits, never raises."""


def bad_scan(plan: ScanPlan, quality: Quality, *, utc_ns: int, mono_ns: int, time_synced: bool) -> Scan:
    """Return a scan that says, for every point of `plan`, that and why there is no value."""
    count = len(plan.points)
    return Scan(plan, utc_ns, mono_ns, time_synced, (None,) * count, (quality,) * count)
