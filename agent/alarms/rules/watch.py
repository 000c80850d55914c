"""One rule of the plant: what the scans of its points say, and whether anybody watches it at all."""

from collections.abc import Mapping, Sequence

from agent.alarms import words_rule
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.protection import Protection
from agent.alarms.rules.compile import compile_rule
from agent.alarms.rules.judging import Input, Judge
from agent.alarms.saved import Saved
from agent.alarms.subject import Duty, Subject
from config.model import Rule, Text
from drivers.reading import Quality, Scan, Value

Places = tuple[tuple[int, int], ...]
"""Position in a scan, and number of the rule's point that stands there."""


class RuleWatch:
    """Follows one `Rule`."""

    def __init__(self, rule: Rule, names: Sequence[Text], duty: Duty, deadlines: Deadlines, out: Out) -> None:
        self.rule = rule
        self._names = names
        self.alarm = Alarm(
            self._subject(rule, names),
            duty,
            deadlines,
            out,
            on_delay_s=rule.on_delay_s,
            off_delay_s=rule.off_delay_s,
        )
        lost, found = words_rule.not_evaluated(rule, names), words_rule.evaluated(rule)
        self._protection = Protection(self.alarm, lost, found, deadlines)
        self._deadlines = deadlines
        self._judge = self._made(rule)
        self._due_ns: int | None = None

    def _made(self, rule: Rule) -> Judge:
        return compile_rule(rule)

    def restore(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Take up what the rule itself had kept, before `start`; most keep nothing."""

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off."""
        self.alarm.start(saved, utc_ns, mono_ns)
        self._protection.miss(mono_ns)

    def places(self, at: Mapping[str, int]) -> Places:
        """Return which positions of a plan (by point) the rule reads, and as which of its points."""
        return tuple((at[p.id], place) for place, p in enumerate(self.rule.points) if p.id in at)

    def see(self, scan: Scan, places: Places) -> None:
        """Judge what one scan brings: all of it at once, so that what was read together is compared."""
        for position, place in places:
            quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
            value = scan.values[position]
            assert not isinstance(value, str)  # config gives a text no rules
            given = Input(None if value is None else float(value), quality, scan.mono_ns)
            self._judge.take(place, given)
        self._see(scan.utc_ns, scan.mono_ns)

    def fail(self, reason: str, utc_ns: int) -> None:
        """Report the protection lost, because computing it failed."""
        self.alarm.lose(words_rule.failed(self.rule, reason), utc_ns)

    def _see(self, utc_ns: int, mono_ns: int) -> None:
        judged = self._judge.judge(mono_ns)
        if judged.blind:
            self._protection.miss(mono_ns)
        else:
            self._protection.have(utc_ns)
        self._await(judged.due_ns)
        self.alarm.see(judged.signal, utc_ns, mono_ns, judged.value, judged.quality)

    def _await(self, due_ns: int | None) -> None:
        # An earlier one stays, and asks again then: moved with every reading it would fill the heap.
        if due_ns is not None and (self._due_ns is None or due_ns < self._due_ns):
            self._due_ns = due_ns
            self._deadlines.set(self._due, due_ns)

    def _due(self, utc_ns: int, mono_ns: int) -> None:
        self._due_ns = None
        self._see(utc_ns, mono_ns)

    def _subject(self, rule: Rule, names: Sequence[Text]) -> Subject:
        point = rule.points[0]
        return Subject(
            rule=rule.id,
            condition=rule.kind,
            device=point.device_id,
            point=point.id,
            priority=rule.priority,
            name=rule.name,
            raised=self._raised_words,
            cleared=lambda value: words_rule.cleared(rule, value),
            unit=words_rule.unit_of(rule),
            limit=words_rule.limit_of(rule),
            clause=rule.clause,
        )

    def _raised_words(self, value: Value) -> Text:
        return words_rule.raised(self.rule, self._names, value)
