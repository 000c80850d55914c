"""Chattering: an alarm that comes and goes, and hides all others by it.

Three raises within a minute, as EEMUA 191 and readers of ANSI/ISA-18.2 count it [E]. It
is told and shown; it is held longer before it is over only where the plant file says so
(`chatter_off_delay`), and never raised later: the first raise may be the danger.
"""

from collections import deque
from typing import Final

from agent.alarms import words_rate
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.note import OnNote, note

RAISES: Final = 3
WITHIN_NS: Final = 60 * 10**9
QUIET_NS: Final = 600 * 10**9
"""Without a raise for so long it has ceased [E]."""


class Chatter:
    """Follows how often one alarm is raised."""

    def __init__(self, alarm: Alarm, off_delay_s: float, deadlines: Deadlines, on_note: OnNote) -> None:
        self.alarm = alarm
        self._off_delay_ns = round(off_delay_s * 1e9)
        self._deadlines = deadlines
        self._on_note = on_note
        self._raised_ns: deque[int] = deque(maxlen=RAISES)
        self._since_ns = 0
        self._raises = 0

    def raised(self, utc_ns: int, mono_ns: int) -> None:
        """Take it that the alarm was raised."""
        self._raised_ns.append(mono_ns)
        self._raises += 1
        is_often = len(self._raised_ns) == RAISES and mono_ns - self._raised_ns[0] < WITHIN_NS
        if is_often and self.alarm.chattering_ns is None:
            self._since_ns, self._raises = utc_ns, RAISES
            self.alarm.chattering_ns = utc_ns
            self.alarm.least_off_delay_ns = self._off_delay_ns
            text = words_rate.chatter(self.alarm.subject, RAISES, WITHIN_NS // 10**9)
            self._on_note(note("chatter", text, self._about()))
        if self.alarm.chattering_ns is not None:
            self._deadlines.set(self._over, mono_ns + QUIET_NS)

    def _over(self, utc_ns: int, _mono_ns: int) -> None:
        self.alarm.chattering_ns, self.alarm.least_off_delay_ns = None, 0
        text = words_rate.chatter_end(self.alarm.subject, self._raises)
        fields: dict[str, object] = {"from_ns": self._since_ns, "to_ns": utc_ns, "raises": self._raises}
        self._on_note(note("chatter-end", text, self._about() | fields))

    def _about(self) -> dict[str, object]:
        subject = self.alarm.subject
        return {"rule": subject.rule, "device": subject.device, "point": subject.point}
