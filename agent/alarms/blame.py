"""Which rule is being judged, so that a fault of ours is told of that one and of no other."""

from typing import Final

from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines, Due

RETRY_NS: Final = 10**9
"""A deadline that failed is tried again so much later: a delay must not be lost for ever."""


class Blame:
    """Remembers it while it is judged."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self.alarm: Alarm | None = None
        self._due: Due | None = None

    def of_due(self, due: Due | None) -> None:
        """Take the deadline that takes effect now; None: they are through."""
        self.alarm, self._due = None if due is None else _alarm_of(due), due

    def tell(self, reason: str, utc_ns: int, mono_ns: int) -> None:
        """Tell the rule that was being judged as not evaluated. Forgotten first: telling it may fail too."""
        alarm, self.alarm = self.alarm, None
        due, self._due = self._due, None
        if due is not None:
            self._deadlines.set(due, mono_ns + RETRY_NS)
        if alarm is not None:
            alarm.fail(reason, utc_ns)


def _alarm_of(due: Due) -> Alarm | None:
    """Return whose deadline it is: each is a method of an alarm, or of something that has one."""
    owner = getattr(due, "__self__", None)
    found = owner if isinstance(owner, Alarm) else getattr(owner, "alarm", None)
    return found if isinstance(found, Alarm) else None
