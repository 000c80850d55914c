"""Comm-fault: a device, or a whole connection, that does not answer.

One alarm per device after three missed slots or 10 s, whichever is later [E].
While a whole connection is down it has one alarm, with its devices and points listed, as
urgent as the most urgent rule behind it; devices and rules behind it raise none and tell
no loss of their own: ten alarms with one cause hide it.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from agent.alarms import messages
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.duty import duty_of_priority
from agent.alarms.event import Out
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from config.model import Device, Plant, Priority, Text

RAISE_AFTER_S: Final = 10.0
MISSED_SLOTS: Final = 3


Expected = Callable[[int], None]
"""Told, at a time of the monotonic clock, that a silence is as expected."""


class SilenceWatch:
    """Raises one comm-fault alarm when silence has lasted `after_s`, and clears it at the first answer."""

    def __init__(
        self,
        subject: Subject,
        after_s: float,
        duty: Duty,
        deadlines: Deadlines,
        out: Out,
        covered: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take `covered`: whether another alarm speaks for it."""
        self.expected: Expected | None = None  # told of a silence while the alarm rests
        self._is_told = False
        self.alarm = Alarm(subject, duty, deadlines, out, on_delay_s=0, off_delay_s=0)
        self._after_ns = round(after_s * 1e9)
        self._deadlines = deadlines
        self._covered = covered

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)

    def silent(self, mono_ns: int) -> None:
        """Take a missed answer; the first one starts the wait."""
        if not self.alarm.state.is_raised and not self._deadlines.is_set(self._over):
            self._deadlines.set(self._over, mono_ns + self._after_ns)

    def answered(self, utc_ns: int, mono_ns: int) -> None:
        """Take an answer."""
        self._deadlines.cancel(self._over)
        self.alarm.works(utc_ns)
        self._is_told = False
        self.alarm.see(Signal.BACK, utc_ns, mono_ns)

    def _over(self, utc_ns: int, mono_ns: int) -> None:
        if self.alarm.rests:
            self._expect(mono_ns)
        elif not self._covered():
            self.alarm.see(Signal.BEYOND, utc_ns, mono_ns)
            return
        # The connection's own alarm speaks for it, or the planned stop: look again later.
        self._deadlines.set(self._over, mono_ns + self._after_ns)

    def _expect(self, mono_ns: int) -> None:
        if self.expected is not None and not self._is_told:
            self._is_told = True
            self.expected(mono_ns)


def device_watch(
    device: Device, down: AbstractSet[str], duty: Duty, deadlines: Deadlines, out: Out
) -> SilenceWatch:
    """Return the watch of one device; it holds back while its connection is among `down`."""
    period_s = min(point.period_s for point in device.points)
    subject = _subject(
        device.id,
        device.id,
        device.name,
        messages.device_silent(device.name),
        messages.device_answers(device.name),
    )
    after_s = max(RAISE_AFTER_S, MISSED_SLOTS * period_s)
    return SilenceWatch(subject, after_s, duty, deadlines, out, covered=lambda: device.connection_id in down)


def link_watch(
    connection_id: str, plant: Plant, rules: Sequence[Alarm], deadlines: Deadlines, out: Out
) -> SilenceWatch:
    """Return the watch of one connection; `rules` are those that read over it."""
    devices = plant.devices_on(connection_id)
    urgent = min((Priority.MEDIUM, *(rule.subject.priority for rule in rules)), key=list(Priority).index)
    counted = [(device.name, len(device.points)) for device in devices]
    silent = messages.link_lost(connection_id, counted, len(rules))
    name = Text(connection_id, connection_id)
    subject = replace(
        _subject(connection_id, None, name, silent, messages.link_back(connection_id)),
        priority=urgent,
        points=tuple(point.id for device in devices for point in device.points),
    )
    return SilenceWatch(subject, RAISE_AFTER_S, duty_of_priority(plant.alarms, urgent), deadlines, out)


def _subject(owner: str, device: str | None, name: Text, silent: Text, back: Text) -> Subject:
    return Subject(
        rule=f"{owner}.comm-fault",
        condition="comm-fault",
        device=device,
        point=None,
        priority=Priority.MEDIUM,
        name=Text(f"{name.zh} 通信", f"{name.en}, communication"),
        raised=lambda _value: silent,
        cleared=lambda _value: back,
    )
