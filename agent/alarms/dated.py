"""What falls due on a day: an approval that ends, a calibration."""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject

LOOK_NS: Final = 3600 * 10**9
"""Looked at again so often: before the first synchronisation the wall clock may be years off."""


class DateWatch:
    """Raises an alarm once a day has begun where the plant is, until the file names a later one or none."""

    def __init__(
        self, subject: Subject, day: date, zone: ZoneInfo, duty: Duty, deadlines: Deadlines, out: Out
    ) -> None:
        self.alarm = Alarm(subject, duty, deadlines, out, on_delay_s=0, off_delay_s=0)
        self._due_ns = round(datetime.combine(day, time(), zone).timestamp()) * 10**9
        self._deadlines = deadlines

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)
        self._look(utc_ns, mono_ns)

    def _look(self, utc_ns: int, mono_ns: int) -> None:
        self.alarm.works(utc_ns)
        left_ns = self._due_ns - utc_ns
        self.alarm.see(Signal.BACK if left_ns > 0 else Signal.BEYOND, utc_ns, mono_ns)
        self._deadlines.set(self._look, mono_ns + (min(left_ns, LOOK_NS) if left_ns > 0 else LOOK_NS))
