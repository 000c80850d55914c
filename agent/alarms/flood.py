"""Alarm flood: more alarms than people can take in, and which of them was the first.

A flood begins with more than 10 alarms in 10 minutes and ends with fewer than 5: the
figures of ANSI/ISA-18.2-2016 and EEMUA 191, there for one operator, as their readers
quote them [E]. Nothing is held back in a flood. It is told, with its first alarm, which
is mostly the cause.
"""

from collections import deque
from collections.abc import Mapping
from typing import Final

import orjson

from agent.alarms import words_rate
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import AlarmEvent
from agent.alarms.note import OnNote, note
from agent.alarms.saved import Json
from agent.taken_up import taken_up

WINDOW_NS: Final = 600 * 10**9
BEGINS_ABOVE: Final = 10
ENDS_BELOW: Final = 5
FLOOD_KEY: Final = "flood"


class Flood:
    """Counts alarms as they are raised."""

    def __init__(self, deadlines: Deadlines, on_note: OnNote) -> None:
        self._deadlines = deadlines
        self._on_note = on_note
        self._raised: deque[tuple[int, Json]] = deque(maxlen=BEGINS_ABOVE + 1)  # no more decide anything
        self.standing: dict[str, object] | None = None

    def start(self, stored: Mapping[str, bytes], mono_ns: int) -> None:
        """Take up a flood that lasted when the last run ended; how many were raised then nobody counts."""
        self.standing = taken_up(stored, FLOOD_KEY, _unpack)
        if self.standing is not None:
            self._deadlines.set(self._over, mono_ns + WINDOW_NS)

    def raised(self, event: AlarmEvent, mono_ns: int) -> None:
        """Take an alarm that was raised."""
        told = {"id": str(event.alarm_id), "rule": event.rule, "utc_ns": event.utc_ns}
        self._raised.append((mono_ns, {**told, "text": {"zh": event.text.zh, "en": event.text.en}}))
        recent = [alarm for at_ns, alarm in self._raised if mono_ns - at_ns < WINDOW_NS]
        if self.standing is not None:
            self.standing["alarms"] = int(str(self.standing["alarms"])) + 1
        elif len(recent) > BEGINS_ABOVE:
            first = recent[0]
            self.standing = {"first": first, "from_ns": first["utc_ns"], "alarms": len(recent)}
            state = {FLOOD_KEY: orjson.dumps(self.standing)}
            self._on_note(note("flood", words_rate.flood(first, len(recent)), self.standing, state))
        if self.standing is not None and len(self._raised) >= ENDS_BELOW:
            self._deadlines.set(self._over, self._raised[-ENDS_BELOW][0] + WINDOW_NS)

    def _over(self, utc_ns: int, _mono_ns: int) -> None:
        ended, self.standing = self.standing, None
        assert ended is not None  # the deadline is set by a flood alone
        lasted_ns = utc_ns - int(str(ended["from_ns"]))
        text = words_rate.flood_end(ended["first"], int(str(ended["alarms"])), lasted_ns // 10**9)
        self._on_note(note("flood-end", text, {**ended, "to_ns": utc_ns}, {FLOOD_KEY: None}))


def _unpack(packed: bytes) -> dict[str, object]:
    standing = orjson.loads(packed)
    first, from_ns, alarms = (standing[key] for key in ("first", "from_ns", "alarms"))
    return {"first": dict(first), "from_ns": int(from_ns), "alarms": int(alarms)}
