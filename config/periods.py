"""How often a point is read: what the device says holds for all its points, else the point's own word.

Points of an interlock are read every 200 ms unless the plant file says otherwise: what is
known of a delay is no finer than that.

A device's period that was meant for its fast points makes the slow ones fast as
well, and a line that reads a serial number ten times a second is slow for all.
"""

from typing import Final

from config.readback import period_of
from config.rule_interlock import PERIOD_S
from config.states import READS_BY_DEFAULT
from config.written import DeviceContext
from config.written_point import WrittenPoint

DEFAULT_PERIOD_S: Final = 5.0
MUCH_LONGER: Final = 10
"""So many times the device's period, a point's own was hardly meant to be overruled."""


def period_s_of(device: DeviceContext, written: WrittenPoint) -> float:
    """Return a point's period in seconds."""
    entry = written.entry
    if entry.readback is not None:
        return period_of(device, written, lambda point: _default_s(device, point))
    default_s = _default_s(device, written)
    if entry.heartbeat is not None and entry.period is None:
        return min(default_s, entry.heartbeat.within / READS_BY_DEFAULT)
    return default_s


def check_overruled(device: DeviceContext) -> None:
    """Warn where the device's period takes the place of a much longer one of a point or of the profile."""
    own_s = device.entry.period
    if own_s is None:
        return
    said = {written.name: _said_s(device, written) for written in device.points if device.is_read(written)}
    slow = [f"{name} ({said_s:g} s)" for name, said_s in said.items() if said_s >= MUCH_LONGER * own_s]
    if slow:
        device.findings.warn(device.origin.place("period"), "period-overruled", period=own_s, points=slow)


def _default_s(device: DeviceContext, written: WrittenPoint) -> float:
    profile_s = device.profile.entry.period if device.profile else DEFAULT_PERIOD_S
    said_s = device.entry.period or written.entry.period or profile_s
    if f"{device.id}.{written.name}" not in device.interlocked or _is_said_by_plant(device, written):
        return said_s
    return min(said_s, PERIOD_S)


def _is_said_by_plant(device: DeviceContext, written: WrittenPoint) -> bool:
    own = device.entry.points.get(written.base)
    return device.entry.period is not None or (own is not None and own.period is not None)


def _said_s(device: DeviceContext, written: WrittenPoint) -> float:
    """Return the period that is written for a point and that the device's overrules; 0 where none is."""
    if written.entry.readback is not None:
        return 0.0
    is_in_profile = device.profile is not None and device.profile.origin.has("period")
    profile_s = device.profile.entry.period if device.profile is not None and is_in_profile else 0.0
    return written.entry.period or profile_s
