"""A sensor that was driven over its range is not believed again until a person resets it.

A catalytic combustible sensor reads low again in a rich mixture, for want of oxygen,
and may be spoilt by one: a falling number after over-range is no clear air (IEC
60079-29-2, latching of over-range indications). So its high limits stay as they are.
"""

from collections.abc import Sequence
from functools import partial

from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.limit import LimitWatch, Tell
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from config.model import Point, Priority, Text
from drivers.reading import Quality, Value

PRIORITY = Priority.HIGH


class OverRangeWatch:
    """Follows one such point; `limits` are its own."""

    def __init__(
        self,
        point: Point,
        device: Text,
        limits: Sequence[LimitWatch],
        duty: Duty,
        deadlines: Deadlines,
        out: Out,
    ) -> None:
        self.alarm = Alarm(_subject(point, device), duty, deadlines, out, on_delay_s=0, off_delay_s=0)
        for limit in limits:
            if limit.rule.kind.is_high:
                limit.tell = partial(self._hold, limit.tell)

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading, before its limits do."""
        self.alarm.works(utc_ns)
        signal = Signal.BACK if quality.is_good else Signal.LOST
        if quality is Quality.OVER_RANGE:
            signal = Signal.BEYOND
        self.alarm.see(signal, utc_ns, mono_ns, value, quality)

    def _hold(
        self, tell: Tell, signal: Signal, utc_ns: int, mono_ns: int, value: Value, quality: Quality
    ) -> None:
        tell(Signal.BEYOND if self.alarm.state.is_raised else signal, utc_ns, mono_ns, value, quality)


def _subject(point: Point, device: Text) -> Subject:
    zh, en = f"{device.zh} {point.name.zh}", f"{device.en} {point.name.en}"
    assert point.range is not None, point.id  # config asks for it
    end = f"{point.range[1]:g} {point.unit}".rstrip()
    raised = Text(
        f"{zh} 超出量程（{end}）：在人工检查并复位之前，其低读数不可信",
        f"{en} is over its range ({end}): no lower reading is believed until a person has reset it",
    )
    cleared = Text(f"{zh} 超量程报警已恢复", f"{en}: over-range is over")
    return Subject(
        rule=f"{point.id}.over-range",
        condition="over-range",
        device=point.device_id,
        point=point.id,
        priority=PRIORITY,
        name=Text(f"{zh} 超量程", f"{en}, over range"),
        raised=lambda _value: raised,
        cleared=lambda _value: cleared,
        unit=point.unit,
        limit=point.range[1],
    )
