"""What one point of a device says of the others, followed through its readings.

A marker sees every reading of its own point and gives a verdict on the points it
speaks of: the quality that they can have at best. Pure: time is an argument, in
nanoseconds of the monotonic clock. Where values come by subscription, silence means
that nothing changed, and a marker does not age.
"""

from typing import Final, Protocol

from config.model import Marks, Point, Readback, Role
from drivers.expected import agrees
from drivers.reading import Quality, Value

PERIODS_MAX: Final = 3
"""A word that was not readable for so many of its own periods says nothing any more."""
DECIMALS_MAX: Final = 9


class Marker(Protocol):
    """Follows one point."""

    def see(self, value: Value, quality: Quality, now_ns: int, *, ages: bool) -> None:
        """Take a reading of the marker's own point."""
        ...

    def verdict(self, now_ns: int, *, ages: bool) -> Quality:
        """Return the quality that the points it speaks of can have at best."""
        ...


class StateMarker:
    """A status word, or a bit of one."""

    def __init__(self, point: Point, marks: Marks) -> None:
        self._qualities = {raw: QUALITIES[state.quality] for raw, state in marks.states.items()}
        self._unknown = Quality.SUSPECT if marks.is_complete else Quality.GOOD
        self._patience_ns = patience_ns(point)
        self._verdict = Quality.SUSPECT  # until it is read, nobody knows
        self._seen_ns = 0

    def see(self, value: Value, quality: Quality, now_ns: int, *, ages: bool) -> None:
        """Take a reading of the word. One that cannot be read keeps its last meaning until it is too old."""
        if isinstance(value, int | float):
            self._verdict = self._qualities.get(int(value), self._unknown)
            self._seen_ns = now_ns
        elif not ages:
            self._verdict = Quality.SUSPECT

    def verdict(self, now_ns: int, *, ages: bool) -> Quality:
        """Return what the state makes of the values; SUSPECT where it is not known."""
        is_old = ages and now_ns - self._seen_ns > self._patience_ns
        return min(self._verdict, Quality.SUSPECT, key=_rank) if is_old else self._verdict


class HeartbeatMarker:
    """A bit or a counter that a living device keeps changing.

    After a pause in which it could not be read it begins anew: a beat may have been missed.
    """

    def __init__(self, point: Point, marks: Marks) -> None:
        assert marks.heartbeat_s is not None, point.id
        self._within_ns = round(marks.heartbeat_s * 1e9)
        self._patience_ns = max(self._within_ns, patience_ns(point))
        self._value: Value = None
        self._seen_ns: int | None = None
        self._since_ns = 0  # of the last beat, or of the beginning
        self._beats = False

    def see(self, value: Value, quality: Quality, now_ns: int, *, ages: bool) -> None:
        """Take a reading of the heartbeat."""
        if value is None:
            if not ages:
                self._seen_ns = None
            return
        if self._seen_ns is None or (ages and now_ns - self._seen_ns > self._patience_ns):
            self._since_ns = now_ns
            self._beats = False
        elif value != self._value:
            self._since_ns = now_ns
            self._beats = True
        self._value, self._seen_ns = value, now_ns

    def verdict(self, now_ns: int, *, ages: bool) -> Quality:
        """Return STALE where the device has stopped; SUSPECT before the first beat, and while unreadable."""
        if self._seen_ns is None or (ages and now_ns - self._seen_ns > self._patience_ns):
            return Quality.SUSPECT
        if now_ns - self._since_ns > self._within_ns:
            return Quality.STALE
        return Quality.GOOD if self._beats else Quality.SUSPECT


class SettingMarker:
    """A constant, a unit or decimals that must be what the file says.

    Until it is read, nobody knows; nor when the device was out of reach: it may have been
    changed for another meanwhile. A setting that the device refuses proves nothing.
    """

    def __init__(self, point: Point, readback: Readback) -> None:
        self._readback = readback
        self._patience_ns = patience_ns(point)
        self._agrees = False
        self._seen_ns = 0

    def see(self, value: Value, quality: Quality, now_ns: int, *, ages: bool) -> None:
        """Take a reading of the setting."""
        if value is not None:
            self._agrees, self._seen_ns = agrees(self._readback, value, self._readback.expect), now_ns
        elif quality is Quality.COMM_FAULT or not ages:
            self._agrees = False

    def verdict(self, now_ns: int, *, ages: bool) -> Quality:
        """Return SUSPECT while the setting is another, or not known."""
        is_old = ages and now_ns - self._seen_ns > self._patience_ns
        return Quality.GOOD if self._agrees and not is_old else Quality.SUSPECT


class DecimalsMarker:
    """How many decimals the device's numbers have, where only the device knows."""

    def __init__(self, point: Point) -> None:
        self._patience_ns = patience_ns(point)
        self._seen_ns = 0
        self.decimals: int | None = None

    def see(self, value: Value, quality: Quality, now_ns: int, *, ages: bool) -> None:
        """Take a reading of the decimals."""
        if isinstance(value, int | float):
            self.decimals, self._seen_ns = int(value), now_ns

    def verdict(self, now_ns: int, *, ages: bool) -> Quality:
        """Return why there can be no value: not known yet, or impossible; SUSPECT where it is old."""
        if self.decimals is None:
            return Quality.STALE
        if not 0 <= self.decimals <= DECIMALS_MAX:
            return Quality.DEVICE_FAULT
        is_old = ages and now_ns - self._seen_ns > self._patience_ns
        return Quality.SUSPECT if is_old else Quality.GOOD


def patience_ns(point: Point) -> int:
    """Return for how long a reading of a marker's point holds."""
    return round(PERIODS_MAX * point.period_s * 1e9)


def make_marker(point: Point) -> Marker | None:
    """Return what follows a point; None where it says nothing of the quality of others."""
    marks = point.marks
    if marks is None:
        return None
    if marks.states:
        return StateMarker(point, marks)
    if marks.heartbeat_s is not None:
        return HeartbeatMarker(point, marks)
    readback = marks.readback
    if readback is None or readback.role not in _PROVING:
        return None
    if readback.role is Role.DECIMALS and readback.expect is None:
        return DecimalsMarker(point)
    return SettingMarker(point, readback)


def _rank(quality: Quality) -> int:
    return _ORDER.index(quality)


def worst(*qualities: Quality) -> Quality:
    """Return the quality that says most: no value, then a value that is not the plant's, then doubt."""
    return min(qualities, key=_rank)


_PROVING: Final = frozenset({Role.CONSTANT, Role.UNIT, Role.DECIMALS})

QUALITIES: Final = {quality.word: quality for quality in Quality}
"""Quality by the word that profiles use."""

_ORDER: Final = (
    Quality.COMM_FAULT,
    Quality.STALE,
    Quality.DEVICE_FAULT,
    Quality.WIRE_BREAK,
    Quality.NOT_A_NUMBER,
    Quality.SENTINEL,
    Quality.SIMULATION,
    Quality.CALIBRATION,
    Quality.MAINTENANCE,
    Quality.MANUAL,
    Quality.STOPPED,
    # Beyond its range a value keeps its direction, whatever doubts there are.
    Quality.OVER_RANGE,
    Quality.UNDER_RANGE,
    Quality.SUSPECT,
    Quality.GOOD,
)
