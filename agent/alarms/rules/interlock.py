"""One trigger of an interlock, from its onset until a verdict on every effect is there.

A value at its limit flickers: a trigger that goes may be back with the next sample, and then counts
from there for what is still awaited. Only one that stays away needs no effect any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.alarms.rules.delay import Delay, Verdict, delay, still_waiting
from agent.alarms.rules.onset import Onset, Track
from config.interlock import Effect

SAME_NS: Final = 10 * 10**9
"""A trigger that is back within so long is still the same one [E]."""


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
        self._over_ns: int | None = None  # when the trigger went

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
            if proof is None and self._is_late(effect, self._waiting(track))
        )
        return (*(proof for proof in self.proofs if proof.verdict.is_failure), *waiting)

    def look(self, trigger: Track, mono_ns: int) -> None:
        """Settle what can be settled by now."""
        if trigger.truth is False and self._over_ns is None:
            self._over_ns = mono_ns
        elif trigger.truth is True and self._over_ns is not None and trigger.onset is not None:
            self.onset, self._over_ns = trigger.onset, None
        for n, (effect, track) in enumerate(zip(self._effects, self._tracks, strict=True)):
            if self._proofs[n] is None:
                self._proofs[n] = self._come(effect, track) or self._let_go(effect, track, mono_ns)

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
        return self._judged(effect, delay(self.onset, onset), onset)

    def _let_go(self, effect: Effect, track: Track, mono_ns: int) -> Proof | None:
        if self._over_ns is None or mono_ns - self._over_ns < SAME_NS or not self._is_excused(effect):
            return None
        return Proof(effect, Verdict.CANNOT_TELL, self._waiting(track), why="trigger-over")

    def _gone(self, effect: Effect, track: Track) -> Proof:
        judged = self._judged(effect, self._waiting(track))
        if judged.verdict is Verdict.LATE and track.truth is False:
            return replace(judged, verdict=Verdict.NEVER)
        return judged

    def _judged(self, effect: Effect, took: Delay, onset: Onset | None = None) -> Proof:
        verdict = took.verdict(effect.within_s)
        if verdict is Verdict.IN_TIME or self._is_late(effect, took):
            return Proof(effect, verdict, took, onset)
        why = "trigger-over" if self._is_excused(effect) else "samples"
        return Proof(effect, Verdict.CANNOT_TELL, took, onset, why)

    def _is_late(self, effect: Effect, took: Delay) -> bool:
        return took.verdict(effect.within_s) is Verdict.LATE and not self._is_excused(effect)

    def _is_excused(self, effect: Effect) -> bool:
        """Whether the trigger went before the effect had to be there."""
        return self._over_ns is not None and self._over_ns - self.onset.by.mono_ns <= effect.within_s * 1e9

    def _waiting(self, track: Track) -> Delay:
        return still_waiting(self.onset, track.false_at)
