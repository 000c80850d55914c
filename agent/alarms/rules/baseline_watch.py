"""A rule about a baseline: watched like any other, and its baseline recorded when a person asks for it.

Without a baseline nobody watches, and that is told at once, as a lost protection. A recording
that is asked for takes the old baseline away: the bags that it was of are gone. It ends with a new one
once the value has run for long enough, or without one when its time is over.
"""

from collections.abc import Mapping, Sequence

from agent.alarms import words_baseline
from agent.alarms.acting import ActRefused
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Act, Out
from agent.alarms.note import Note, OnNote
from agent.alarms.rules.baseline import BaselineJudge
from agent.alarms.rules.cycles import Extent
from agent.alarms.rules.judging import Judge
from agent.alarms.rules.kept_baseline import STATE_PREFIX, Asked, KeptBaseline, Recorded, basis_of
from agent.alarms.rules.recording import Recording
from agent.alarms.rules.watch import Places, RuleWatch
from agent.alarms.saved import Saved
from agent.alarms.subject import Duty
from agent.taken_up import taken_up
from config.condition import Baseline
from config.model import Rule, Text
from drivers.reading import Scan, Value


class BaselineWatch(RuleWatch):
    """Follows one `Rule` whose condition is a `Baseline`."""

    def __init__(
        self, rule: Rule, names: Sequence[Text], duty: Duty, deadlines: Deadlines, out: Out, note: OnNote
    ) -> None:
        super().__init__(rule, names, duty, deadlines, out)
        assert isinstance(rule.condition, Baseline)
        self._condition = rule.condition
        self._note = note
        self._recording: Recording | None = None
        self._utc_ns = 0
        self.kept = KeptBaseline()

    def _made(self, rule: Rule) -> Judge:
        assert isinstance(rule.condition, Baseline)
        self._of = BaselineJudge(rule.condition)
        return self._of

    @property
    def unit(self) -> str:
        """What the baseline is measured in."""
        return self.rule.points[0].unit

    @property
    def ran_s(self) -> float:
        """For how long the value has run since a recording was asked for, in seconds."""
        return 0.0 if self._recording is None else self._recording.ran_s

    def restore(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Take up the baseline, or a recording that was under way: it gathers anew, its time goes on."""
        kept = taken_up(stored, STATE_PREFIX + self.rule.id, KeptBaseline.unpack) or KeptBaseline()
        self.kept = kept.on(basis_of(self._condition))
        self._utc_ns = utc_ns
        self._of.recorded = self.kept.recorded
        if self.kept.asked is not None:
            self._gather(self.kept.asked, utc_ns, mono_ns)

    def start(self, saved: Saved, utc_ns: int, mono_ns: int) -> None:
        """Take up where the last run left off; that there is no baseline is told at once."""
        super().start(saved, utc_ns, mono_ns)
        if self.kept.recorded is None:
            self._see(utc_ns, mono_ns)
        self._reword()

    def record(self, act: Act, changed_ns: int | None, utc_ns: int, mono_ns: int) -> Text:
        """Begin to record, after a change of bags at `changed_ns` (None: now). Raises ActRefused."""
        since_ns = utc_ns if changed_ns is None else changed_ns
        until_ns = since_ns + round(self._condition.within_s * 1e9)
        if since_ns > utc_ns or until_ns - utc_ns < self._condition.record_s * 1e9:
            raise ActRefused(words_baseline.too_late(self.rule, self._condition))
        asked = Asked(since_ns, until_ns, act.by, act.reason)
        self._of.renew()
        self._gather(asked, utc_ns, mono_ns)
        text = words_baseline.begun(self.rule, self._condition, act.by)
        self._tell("begun", KeptBaseline(asked=asked), text, act.by, act.reason)
        self._see(utc_ns, mono_ns)
        return text

    def see(self, scan: Scan, places: Places) -> None:
        """Judge what one scan brings, and gather it where a baseline is being recorded."""
        super().see(scan, places)
        running, recording = self._of.running, self._recording
        if recording is None or running is None or not any(place == 0 for _, place in places):
            return
        recording.take(*running, self._of.cycle, scan.utc_ns)
        extent = recording.done()
        if extent is not None:
            self._recorded(recording, extent, scan.utc_ns, scan.mono_ns)

    def _see(self, utc_ns: int, mono_ns: int) -> None:
        self._utc_ns = utc_ns
        if self.kept.recorded is None:
            self.alarm.lose(words_baseline.none_yet(self.rule, self.kept.asked), utc_ns)
            self._protection.miss(mono_ns)  # so that it is found again once there is one
        else:
            super()._see(utc_ns, mono_ns)

    def _reword(self) -> None:
        """Have a loss that stands ask for no recording that is under way."""
        if self.kept.recorded is None:
            self.alarm.reword(words_baseline.none_yet(self.rule, self.kept.asked))

    def _gather(self, asked: Asked, utc_ns: int, mono_ns: int) -> None:
        least_ns = round(self._condition.record_s * 1e9)
        self._recording = Recording(least_ns, in_cycles=self._condition.swing is not None)
        self._deadlines.set(self._give_up, mono_ns + max(0, asked.until_ns - utc_ns))

    def _recorded(self, recording: Recording, extent: Extent, utc_ns: int, mono_ns: int) -> None:
        asked = self.kept.asked
        assert asked is not None  # else nothing would be recorded
        if extent.mean <= 0:  # nothing is a share of nothing
            self._give_up(utc_ns, mono_ns)
            return
        self._end_recording()
        recorded = Recorded(
            extent.mean,
            extent.low,
            extent.high,
            extent.cycles,
            recording.from_ns,
            utc_ns,
            asked.by,
            asked.reason,
            basis_of(self._condition),
        )
        text = words_baseline.recorded(self.rule, recorded, self.unit)
        self._tell("recorded", KeptBaseline(recorded=recorded), text, asked.by, asked.reason)
        self._see(utc_ns, mono_ns)

    def _give_up(self, utc_ns: int, mono_ns: int) -> None:
        asked = self.kept.asked
        assert asked is not None
        self._end_recording()
        text = words_baseline.failed_to_record(self.rule, self._condition)
        self._tell("failed", KeptBaseline(), text, asked.by, asked.reason)
        self._see(utc_ns, mono_ns)

    def _end_recording(self) -> None:
        self._recording = None
        self._deadlines.cancel(self._give_up)

    def _tell(self, what: str, kept: KeptBaseline, text: Text, by: str, reason: str) -> None:
        self.kept, self._of.recorded = kept, kept.recorded
        self._reword()
        content: dict[str, object] = {
            "kind": "baseline",
            "baseline": what,
            "rule": self.rule.id,
            "device": self.rule.points[0].device_id,
            "point": self.rule.points[0].id,
            "by": by,
            "text": {"zh": text.zh, "en": text.en},
        }
        if reason:
            content["reason"] = reason
        if (recorded := kept.recorded) is not None:
            content |= {"value": recorded.mean, "low": recorded.low, "high": recorded.high, "unit": self.unit}
            content |= {"cycles": recorded.cycles, "from_ns": recorded.from_ns, "to_ns": recorded.to_ns}
        self._note(Note(content, text, {STATE_PREFIX + self.rule.id: kept.pack()}))

    def _raised_words(self, value: Value) -> Text:
        said, recorded = super()._raised_words(value), self.kept.recorded
        return said if recorded is None else words_baseline.with_age(said, recorded, self.unit, self._utc_ns)
