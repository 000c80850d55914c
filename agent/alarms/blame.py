"""Which rule is being judged, so that a fault of ours is told of that one and of no other."""

from typing import Final, Protocol, runtime_checkable

from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines, Due

RETRY_NS: Final = 10**9
"""A deadline that failed is tried again so much later: a delay must not be lost for ever."""


@runtime_checkable
class Judged(Protocol):
    """Whatever has an alarm, or is one."""

    @property
    def alarm(self) -> Alarm:
        """The alarm that is told as not evaluated."""


class Blame:
    """Remembers it while it is judged."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self.judged: Judged | None = None
        self._due: Due | None = None

    def of_due(self, due: Due | None) -> None:
        """Take the deadline that takes effect now; None: they are through."""
        self.judged, self._due = None if due is None else _judged(due), due

    def tell(self, reason: str, utc_ns: int, mono_ns: int) -> None:
        """Tell the rule that was being judged as not evaluated. Forgotten first: telling it may fail too."""
        judged, self.judged = self.judged, None
        due, self._due = self._due, None
        if due is not None:
            self._deadlines.set(due, mono_ns + RETRY_NS)
        if judged is not None:
            judged.alarm.fail(reason, utc_ns)


def _judged(due: Due) -> Judged | None:
    """Return whose deadline it is: each is a method of an alarm, or of something that has one."""
    owner = getattr(due, "__self__", None)
    return owner if isinstance(owner, Judged) else None
