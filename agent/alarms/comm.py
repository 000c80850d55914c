"""Comm-fault: a device, or a whole connection, that does not answer.

One alarm per device after three missed slots or 10 s, whichever is later [E].
While a whole connection is down it has one alarm, with its devices listed, and
the devices behind it raise none of their own: ten alarms with one cause hide it.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from agent.alarms import messages
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import AlarmEvent, Happening, Out
from agent.alarms.saved import Saved, alarm_id, since_ns
from config.model import Device, Priority, Text

RAISE_AFTER_S: Final = 10.0
MISSED_SLOTS: Final = 3


class SilenceWatch:
    """Raises one comm-fault alarm when silence has lasted `after_s`, and clears it at the first answer."""

    def __init__(
        self,
        rule_id: str,
        device: str | None,
        after_s: float,
        texts: tuple[Text, Text],
        deadlines: Deadlines,
        out: Out,
        covered: Callable[[], bool] = lambda: False,
    ) -> None:
        self.rule_id = rule_id
        self._device = device
        self._after_ns = round(after_s * 1e9)
        self._silent_text, self._back_text = texts
        self._deadlines = deadlines
        self._out = out
        self.saved = Saved()
        self._covered = covered

    def start(self, saved: Saved, _mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.saved = saved

    def silent(self, mono_ns: int) -> None:
        """Take a missed answer; the first one starts the wait."""
        if not self.saved and not self._deadlines.is_set(self._raise):
            self._deadlines.set(self._raise, mono_ns + self._after_ns)

    def answered(self, utc_ns: int) -> None:
        """Take an answer."""
        self._deadlines.cancel(self._raise)
        if self.saved.alarm is not None:
            raised, self.saved = self.saved.alarm, Saved()
            event = self._event(alarm_id(raised), Happening.CLEARED, utc_ns, self._back_text)
            self._out(replace(event, since_ns=since_ns(raised)))

    def _raise(self, utc_ns: int, mono_ns: int) -> None:
        if self._covered():  # the connection's own alarm speaks for it: look again later
            self._deadlines.set(self._raise, mono_ns + self._after_ns)
            return
        event = self._event(uuid4(), Happening.RAISED, utc_ns, self._silent_text)
        self.saved = Saved(alarm=event.as_json())
        self._out(event)

    def _event(self, event_id: UUID, happening: Happening, utc_ns: int, text: Text) -> AlarmEvent:
        return AlarmEvent(
            alarm_id=event_id,
            happening=happening,
            rule=self.rule_id,
            condition="comm-fault",
            device=self._device,
            point=None,
            priority=Priority.MEDIUM,
            utc_ns=utc_ns,
            text=text,
        )


def device_watch(device: Device, down: AbstractSet[str], deadlines: Deadlines, out: Out) -> SilenceWatch:
    """Return the watch of one device; it holds back while its connection is among `down`."""
    period_s = min(point.period_s for point in device.points)
    after_s = max(RAISE_AFTER_S, MISSED_SLOTS * period_s)
    texts = messages.device_silent(device.name), messages.device_answers(device.name)
    return SilenceWatch(
        f"{device.id}.comm-fault",
        device.id,
        after_s,
        texts,
        deadlines,
        out,
        covered=lambda: device.connection_id in down,
    )


def link_watch(connection_id: str, devices: Sequence[Device], deadlines: Deadlines, out: Out) -> SilenceWatch:
    """Return the watch of one connection."""
    texts = messages.link_lost(connection_id, [d.name for d in devices]), messages.link_back(connection_id)
    return SilenceWatch(f"{connection_id}.comm-fault", None, RAISE_AFTER_S, texts, deadlines, out)
