"""One trigger of an interlock, from its onset until a verdict on every effect is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.alarms.rules.delay import Delay, Verdict, delay, still_waiting
from agent.alarms.rules.onset import Onset, Track
from config.interlock import Effect


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of one effect; `why` says why nothing can be told: restart, trigger-over, samples."""

    effect: Effect
    verdict: Verdict
    delay: Delay
    onset: Onset | None = None
    why: str = ""


class Case:
    """Follows the effects of one trigger; `tracks` are theirs, in their order."""

    def __init__(self, onset: Onset, effects: Sequence[Effect], tracks: Sequence[Track]) -> None:
        self.onset = onset
        self._effects, self._tracks = tuple(effects), tuple(tracks)
        self._proofs: list[Proof | None] = [None] * len(effects)

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """What has been settled so far."""
        return tuple(proof for proof in self._proofs if proof is not None)

    @property
    def is_settled(self) -> bool:
        """Whether every effect has its verdict."""
        return len(self.proofs) == len(self._effects)

    @property
    def failures(self) -> tuple[Proof, ...]:
        """Effects that are late for certain, come or not."""
        waiting = (
            Proof(effect, Verdict.LATE, self._waiting(track))
            for effect, track, proof in zip(self._effects, self._tracks, self._proofs, strict=True)
            if proof is None and self._waiting(track).verdict(effect.within_s) is Verdict.LATE
        )
        return (*(proof for proof in self.proofs if proof.verdict.is_failure), *waiting)

    def look(self, trigger: Track) -> None:
        """Settle what can be settled by now."""
        for n, (effect, track) in enumerate(zip(self._effects, self._tracks, strict=True)):
            if self._proofs[n] is None:
                self._proofs[n] = self._come(effect, track) or self._let_go(effect, track, trigger)

    def give_up(self) -> None:
        """Settle all that is left: what has not come by now never did, if anybody can tell."""
        for n, (effect, track) in enumerate(zip(self._effects, self._tracks, strict=True)):
            if self._proofs[n] is None:
                self._proofs[n] = self._gone(effect, track)

    def _come(self, effect: Effect, track: Track) -> Proof | None:
        known, onset = track.known_at, track.onset
        # What was there before the trigger may let go at it: only a sample after it counts.
        if track.truth is not True or onset is None or known is None or known.mono_ns < self.onset.by.mono_ns:
            return None
        took = delay(self.onset, onset)
        verdict = took.verdict(effect.within_s)
        return Proof(effect, verdict, took, onset, "samples" if verdict is Verdict.CANNOT_TELL else "")

    def _let_go(self, effect: Effect, track: Track, trigger: Track) -> Proof | None:
        """A trigger that is over before its limit was needs no effect any more."""
        waiting = self._waiting(track)
        if trigger.truth is not False or waiting.verdict(effect.within_s) is Verdict.LATE:
            return None
        return Proof(effect, Verdict.CANNOT_TELL, waiting, why="trigger-over")

    def _gone(self, effect: Effect, track: Track) -> Proof:
        waiting = self._waiting(track)
        verdict = waiting.verdict(effect.within_s)
        if verdict is Verdict.LATE and track.truth is False:
            verdict = Verdict.NEVER
        return Proof(effect, verdict, waiting, why="" if verdict.is_failure else "samples")

    def _waiting(self, track: Track) -> Delay:
        return still_waiting(self.onset, track.false_at)
