"""Whose clock can be believed: the server's, and those of the devices behind it.

A reading keeps the time that its source gives it, as long as that source's clock
is right. A server whose time is off by more than `max_clock_skew` is named once,
and its times are not kept until it is right again. A device behind a server gives
itself away when a value that has just changed carries a time far from now, or any
value one from the future. A value that has not changed may well be old.
"""

from datetime import UTC, datetime
from typing import Final

from asyncua import ua

from config.model import Point
from drivers.clock import Clock
from drivers.opcua.quality import nanoseconds, source_ns
from drivers.remarks import Remarks

NO_PLANT_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Older than this software: the time of a clock that was never set (1970, 1984, 1990, 2000 by its maker)."""

_EARLIEST_NS: Final = nanoseconds(NO_PLANT_BEFORE)

_LONGER: Final = (("y", 365 * 86400.0), ("d", 86400.0), ("h", 3600.0), ("min", 60.0))


class Clocks:
    """Judges the times of one connection."""

    def __init__(self, max_skew_s: float, clock: Clock, remarks: Remarks) -> None:
        self._max_skew_ns = round(max_skew_s * 1e9)
        self._clock = clock
        self._remarks = remarks
        self._server_is_off = False
        self._off: dict[int, str] = {}  # points whose last time was wrong, by handle, and their devices
        self._last: dict[int, int] = {}  # source time of each point's last sample, by handle

    def begin(self) -> None:
        """Begin a session: what was seen last in the one before says nothing about now."""
        self._last.clear()

    def server_says(self, time: datetime | None) -> None:
        """Take the server's time, read just now."""
        if time is None:
            return
        ahead_ns = nanoseconds(time) - self._clock.now_ns()
        self._server_is_off = abs(ahead_ns) > self._max_skew_ns
        if not self._server_is_off:
            self._remarks.forget("server-clock-off")
            self._remarks.forget("server-clock-off-and-ours-unknown")
            return
        ours = "" if self._clock.synchronised() else "-and-ours-unknown"
        self._remarks.once(f"server-clock-off{ours}", offset=apart(ahead_ns / 1e9), theirs=_shown(time))

    def source_ns(self, handle: int, point: Point, data: ua.DataValue) -> int | None:
        """Return the source's time in nanoseconds since 1970; None if there is none, or none to believe."""
        stamp_ns = source_ns(data)
        if stamp_ns is None:
            return None
        has_changed = self._last.get(handle, stamp_ns) != stamp_ns
        self._last[handle] = stamp_ns
        if self._server_is_off:
            return None
        ahead_ns = stamp_ns - self._clock.now_ns()
        is_old = -ahead_ns > self._max_skew_ns and (has_changed or stamp_ns < _EARLIEST_NS)
        if ahead_ns > self._max_skew_ns or is_old:
            self._tell_device(handle, point, data.SourceTimestamp, ahead_ns)
            return None
        if has_changed:
            self._is_right(handle)
        return stamp_ns

    def _is_right(self, handle: int) -> None:
        # Only this point's: of other points of the device the server may give its own time.
        if self._off.pop(handle, None) is not None and not self._off:
            self._remarks.forget("source-clock-off")

    def _tell_device(self, handle: int, point: Point, stamp: datetime | None, ahead_ns: int) -> None:
        is_known = point.device_id in self._off.values()
        self._off[handle] = point.device_id
        if not is_known:
            self._remarks.forget("source-clock-off")  # it was told of another device
            self._remarks.once(
                "source-clock-off",
                device=point.device_id,
                point=point.id,
                offset=apart(ahead_ns / 1e9),
                theirs=_shown(stamp),
            )


def apart(seconds: float) -> str:
    """Return how far a clock is off, for people: `+8.0 h`, `-3.2 y`."""
    unit, length = next(((u, n) for u, n in _LONGER if abs(seconds) >= n), ("s", 1.0))
    return f"{seconds / length:+.1f} {unit}"


def _shown(stamp: datetime | None) -> str:
    return "–" if stamp is None else f"{stamp:%Y-%m-%d %H:%M:%S}"
