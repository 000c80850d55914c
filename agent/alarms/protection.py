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
        self._alarm = alarm
        self._words = lost, found
        self._deadlines = deadlines
        self._is_missed = True  # asked for every reading: it must cost nothing while all is well

    @property
    def is_there(self) -> bool:
        """Whether anybody watches the rule now."""
        return self._alarm.saved.lost is None

    def miss(self, mono_ns: int) -> None:
        """Take it that a value is missing."""
        self._is_missed = True
        if self.is_there and not self._deadlines.is_set(self._over):
            self._deadlines.set(self._over, mono_ns + NOT_EVALUATED_AFTER_NS)

    def have(self, utc_ns: int) -> None:
        """Take it that all values are there."""
        if not self._is_missed:
            return
        self._is_missed = False
        self._deadlines.cancel(self._over)
        if not self.is_there:
            self._alarm.find(self._words[1], utc_ns)

    def _over(self, utc_ns: int, _mono_ns: int) -> None:
        self._alarm.lose(self._words[0], utc_ns)
