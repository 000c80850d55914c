"""An interlock, watched and never acted upon: evidence of every trigger, an alarm where an effect failed.

A trigger that already stands when the agent first looks has no onset and is not judged. One that
is being judged when the agent stops is told, at the next start, as one of which nobody can tell.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from agent.alarms import words_interlock
from agent.alarms.deadlines import Deadlines
from agent.alarms.event import Out
from agent.alarms.note import Note, OnNote
from agent.alarms.rules.delay import Delay, Verdict
from agent.alarms.rules.interlock import SAME_NS, Case, Proof
from agent.alarms.rules.interlock_judge import InterlockJudge
from agent.alarms.rules.judging import Judge, Judgement
from agent.alarms.rules.onset import Instant, Onset, Track
from agent.alarms.rules.watch import Places, RuleWatch
from agent.alarms.saved import Json
from agent.alarms.states import Signal
from agent.alarms.subject import Duty
from agent.taken_up import taken_up
from config.interlock import Interlock
from config.model import Rule, Text
from config.source import NodeSource
from drivers.reading import Scan, Value

STATE_PREFIX: Final = "interlock/"
"""Key of the outbox's state; the rule's id follows. It is there while a trigger is being judged."""

SILENCE_NS: Final = 200 * 10**6


class InterlockWatch(RuleWatch):
    """Follows one `Rule` whose condition is an `Interlock`."""

    def __init__(
        self, rule: Rule, names: Sequence[Text], duty: Duty, deadlines: Deadlines, out: Out, note: OnNote
    ) -> None:
        super().__init__(rule, names, duty, deadlines, out)
        assert isinstance(rule.condition, Interlock)
        self._interlock = rule.condition
        self._note = note
        held = [_held_ns(rule, place) for place in range(len(rule.points))]
        tracks = [Track([held[place] for place in places]) for places in self._of.places]
        self._trigger, self._effects = tracks[0], tracks[1:]
        self._arrived: dict[int, Instant] = {}
        self._case: Case | None = None
        self._began: Json = {}
        self._failures: tuple[Proof, ...] = ()
        self._over_ns: int | None = None  # when the last trigger went
        self._is_held = any(each is not None for each in held)

    def _made(self, rule: Rule) -> Judge:
        assert isinstance(rule.condition, Interlock)
        self._of = InterlockJudge(rule.condition, rule.points)
        return self._of

    def restore(self, stored: Mapping[str, bytes], utc_ns: int, mono_ns: int) -> None:
        """Tell of a trigger that was being judged when the last run ended."""
        began = taken_up(stored, STATE_PREFIX + self.rule.id, _unpack)
        if began is not None:
            self._began = began
            proofs = [
                Proof(effect, Verdict.CANNOT_TELL, Delay(None, None), why="restart")
                for effect in self._interlock.effects
            ]
            self._tell_judged(proofs)

    def see(self, scan: Scan, places: Places) -> None:
        """Judge what one scan brings, each sample at its own time."""
        for position, place in places:
            source_ns = None if scan.source_ns is None else scan.source_ns[position]
            self._arrived[place] = Instant(scan.mono_ns, scan.utc_ns, source_ns, scan.plan.connection)
        super().see(scan, places)

    def _see(self, utc_ns: int, mono_ns: int) -> None:
        self._of.look(mono_ns)
        now, before = Instant(mono_ns, utc_ns), self._trigger.truth
        for track, places, truth in zip(
            (self._trigger, *self._effects), self._of.places, self._of.truths, strict=True
        ):
            arrived = [(own, self._arrived[of]) for own, of in enumerate(places) if of in self._arrived]
            track.see(arrived, now, truth)
        self._arrived.clear()
        onset = self._trigger.onset
        is_set_off = self._trigger.truth is True and before is not True and onset is not None and onset.is_new
        if self._case is None and is_set_off and onset is not None and self._is_another(mono_ns):
            self._begin(onset, mono_ns)
        if before is True and self._trigger.truth is False:
            self._over_ns = mono_ns
        if self._case is not None:
            self._case.look(self._trigger, mono_ns)
        self._conclude(utc_ns, mono_ns)

    def _is_another(self, mono_ns: int) -> bool:
        return self._over_ns is None or mono_ns - self._over_ns >= SAME_NS

    def _conclude(self, utc_ns: int, mono_ns: int) -> None:
        if self._case is not None:
            self._failures = self._case.failures
            if self._case.is_settled:
                proofs, self._case = self._case.proofs, None
                self._deadlines.cancel(self._give_up)
                self._tell_judged(proofs)
        self._of.says = self._says(mono_ns)
        super()._see(utc_ns, mono_ns)

    def _begin(self, onset: Onset, mono_ns: int) -> None:
        self._case = Case(onset, self._interlock.effects, self._effects)
        self._deadlines.set(self._give_up, mono_ns + round(self._interlock.give_up_s * 1e9))
        self._began = {
            "after_ns": onset.after.utc_ns if onset.after else None,
            "by_ns": onset.by.utc_ns,
            "when": self._interlock.trigger.text,
            "values": self._values(),
        }
        text = words_interlock.triggered(self.rule)
        state = {STATE_PREFIX + self.rule.id: orjson.dumps(self._began)}
        content = {"kind": "interlock", "interlock": "triggered", **self._about(), "trigger": self._began}
        self._note(Note({**content, "text": {"zh": text.zh, "en": text.en}}, text, state))

    def _give_up(self, utc_ns: int, mono_ns: int) -> None:
        self._see(utc_ns, mono_ns)
        if self._case is not None:
            self._case.give_up()
            self._conclude(utc_ns, mono_ns)

    def _tell_judged(self, proofs: Sequence[Proof]) -> None:
        text = words_interlock.judged(self.rule, proofs)
        content = {
            "kind": "interlock",
            "interlock": "judged",
            **self._about(),
            "trigger": self._began,
            "effects": [_proof(proof) for proof in proofs],
            "values": self._values(),
            "text": {"zh": text.zh, "en": text.en},
        }
        self._note(Note(content, text, {STATE_PREFIX + self.rule.id: None}))

    def _says(self, mono_ns: int) -> Judgement:
        """Return what the alarm is to do: it stands as long as the trigger of the failure does."""
        worst = max((p.delay.low_s for p in self._failures if p.delay.low_s is not None), default=None)
        if self._case is not None:
            signal = Signal.BEYOND if self._failures else Signal.BETWEEN
            # Subscribed points say by silence that they stay: somebody has to listen for that.
            return Judgement(signal, worst, due_ns=mono_ns + SILENCE_NS if self._is_held else None)
        if self._trigger.truth is False:
            self._failures = ()
            return Judgement(Signal.BACK if self._of.is_trigger_sure else Signal.LOST)
        return Judgement(Signal.BEYOND if self._failures else Signal.BETWEEN, worst)

    def _raised_words(self, _value: Value) -> Text:
        return words_interlock.failed(self.rule, self._failures)

    def _about(self) -> Json:
        point = self.rule.points[0]
        name = self.rule.name
        return {
            "rule": self.rule.id,
            "name": {"zh": name.zh, "en": name.en},
            "device": point.device_id,
            "point": point.id,
        }

    def _values(self) -> list[Json]:
        return [
            {
                "point": point.id,
                "value": None if given is None else given.value,
                "unit": point.unit,
                "quality": "stale" if given is None else given.quality.word,
            }
            for point, given in zip(self.rule.points, self._of.latest, strict=True)
        ]


def _held_ns(rule: Rule, place: int) -> int | None:
    point = rule.points[place]
    return round(point.period_s * 1e9) if isinstance(point.source, NodeSource) else None


def _proof(proof: Proof) -> Json:
    onset = proof.onset
    told: Json = {
        "effect": proof.effect.id,
        "name": {"zh": proof.effect.zh, "en": proof.effect.en},
        "must": proof.effect.must.text,
        "within_s": proof.effect.within_s,
        "verdict": proof.verdict.value,
        "low_s": proof.delay.low_s,
        "high_s": proof.delay.high_s,
        "after_ns": onset.after.utc_ns if onset and onset.after else None,
        "by_ns": onset.by.utc_ns if onset else None,
    }
    return {**told, "why": proof.why} if proof.why else told


def _unpack(packed: bytes) -> Json:
    began: Json = orjson.loads(packed)
    return {**began}
