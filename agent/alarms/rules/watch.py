"""One rule of the plant: what the scans of its points say, and whether anybody watches it at all."""

from collections.abc import Mapping, Sequence

from agent.alarms import words_rule
from agent.alarms.alarm import Alarm
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.note import Note, note
from agent.alarms.protection import Protection
from agent.alarms.rules.compile import compile_rule
from agent.alarms.rules.gathered import Gathers, Unusable, packed, unpacked
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
        self._aside: bytes | None = None  # what was gathered before a test with gas; empty: nothing

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
        values, qualities, good = scan.values, scan.qualities, Quality.GOOD
        for position, place in places:
            quality = good if qualities is None else qualities[position]
            value = values[position]
            assert not isinstance(value, str)  # config gives a text no rules
            given = Input(None if value is None else float(value), quality, scan.mono_ns)
            self._judge.take(place, given)
        self._see(scan.utc_ns, scan.mono_ns)

    @property
    def gathers(self) -> bool:
        """Whether it adds up what must outlive a restart."""
        return isinstance(self._judge, Gathers)

    def gathered(self, utc_ns: int, mono_ns: int) -> bytes | None:
        """Return what its judge has added up, for the store; None: nothing."""
        if self._aside is not None:
            return self._aside or None
        if not isinstance(self._judge, Gathers):
            return None
        kept = self._judge.kept(utc_ns, mono_ns)
        return None if kept is None else packed(self.rule, kept, utc_ns)

    def take_up(self, stored: bytes, utc_ns: int, mono_ns: int) -> Note | None:
        """Go on from what was added up before the restart, and tell from when. Raises Unusable."""
        if not isinstance(self._judge, Gathers):
            raise Unusable
        kept, kept_ns = unpacked(self.rule, stored)
        down_ns = max(0, utc_ns - kept_ns)
        try:
            counts = self._judge.take_up(kept, down_ns, utc_ns, mono_ns)
        except (KeyError, TypeError, ValueError) as fault:
            raise Unusable from fault
        self._see(utc_ns, mono_ns)
        text = words_rule.counts_on(self.rule, down_ns // 10**9)
        return note("counts-on", text, {"rule": self.rule.id, "kept_ns": kept_ns}) if counts else None

    def set_aside(self, utc_ns: int, mono_ns: int) -> None:
        """Keep what was gathered so far away from a test with gas, which is none of the plant's."""
        self._aside = self.gathered(utc_ns, mono_ns) or b""

    def take_back(self, utc_ns: int, mono_ns: int) -> None:
        """Go on from before the test. Windows begin anew: what they hold is the test's."""
        aside, self._aside = self._aside, None
        self._judge = compile_rule(self.rule)
        if aside:
            self.take_up(aside, utc_ns, mono_ns)

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
