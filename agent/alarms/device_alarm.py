"""Alarms that a device raises itself: by a bit, a relay contact, a value of its status word.

Where we have a limit on the same cause the two are one alarm with two sources: either
raises it, and it is over once both say so. A device's alarm waits for no delay of ours:
it has its own. That one says alarm and the other does not, for 10 s, is an event: a
setting was changed, or one of the two measures something else.
"""

from typing import Final

from agent.alarms import words_device
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.limit import LimitWatch
from agent.alarms.note import OnNote, note
from agent.alarms.protection import Protection
from agent.alarms.saved import Saved
from agent.alarms.states import Signal
from agent.alarms.subject import Duty, Subject
from config.model import DeviceAlarm, Text
from drivers.reading import Quality, Value

AGENT: Final = "agent"
"""Names our own rule among the sources of an alarm; a device's word stands with its point's id."""
DISAGREE_AFTER_NS: Final = 10 * 10**9
DISAGREEMENT_PREFIX: Final = "disagreement/"
_COMPARABLE: Final = (Quality.GOOD, Quality.OVER_RANGE, Quality.UNDER_RANGE)


class WordWatch:
    """Follows one alarm of a device that no limit of ours is about."""

    def __init__(self, told: DeviceAlarm, device: Text, duty: Duty, deadlines: Deadlines, out: Out) -> None:
        self.alarm = Alarm(_subject(told, device), duty, deadlines, out, on_delay_s=0, off_delay_s=0)
        self.alarm.sources = (told.word.id,)
        self.word, self.of = told.word, told.of
        name = self.alarm.subject.name
        lost, found = words_device.not_readable(name), words_device.readable(name)
        self._protection = Protection(self.alarm, lost, found, deadlines)
        self._raws = told.raws

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)
        self._protection.miss(mono_ns)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading of the word."""
        if value is None:
            self._protection.miss(mono_ns)
        else:
            self._protection.have(utc_ns)
        self.alarm.see(
            _SIGNALS[says_alarm(self._raws, value, quality)], utc_ns, mono_ns, _shown(value), quality
        )


class Joint:
    """One alarm with two sources: a limit of ours, and what the device says of the same cause."""

    def __init__(self, limit: LimitWatch, deadlines: Deadlines, on_note: OnNote) -> None:
        self.alarm = limit.alarm
        self._deadlines = deadlines
        self._on_note = on_note
        self._signal = Signal.LOST
        self._value: Value = None
        self._quality = Quality.STALE
        self._words: dict[str, tuple[Text, bool | None]] = {}
        self.known: set[str] = set()  # words that it listens to
        self._standing: set[str] = set()  # words that said alarm when they were last readable
        self._is_told = False
        limit.tell = self.agent

    @property
    def key(self) -> str:
        """Under which the store keeps that a disagreement was told."""
        return DISAGREEMENT_PREFIX + self.alarm.subject.rule

    def start(self, *, is_told: bool) -> None:
        """Take up what the last run knew: that the two disagreed, and which words said alarm."""
        self._is_told = is_told
        if self.alarm.state.is_raised:
            self._standing = self.known & set(self.alarm.sources)

    def agent(self, signal: Signal, utc_ns: int, mono_ns: int, value: Value, quality: Quality) -> None:
        """Take what our limit says of a reading."""
        self._signal, self._value, self._quality = signal, value, quality
        self._judge(utc_ns, mono_ns)

    def device(self, word: str, name: Text, says: bool | None, utc_ns: int, mono_ns: int) -> None:
        """Take what a word of the device says; None: it cannot be read, or not be believed to be over."""
        self._words[word] = name, says
        if says:
            self._standing.add(word)
        elif says is False:
            self._standing.discard(word)
        self._judge(utc_ns, mono_ns)

    def _judge(self, utc_ns: int, mono_ns: int) -> None:
        alarm, sources = self.alarm, self._sources()
        signal = Signal.BEYOND if sources else self._signal
        if self._standing and not sources:
            signal = Signal.LOST  # a word that said alarm is not readable: nobody knows that it is over
        is_by_device = any(source != AGENT for source in sources)
        was_raised = alarm.state.is_raised
        if not was_raised:
            alarm.sources = sources
            alarm.raised_text = self._said() if is_by_device and AGENT not in sources else None
        alarm.see(signal, utc_ns, mono_ns, self._value, self._quality, at_once=is_by_device)
        if was_raised:
            for source in sources:
                alarm.confirm(source, words_device.confirmed(alarm.subject, source == AGENT), utc_ns)
        self._compare(mono_ns)

    def _sources(self) -> tuple[str, ...]:
        agent = (AGENT,) if self._signal is Signal.BEYOND else ()
        return (*agent, *(word for word, (_, says) in self._words.items() if says))

    def _said(self) -> Text:
        [first, *_] = [name for name, says in self._words.values() if says]
        return words_device.raised_with(self.alarm.subject, first, self._value)

    def _compare(self, mono_ns: int) -> None:
        agent, device = self._opinions()
        if agent is None or device is None or agent == device:
            self._deadlines.cancel(self._disagrees)
            if self._is_told and agent is not None and agent == device:
                self._is_told = False
                subject = self.alarm.subject
                text = words_device.agree(subject)
                self._on_note(note("sources-agree", text, self._fields(agent, device), {self.key: None}))
        elif not self._is_told and not self._deadlines.is_set(self._disagrees):
            self._deadlines.set(self._disagrees, mono_ns + DISAGREE_AFTER_NS)

    def _opinions(self) -> tuple[bool | None, bool | None]:
        """Return what we and the device think; None: no opinion (no good value, or within the deadband)."""
        agent = {Signal.BEYOND: True, Signal.BACK: False}.get(self._signal)
        said = {says for _, says in self._words.values()}
        device = True if True in said else None if None in said or not said else False
        return (agent if self._quality in _COMPARABLE else None), device

    def _disagrees(self, _utc_ns: int, _mono_ns: int) -> None:
        agent, device = self._opinions()
        assert agent is not None  # a deadline is cancelled where there is no opinion
        assert device is not None
        self._is_told = True
        text = words_device.disagree(self.alarm.subject, device=device, value=self._value)
        self._on_note(note("sources-disagree", text, self._fields(agent, device), {self.key: b"1"}))

    def _fields(self, agent: bool, device: bool) -> dict[str, object]:
        subject = self.alarm.subject
        return {
            "rule": subject.rule,
            "device": subject.device,
            "point": subject.point,
            "agent_says": agent,
            "device_says": device,
            "value": self._value,
        }


class JoinedWord:
    """One word of a device, as a source of an alarm that we judge as well."""

    def __init__(self, told: DeviceAlarm, joint: Joint) -> None:
        self.alarm = joint.alarm
        self._told = told
        self._joint = joint
        joint.known.add(told.word.id)

    def see(self, value: Value, quality: Quality, utc_ns: int, mono_ns: int) -> None:
        """Judge one reading of the word."""
        says = says_alarm(self._told.raws, value, quality)
        self._joint.device(self._told.word.id, self._told.name, says, utc_ns, mono_ns)


def says_alarm(raws: frozenset[int], value: Value, quality: Quality) -> bool | None:
    """Return whether a word says alarm; None: nobody knows, or it is in doubt that it is over."""
    if not isinstance(value, int | float):
        return None
    if int(value) in raws:
        return True
    return False if quality.is_good else None


def _shown(value: Value) -> Value:
    return int(value) if isinstance(value, bool) else value


def _subject(told: DeviceAlarm, device: Text) -> Subject:
    name = Text(f"{device.zh} {told.name.zh}", f"{device.en} {told.name.en}")
    raised, cleared = words_device.raised(name), words_device.cleared(name)
    return Subject(
        rule=told.id,
        condition="device-alarm",
        device=told.word.device_id,
        point=told.word.id,
        priority=told.priority,
        name=name,
        raised=lambda _value: raised,
        cleared=lambda _value: cleared,
    )


_SIGNALS: Final = {True: Signal.BEYOND, False: Signal.BACK, None: Signal.LOST}
