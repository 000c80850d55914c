"""The life of one alarm: from the signals of its rule and the acts of people to what happens.

Nothing here knows what is measured: a rule says BEYOND, BACK or LOST (states.py), and
what follows is the same for a limit, a silence or a contradiction. What a person owes an
alarm is watched too: one that nobody acknowledges or handles in time is escalated.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Self
from uuid import UUID, uuid4

from agent.alarms import words, words_test
from agent.alarms.acting import OUT_MAX_S, ActRefused, end_of
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Act, AlarmEvent, Happening, Out
from agent.alarms.overdue import all_owed, owed
from agent.alarms.saved import Json, Saved, alarm_id, since_ns, sources_of
from agent.alarms.states import Signal, State, step
from agent.alarms.subject import Duty, Subject
from agent.alarms.telling import event_of
from config.model import Text
from drivers.reading import Quality, Value

OPEN_MAX: Final = 16
"""Alarms of one rule that may wait to be handled; of a chattering one the oldest are given up."""

STEADY_NS: Final = 60 * 10**9
"""What failed by our own fault counts as watched again once it has worked for so long."""
_OF_ITSELF: Final = (Happening.NOT_EVALUATED, Happening.EVALUATED)
"""A loss of values in the middle of a test is a real one."""
_BACK, _NORMAL = Signal.BACK, State.NORMAL
"""Looked up for every reading of every rule."""


class Alarm:
    """One alarm; every happening goes to `out` at once. Times in nanoseconds."""

    def __init__(
        self,
        subject: Subject,
        duty: Duty,
        deadlines: Deadlines,
        out: Out,
        *,
        on_delay_s: float,
        off_delay_s: float,
    ) -> None:
        self.subject = subject
        self.saved = Saved()
        self._duty = self._usual_duty = duty
        self._deadlines = deadlines
        self._out = out
        self._on_delay_ns, self._off_delay_ns = round(on_delay_s * 1e9), round(off_delay_s * 1e9)
        self._signal = Signal.LOST
        self._value: Value = None
        self._quality: Quality | None = None
        self._failed_ns: int | None = None
        self.sources: tuple[str, ...] = ()  # who says so, where it is not our rule alone
        self.raised_text: Text | None = None  # in place of the subject's
        self.chattering_ns: int | None = None  # since when
        self.least_off_delay_ns = 0  # while it chatters
        self._test: Json | None = None  # by whom, with which gas
        self._real: Saved | None = None  # what it was before the test, and will be after it
        self.rests = False  # suppressed by design: its area is at a planned stop
        self.is_excused = False  # it is not missed, should its values be lost
        self.line_tells: Callable[[], bool] = lambda: False  # its connection's loss is told for it

    @property
    def alarm(self) -> Self:
        """Itself: its deadlines are its own."""
        return self

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.saved.state

    @property
    def kept(self) -> Saved:
        """What is to be stored and shown of it: a test is no part of it, but for the loss of values."""
        return self.saved if self._real is None else replace(self._real, lost=self.saved.lost)

    @property
    def is_watched(self) -> bool:
        """Whether its values are there."""
        return self.saved.lost is None and not self.line_tells()

    @property
    def is_in_service(self) -> bool:
        """Whether it may be raised at all."""
        return self.saved.out_of_service is None

    @property
    def _may_move(self) -> bool:
        # At rest nothing is raised; what stood before goes on standing until it is back.
        return self.is_in_service and (not self.rests or self.state.is_raised)

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off; an alarm that stood stays, without a second raise."""
        self.saved = saved
        if saved.alarm is not None:
            self.sources = sources_of(saved.alarm)
        self._watch_duty(utc_ns, mono_ns)
        for act, ends in ((saved.shelved, self._unshelve_due), (saved.out_of_service, self._in_service_due)):
            if act is not None and (until_ns := act.get("until_ns")) is not None:
                self._deadlines.set(ends, mono_ns + max(0, int(str(until_ns)) - utc_ns))

    def see(
        self,
        signal: Signal,
        utc_ns: int,
        mono_ns: int,
        value: Value = None,
        quality: Quality | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        """Take what the rule says of one reading; `at_once`: a raise waits for no delay."""
        self._signal, self._value, self._quality = signal, value, quality
        if signal is _BACK and self.saved.state is _NORMAL:
            return  # as almost always
        if self._may_move:
            self._move(signal, utc_ns, mono_ns)
            if at_once and self.state.is_on_delay:
                self._move(Signal.ELAPSED, utc_ns, mono_ns)

    def confirm(self, source: str, text: Text, utc_ns: int) -> None:
        """Take it that another source says the same of the alarm that stands; told once."""
        alarm = self.saved.alarm
        if alarm is None or not self.state.is_raised or source in self.sources:
            return
        self.sources = (*self.sources, source)
        self.saved = replace(self.saved, alarm={**alarm, "sources": list(self.sources)})
        self._of(alarm, Happening.CONFIRMED, utc_ns, text)

    def rest(self, utc_ns: int, mono_ns: int) -> None:
        """Raise nothing from now on: that its value is beyond a limit is as designed."""
        self.rests = True
        if self.state.is_on_delay:
            self._move(Signal.BETWEEN, utc_ns, mono_ns)

    def wake(self, utc_ns: int, mono_ns: int) -> None:
        """Be in force again: what is beyond its limit now begins to be so now."""
        self.rests = False
        self._look_again(utc_ns, mono_ns)

    def _look_again(self, utc_ns: int, mono_ns: int) -> None:
        """Judge by the value that is there: one that stays as it is may not come a second time."""
        if self._signal is Signal.BEYOND and self._may_move:
            self._move(Signal.BEYOND, utc_ns, mono_ns)

    def _move(self, signal: Signal, utc_ns: int, mono_ns: int) -> None:
        before, after = self.state, step(self.state, signal)
        if after is before:
            return
        self.saved = replace(self.saved, state=after)
        if signal is Signal.ACKNOWLEDGE:
            return
        self._deadlines.cancel(self._delay_over)
        if after.is_on_delay or after.is_off_delay:
            self._wait(utc_ns, mono_ns)
        elif after.is_raised and not before.is_raised:
            self._raise(utc_ns, mono_ns)
        elif before.is_raised and not after.is_raised and signal is not Signal.RESET:
            self._clear(utc_ns)

    def _wait(self, utc_ns: int, mono_ns: int) -> None:
        off_delay_ns = max(self._off_delay_ns, self.least_off_delay_ns)
        delay_ns = self._on_delay_ns if self.state.is_on_delay else off_delay_ns
        if delay_ns:
            self._deadlines.set(self._delay_over, mono_ns + delay_ns)
        else:
            self._delay_over(utc_ns, mono_ns)

    def _delay_over(self, utc_ns: int, mono_ns: int) -> None:
        is_held = self._duty.latched and self.state.is_off_delay
        self._move(Signal.HELD if is_held else Signal.ELAPSED, utc_ns, mono_ns)

    def _raise(self, utc_ns: int, mono_ns: int) -> None:
        text = self.raised_text or self.subject.raised(self._value)
        event = replace(self._event(Happening.RAISED, uuid4(), utc_ns, text), points=self.subject.points)
        alarm = event.as_json()
        waiting = self.saved.open
        if self._duty.handle_within_s is not None:
            waiting = (*waiting, alarm)[-OPEN_MAX:]
        self.saved = replace(self.saved, alarm=alarm, acknowledged=None, open=waiting)
        if not self._duty.acknowledge:
            self._move(Signal.ACKNOWLEDGE, utc_ns, mono_ns)
        self._watch_duty(utc_ns, mono_ns)
        self._out(event)

    def _clear(self, utc_ns: int) -> None:
        raised = self.saved.alarm
        assert raised is not None  # only what was raised comes to its end
        if not self.state.is_unacknowledged:
            self.saved = replace(self.saved, alarm=None, acknowledged=None)
        self._of(raised, Happening.CLEARED, utc_ns, self.subject.cleared(self._value))

    def _of(self, begun: Json, happening: Happening, utc_ns: int, text: Text, act: Act | None = None) -> None:
        """Tell what happened to an alarm, or a loss, that stands or stood."""
        event = self._event(happening, alarm_id(begun), utc_ns, text)
        self._out(replace(event, since_ns=since_ns(begun), act=act))

    def lose(self, text: Text, utc_ns: int) -> None:
        """Tell that nobody watches the rule now, once."""
        if self.saved.lost is None and self.is_in_service and not (self.rests or self.is_excused):
            event = self._event(Happening.NOT_EVALUATED, uuid4(), utc_ns, text)
            self.saved = replace(self.saved, lost=event.as_json())
            self._out(event)

    def reword(self, text: Text) -> None:
        """Say of a loss that goes on what holds of it now; it was told, and is not told again."""
        if (lost := self.saved.lost) is not None:
            self.saved = replace(self.saved, lost={**lost, "text": {"zh": text.zh, "en": text.en}})

    def fail(self, reason: str, utc_ns: int) -> None:
        """Tell that nobody watches the rule now, because judging it fails; `reason` is the fault's name."""
        self._failed_ns = utc_ns
        self.lose(words.failed(self.subject, reason), utc_ns)

    def works(self, utc_ns: int) -> None:
        """Take it that judging it works, of a rule that can be lost by nothing else."""
        self.find(words.works(self.subject), utc_ns)

    def find(self, text: Text, utc_ns: int) -> None:
        """Tell that the rule is watched again, if it was lost."""
        is_failing = self._failed_ns is not None and abs(utc_ns - self._failed_ns) < STEADY_NS
        if (lost := self.saved.lost) is not None and not is_failing:
            self.saved = replace(self.saved, lost=None)
            self._of(lost, Happening.EVALUATED, utc_ns, text)

    # Tests with gas

    @property
    def is_in_test(self) -> bool:
        """Whether what it raises is a test."""
        return self._real is not None

    def check_quiet(self) -> None:
        """Raise ActRefused if there is something that a test would hide."""
        self._refuse_in_test()
        saved = self.saved
        if self.state is not State.NORMAL or saved.shelved is not None or saved.out_of_service is not None:
            raise ActRefused(words_test.not_quiet(self.subject.name))

    def begin_test(self, test: Json) -> None:
        """Be raised as a test from now on, apart from what it was; it is quiet."""
        self._test, self._real = test, self.saved
        self._usual_duty, self._duty = self._duty, Duty(acknowledge=False)
        self._deadlines.cancel(self._overdue)
        self.saved = Saved(lost=self.saved.lost)

    def end_test(self, text: Text, utc_ns: int, mono_ns: int) -> None:
        """Be what it was before the test."""
        if self._real is None:
            return
        self._deadlines.cancel(self._delay_over)
        if (alarm := self.saved.standing) is not None:
            self._of(alarm, Happening.CLEARED, utc_ns, text)
        self.saved, self._test, self._real = self.kept, None, None
        self._duty = self._usual_duty
        self._watch_duty(utc_ns, mono_ns)

    # What people do

    def acknowledge(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Take it that a person has seen the alarm. Raises ActRefused."""
        alarm = self.saved.alarm
        if alarm is None or not self.state.is_unacknowledged:
            raise ActRefused(words.nothing_to_acknowledge(self.subject))
        self._move(Signal.ACKNOWLEDGE, utc_ns, mono_ns)
        if self.state.is_raised:
            self.saved = replace(self.saved, acknowledged={**act.as_json(), "utc_ns": utc_ns})
        else:
            self.saved = replace(self.saved, alarm=None, acknowledged=None)
        self._watch_duty(utc_ns, mono_ns)
        self._of(alarm, Happening.ACKNOWLEDGED, utc_ns, words.acknowledged(self.subject, act), act)

    def handle(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Take it that something was done about the alarm, and all before it. Raises ActRefused."""
        told = self.saved.open
        if not told:
            raise ActRefused(words.nothing_to_handle(self.subject))
        self.saved = replace(self.saved, open=())
        self._watch_duty(utc_ns, mono_ns)
        for alarm in told:
            self._of(alarm, Happening.HANDLED, utc_ns, words.handled(self.subject, act), act)

    def reset(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Let go of a latched alarm whose value is back and that was acknowledged. Raises ActRefused."""
        alarm = self.saved.alarm
        if alarm is None or self.state is not State.ACKNOWLEDGED_LATCHED:
            raise ActRefused(words.nothing_to_reset(self.subject, self.state))
        self._move(Signal.RESET, utc_ns, mono_ns)
        self.saved = replace(self.saved, alarm=None, acknowledged=None)
        self._of(alarm, Happening.RESET, utc_ns, words.reset(self.subject, act), act)

    def shelve(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Keep the alarm off the local annunciation until then; all else goes on. Raises ActRefused."""
        self._refuse_in_test()
        if self.saved.shelved is not None:
            raise ActRefused(words.shelved_already(self.subject))
        most_s = self._duty.shelve_max_s
        too_long = words.shelved_too_long(self.subject, most_s)
        until_ns = end_of(self.subject, act, utc_ns, most_s, too_long)
        self.saved = replace(self.saved, shelved=act.as_json())
        self._deadlines.set(self._unshelve_due, mono_ns + until_ns - utc_ns)
        self._suppressed(Happening.SHELVED, utc_ns, words.shelved(self.subject, act), act)

    def unshelve(self, act: Act, utc_ns: int, _mono_ns: int) -> None:
        """End the shelving before its time. Raises ActRefused."""
        if self.saved.shelved is None:
            raise ActRefused(words.not_shelved(self.subject))
        self._unshelve(act, utc_ns)

    def take_out(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Take the rule out of service until then; an alarm that stands ends by it. Raises ActRefused."""
        self._refuse_in_test()
        if not self.is_in_service:
            raise ActRefused(words.out_of_service_already(self.subject))
        too_long = words.out_for_too_long(self.subject, OUT_MAX_S / 86400)
        until_ns = end_of(self.subject, act, utc_ns, OUT_MAX_S, too_long)
        self._deadlines.cancel(self._delay_over)
        stood = self.saved.standing
        # What waits to be handled goes on waiting: it was an alarm.
        self.saved = Saved(
            shelved=self.saved.shelved,
            out_of_service={**act.as_json(), "since_ns": utc_ns},
            open=self.saved.open,
            escalated=self.saved.escalated,
        )
        self._watch_duty(utc_ns, mono_ns)
        self._deadlines.set(self._in_service_due, mono_ns + until_ns - utc_ns)
        self._suppressed(
            Happening.OUT_OF_SERVICE, utc_ns, words.taken_out(self.subject, act), act, stood=stood
        )

    def put_back(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        """Put the rule back into service. Raises ActRefused."""
        if self.is_in_service:
            raise ActRefused(words.not_out_of_service(self.subject))
        self._in_service(act, utc_ns, mono_ns)

    def _refuse_in_test(self) -> None:
        if self._real is not None:
            raise ActRefused(words_test.in_test(self.subject.name))

    def _unshelve_due(self, utc_ns: int, _mono_ns: int) -> None:
        self._unshelve(Act(words.BY_TIME), utc_ns)

    def _unshelve(self, act: Act, utc_ns: int) -> None:
        self._deadlines.cancel(self._unshelve_due)
        self.saved = replace(self.saved, shelved=None)
        self._suppressed(Happening.UNSHELVED, utc_ns, words.unshelved(self.subject, act), act)

    def _in_service_due(self, utc_ns: int, mono_ns: int) -> None:
        self._in_service(Act(words.BY_TIME), utc_ns, mono_ns)

    def _in_service(self, act: Act, utc_ns: int, mono_ns: int) -> None:
        self._deadlines.cancel(self._in_service_due)
        self.saved = replace(self.saved, out_of_service=None)
        self._suppressed(Happening.IN_SERVICE, utc_ns, words.put_back(self.subject, act), act)
        self._look_again(utc_ns, mono_ns)

    def _suppressed(
        self, happening: Happening, utc_ns: int, text: Text, act: Act, *, stood: Json | None = None
    ) -> None:
        alarm = stood or self.saved.alarm
        if alarm is not None:
            self._of(alarm, happening, utc_ns, text, act)
        else:
            self._out(replace(self._event(happening, uuid4(), utc_ns, text), act=act))

    def _watch_duty(self, utc_ns: int, mono_ns: int) -> None:
        self._deadlines.cancel(self._overdue)
        known = {each.key for each in all_owed(self.saved, self._duty)}
        self.saved = replace(self.saved, escalated=tuple(k for k in self.saved.escalated if k in known))
        if waiting := owed(self.saved, self._duty):
            self._deadlines.set(self._overdue, mono_ns + max(0, waiting[0].due_ns - utc_ns))

    def _overdue(self, utc_ns: int, mono_ns: int) -> None:
        first, *others = owed(self.saved, self._duty)
        for each in (first, *(other for other in others if other.due_ns <= utc_ns)):
            self.saved = replace(self.saved, escalated=(*self.saved.escalated, each.key))
            self._of(each.alarm, Happening.ESCALATED, utc_ns, words.escalated(self.subject, each.what))
        self._watch_duty(utc_ns, mono_ns)

    def _event(self, happening: Happening, event_id: UUID, utc_ns: int, text: Text) -> AlarmEvent:
        is_of_test = self._test is not None and happening not in _OF_ITSELF
        if is_of_test:
            text = Text(words_test.IN_TEST.zh + text.zh, words_test.IN_TEST.en + text.en)
        return replace(
            event_of(self.subject, happening, event_id, utc_ns, text),
            value=self._value,
            quality=self._quality,
            shelved=self.saved.shelved is not None,
            sources=self.sources,
            test=self._test if is_of_test else None,
        )
