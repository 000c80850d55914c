"""How often alarms come: of one rule (chattering), and of all (a flood)."""

from collections.abc import Iterable, Mapping

from agent.alarms.alarm import Alarm
from agent.alarms.chatter import Chatter
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import AlarmEvent, Happening
from agent.alarms.flood import Flood
from agent.alarms.note import OnNote


class Rates:
    """Hears every alarm that is raised."""

    def __init__(self, off_delay_s: float, deadlines: Deadlines, on_note: OnNote) -> None:
        self.flood = Flood(deadlines, on_note)
        self._off_delay_s, self._deadlines, self._on_note = off_delay_s, deadlines, on_note
        self._chatter: dict[str, Chatter] = {}

    def start(self, stored: Mapping[str, bytes], mono_ns: int) -> None:
        """Take up what lasted when the last run ended."""
        self.flood.start(stored, mono_ns)

    def hear(self, events: Iterable[AlarmEvent], alarms: Mapping[str, Alarm], mono_ns: int) -> None:
        """Take what has happened to alarms, by rule."""
        for event in events:
            if event.happening is Happening.RAISED and event.test is None and event.rule in alarms:
                self.flood.raised(event, mono_ns)
                self._of(alarms[event.rule]).raised(event.utc_ns, mono_ns)

    def _of(self, alarm: Alarm) -> Chatter:
        rule = alarm.subject.rule
        if rule not in self._chatter:
            made = Chatter(alarm, self._off_delay_s, self._deadlines, self._on_note)
            self._chatter[rule] = made
        return self._chatter[rule]
