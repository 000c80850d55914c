"""Calibration due: a detector past its date is told where people look, and not only by `check`."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from agent.alarms import messages
from agent.alarms.dated import DateWatch
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.subject import Duty, Subject
from config.model import Device, Priority

CONDITION: Final = "calibration-due"


def calibration_watch(
    device: Device, due: date, zone: ZoneInfo, duty: Duty, deadlines: Deadlines, out: Out
) -> DateWatch:
    """Return the watch of one device, whose calibration is due when that day begins where the plant is."""
    raised, cleared = messages.calibration_due(device.name, due), messages.calibrated(device.name)
    subject = Subject(
        rule=f"{device.id}.calibration-due",
        condition=CONDITION,
        device=device.id,
        point=None,
        priority=Priority.MEDIUM,
        name=messages.calibration(device.name),
        raised=lambda _value: raised,
        cleared=lambda _value: cleared,
    )
    return DateWatch(subject, due, zone, duty, deadlines, out)
