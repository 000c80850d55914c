"""Gas-response test: a person gives real gas to a sensor, and the whole way to the alarm is measured.

While it lasts, alarms of the point are raised and sent as tests: marked, owed to nobody,
and apart from the point's own alarm, which is as it was afterwards. All other points
alarm as ever. It ends by itself; what is still beyond a limit then is a real alarm.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from agent.alarms import words_test
from agent.alarms.alarm import Alarm
from agent.alarms.event import Act, AlarmEvent, Happening
from agent.alarms.note import Note, note
from agent.alarms.response import Response, response
from config.model import LimitRule, Point, Text
from drivers.reading import Quality, Value

SAMPLES_MAX: Final = 20_000
"""An hour at five readings a second."""


class GasTest:
    """One test of one point."""

    def __init__(
        self,
        point: Point,
        device: Text,
        alarms: Sequence[Alarm],
        limits: Sequence[LimitRule],
        act: Act,
        utc_ns: int,
    ) -> None:
        self.point = point
        self.alarm = alarms[0]  # whom the engine blames, should looking at a reading fail
        self.alarms = alarms
        self.act = act
        self.from_ns = utc_ns
        self.name = Text(f"{device.zh} {point.name.zh}", f"{device.en} {point.name.en}")
        self._limits = limits
        self._samples: deque[tuple[int, float]] = deque(maxlen=SAMPLES_MAX)
        self._raised: dict[str, int] = {}  # rule → when, on the monotonic clock

    @property
    def fields(self) -> dict[str, object]:
        """What stands in every event of the test."""
        return {
            "device": self.point.device_id,
            "point": self.point.id,
            "by": self.act.by,
            "gas": self.act.reason,
            "reason": self.act.reason,
        }

    def see(self, value: Value, quality: Quality, _utc_ns: int, mono_ns: int) -> None:
        """Take one reading, before the rules do."""
        if isinstance(value, int | float) and not quality.is_bad:
            self._samples.append((mono_ns, float(value)))

    def hear(self, event: AlarmEvent, mono_ns: int) -> None:
        """Take what happened to an alarm."""
        if event.happening is Happening.RAISED and any(a.subject.rule == event.rule for a in self.alarms):
            self._raised.setdefault(event.rule, mono_ns)

    def result(self, ended_by: str, utc_ns: int, state: dict[str, bytes | None]) -> Note:
        """Return the result, as an event."""
        width = None if self.point.range is None else self.point.range[1] - self.point.range[0]
        found = response(self._samples, width)
        delays = self._delays(found)
        missed = [
            limit.id for limit in self._limits if _is_passed(limit, found) and limit.id not in self._raised
        ]
        verdict = "no-response" if found.first_ns is None else "missed" if missed else "responded"
        fields = {
            **self.fields,
            "from_ns": self.from_ns,
            "to_ns": utc_ns,
            "ended_by": ended_by,
            "verdict": verdict,
            "before": found.before,
            "reached": found.reached,
            "unit": self.point.unit,
            "t90_s": None if found.t90_ns is None else found.t90_ns / 1e9,
            "resolution_s": found.resolution_ns / 1e9,
            "alarms": [{"rule": rule, "delay_s": delay_s} for rule, delay_s in delays.items()],
            "missed": missed,
        }
        text = words_test.result(self.name, self.point.unit, self.act, found, delays, missed)
        return note("test", text, fields, state)

    def _delays(self, found: Response) -> dict[str, float]:
        if found.first_ns is None:
            return {}
        return {rule: max(0, at_ns - found.first_ns) / 1e9 for rule, at_ns in self._raised.items()}


def _is_passed(limit: LimitRule, found: Response) -> bool:
    if found.reached is None or found.first_ns is None:
        return False
    return found.reached >= limit.limit if limit.kind.is_high else found.reached <= limit.limit
