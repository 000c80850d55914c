"""Whether anybody watches a rule: for want of values a protection is lost, and that is told."""

from typing import Final

from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from config.model import Text

NOT_EVALUATED_AFTER_NS: Final = 10 * 10**9
"""Without a value for so long, a protection counts as lost [E]."""


class Protection:
    """Follows whether one rule has the values that it needs.

    A rule starts with a miss: if no value comes, the protection is reported lost.
    """

    def __init__(self, alarm: Alarm, lost: Text, found: Text, deadlines: Deadlines) -> None:
        self.alarm = alarm
        self._words = lost, found
        self._deadlines = deadlines
        self._is_missing = False

    @property
    def is_there(self) -> bool:
        """Whether anybody watches the rule now."""
        return self.alarm.saved.lost is None

    def miss(self, mono_ns: int) -> None:
        """Take it that a value is missing."""
        if self.is_there and not self._is_missing:
            self._is_missing = True
            self._deadlines.set(self._over, mono_ns + NOT_EVALUATED_AFTER_NS)

    def have(self, utc_ns: int) -> None:
        """Take it that all values are there."""
        if self._is_missing:
            self._is_missing = False
            self._deadlines.cancel(self._over)
        if self.alarm.saved.lost is not None:
            self.alarm.find(self._words[1], utc_ns)

    def _over(self, utc_ns: int, mono_ns: int) -> None:
        if self.alarm.line_tells():
            # A hundred rules lost with one connection are one alarm; what is not back with it is told then.
            self._deadlines.set(self._over, mono_ns + NOT_EVALUATED_AFTER_NS)
            return
        self.alarm.lose(self._words[0], utc_ns)
        self._is_missing = False
