"""What comes of an errand: a scan, and what is learnt from it.

A slot ends in one scan. What was asked between slots yields a scan if it is
answered, and none if it is not: its slot has had its own.

When a block fails, another block of its unit that has answered before is asked at
once: it tells whether the unit has fallen silent, or the block alone (suspects.py).
"""

from collections.abc import Callable, Iterable
from typing import Final

from drivers.clock import Clock
from drivers.errors import ExceptionReply, UnitFault, WrongReply
from drivers.modbus.exchange import size_of
from drivers.modbus.ground import Ground
from drivers.modbus.presence import Presence
from drivers.modbus.roster import Polled, Roster
from drivers.modbus.suspects import TOLD_FROM, Suspects
from drivers.modbus.turns import Errand, Turns
from drivers.reading import Emit, Quality, Scan, bad_scan

HOLE_EXCEPTIONS: Final = frozenset({2, 3})
"""Illegal data address, illegal data value (a count that the device does not like)."""

SOON_NS: Final = 1_000_000_000
"""A block whose slot was lost is asked at once, unless its next slot is so near."""


class Outcomes:
    """Turns the outcomes of errands into scans, and remembers what is owed to whom."""

    def __init__(
        self,
        roster: Roster,
        turns: Turns,
        clock: Clock,
        emit: Emit,
        *,
        presence: Presence,
        on_learnt: Callable[[Ground], None],
    ) -> None:
        self._roster = roster
        self._turns = turns
        self._clock = clock
        self._emit = emit
        self._presence = presence
        self._on_learnt = on_learnt
        self._owed: dict[int, None] = {}  # owners whose last slot had no answer, in their order
        self._again: dict[int, int] = {}  # owners that were refused long before their next slot; when to ask
        self._suspects = Suspects()
        self.failing = {unit_id for unit_id, s in roster.standings.items() if s.failures}  # or in question
        self.curious = {ground for ground in roster.grounds if ground.next_test_ns() is not None}

    def answered(self, errand: Errand, data: bytes, took_ns: int) -> None:
        """Take an answer."""
        self._heard(errand, took_ns)
        self._presence.refusals.answered(errand.polled.block, self._clock.monotonic_ns())
        self._emit_good(errand.polled, data)
        self._learn(errand, answered=True)

    def refused(self, errand: Errand, exception_code: int, took_ns: int) -> None:
        """Take an exception reply: the unit lives, and says why it gives no value."""
        self._heard(errand, took_ns)
        if errand.for_slot:
            self.bad(errand.polled, Quality.DEVICE_FAULT)
        if exception_code in HOLE_EXCEPTIONS:
            self._learn(errand, answered=False)
        elif errand.owner is None:
            self._learn(errand, answered=None)
        else:
            self._presence.refusals.refused(errand.polled.block, exception_code, self._clock.monotonic_ns())

    def failed(self, errand: Errand, fault: UnitFault, took_ns: int) -> None:
        """Take a silence, or an answer that does not fit: of the block alone, or of its unit, which rests.

        Noise spoils answers of units that are well, so that a unit has a few of these free.
        """
        now_ns, unit_id, owner = self._clock.monotonic_ns(), errand.unit_id, errand.owner
        if isinstance(fault, ExceptionReply) and owner is not None:
            self._presence.refusals.refused(errand.polled.block, fault.exception_code, now_ns)
        if errand.polled.standing.failures:
            self._turns.probed(took_ns, now_ns)
        if owner is not None and self._suspects.failed(unit_id, owner, fault, now_ns):
            self._tell_failing(owner)
            self._settle(errand.polled)
        else:
            self._judge(unit_id, fault, now_ns)
        self.in_vain(errand)

    def _judge(self, unit_id: int, fault: UnitFault, now_ns: int) -> None:
        standing = self._roster.standings[unit_id]
        is_due = standing.wrong() if isinstance(fault, WrongReply) else True
        if not standing.is_probed and self._suspects.witnesses(unit_id, self._roster.of_unit(unit_id)):
            standing.question()
            self.failing.add(unit_id)
            self.probe(unit_id)
        elif is_due or standing.is_probed:
            standing.silent(now_ns)
            self.failing.add(unit_id)
            self._presence.failed(unit_id, fault, now_ns)

    def in_doubt(self, errand: Errand) -> None:
        """Take it that a unit could not be asked, or not be understood, for what it was asked before.

        Where that was a witness, the block that failed is asked once more: if the answer was only
        lost, the unit need not wait until the doubt is over.
        """
        self.in_vain(errand)
        if self._roster.standings[errand.unit_id].is_questioned:
            owner = self._suspects.second_chance(errand.unit_id)
            if owner is not None:
                self._turns.put_first(Errand(self._roster[owner], owner, for_slot=False))

    def probe(self, unit_id: int) -> None:
        """Ask a unit that is failing, by the block that tells best whether it lives."""
        owners = self._suspects.probes(unit_id, self._roster.of_unit(unit_id))
        suspects = [o for o in self._roster.of_unit(unit_id) if self._suspects.is_suspect(unit_id, o)]
        unlike = (o for o in owners if not any(self._is_like(o, self._roster[s]) for s in suspects))
        owner = next(unlike, None) or next(iter(owners), None)
        if owner is not None:
            self._turns.put_first(Errand(self._roster[owner], owner, for_slot=False))

    def due(self, now_ns: int) -> list[int]:
        """Return the blocks that rest by themselves and whose rest is over, of units that are well.

        So those that were refused, and are worth another question before their slot.
        """
        due = self._suspects.due(now_ns) + [owner for owner, at_ns in self._again.items() if now_ns >= at_ns]
        return [owner for owner in due if self._roster[owner].block.unit_id not in self.failing]

    def is_known_to_fail(self, owner: int | None) -> bool:
        """Return whether a block rests by itself, so that its failure says nothing of unit and link."""
        return owner is not None and self._suspects.is_known(owner)

    def is_put_off(self, owner: int) -> bool:
        """Return whether a block is not to be asked for, though its unit may be."""
        unit_id = self._roster[owner].block.unit_id
        is_open = unit_id in self.failing and self._suspects.is_suspect(unit_id, owner)
        return is_open or self._suspects.rests(owner, self._clock.monotonic_ns())

    def in_vain(self, errand: Errand) -> None:
        """Take it that an errand brought nothing: its slot, if it had one, is BAD."""
        if errand.owner is None:
            self._learn(errand, answered=None)
        elif errand.for_slot:
            self.no_answer(errand.polled, errand.owner)
        else:
            self._owe(errand.owner)

    def no_answer(self, polled: Polled, owner: int) -> None:
        """Take a slot for which there is nobody to ask."""
        self.bad(polled, Quality.COMM_FAULT)
        if polled.is_asked:
            self._owe(owner)

    def bad(self, polled: Polled, quality: Quality) -> None:
        """Say that a slot has no values, and why."""
        clock = self._clock
        self._emit(
            bad_scan(
                polled.plan,
                quality,
                utc_ns=clock.now_ns(),
                mono_ns=clock.monotonic_ns(),
                time_synced=clock.synchronised(),
            )
        )

    def make_up(self, owners: Iterable[int] | None = None) -> None:
        """Ask at once what was asked in vain (of all, or of some): the next slot may be hours away."""
        soon_ns = self._clock.monotonic_ns() + SOON_NS
        for owner in tuple(self._owed) if owners is None else owners:
            polled = self._roster[owner]
            far = self._roster.next_of(owner) > soon_ns and not self.is_put_off(owner)
            if far and not polled.standing.failures and not self._turns.waits(owner):
                self._owed.pop(owner, None)
                self._turns.add(Errand(polled, owner, for_slot=False))

    def _owe(self, owner: int) -> None:
        if owner in self._roster:
            self._owed[owner] = None

    def _heard(self, errand: Errand, took_ns: int) -> None:
        now_ns, unit_id = self._clock.monotonic_ns(), errand.unit_id
        errand.polled.standing.answered(took_ns / 1e9)
        self._presence.answered(unit_id, now_ns)
        if errand.owner is not None:
            self._owed.pop(errand.owner, None)
            self._again.pop(errand.owner, None)
            if self._suspects.count(errand.owner) >= TOLD_FROM:
                self._presence.block_answered(errand.polled.block)
        for owner in self._suspects.answered(unit_id, errand.owner, now_ns):
            self._tell_failing(owner)
        if unit_id in self.failing:
            self.failing.remove(unit_id)
            self.make_up([owner for owner in self._owed if self._roster[owner].block.unit_id == unit_id])

    def _tell_failing(self, owner: int) -> None:
        if self._suspects.count(owner) == TOLD_FROM:
            self._presence.block_failed(self._roster[owner].block, self._suspects.faults[owner])

    def _settle(self, polled: Polled) -> None:
        """Ask for a block of another size, or all that are like this one are in doubt for long.

        See claims.py: a unit that answers has nothing left to say to what it was asked before.
        """
        unit_id = polled.block.unit_id
        witnesses = self._suspects.witnesses(unit_id, self._roster.of_unit(unit_id))
        unlike = next((owner for owner in witnesses if not self._is_like(owner, polled)), None)
        if unlike is not None:
            self._turns.put_first(Errand(self._roster[unlike], unlike, for_slot=False))

    def _is_like(self, owner: int, polled: Polled) -> bool:
        """Return whether the answers to two blocks of a unit look alike."""
        one, other = self._roster[owner].block, polled.block
        return (one.table, size_of(one)) == (other.table, size_of(other))

    def _learn(self, errand: Errand, *, answered: bool | None) -> None:
        """Let the ground draw its conclusions, and poll other blocks if these are others now."""
        ground, block, now_ns = errand.polled.ground, errand.polled.block, self._clock.monotonic_ns()
        changed = False
        if errand.owner is None:
            changed = ground.tested(now_ns, answered=answered)
        elif answered:
            ground.answered(block)
        else:
            changed = ground.refused(block, now_ns)
            self._ask_again(errand.owner, ground.again_ns(block, now_ns))
        if changed:
            self._replan(ground, now_ns)
        if changed or errand.owner is None:
            self.curious.discard(ground)
            self.curious |= {ground} if ground.next_test_ns() is not None else set()
        if ground.learnt:
            self._on_learnt(ground)

    def _ask_again(self, owner: int, at_ns: int) -> None:
        if owner in self._roster and at_ns < self._roster.next_of(owner):
            self._again[owner] = at_ns

    def _replan(self, ground: Ground, now_ns: int) -> None:
        before = {owner: self._roster[owner].block for owner in self._roster.of_unit(ground.layout.unit_id)}
        gone, came = self._roster.replan(ground, now_ns)
        for owner in before.keys() & set(gone):
            self._presence.refusals.forget(before[owner])
        for errand in self._turns.remove(gone):
            if errand.for_slot:
                self.bad(errand.polled, Quality.DEVICE_FAULT)
        for owner in gone:
            self._owed.pop(owner, None)
            self._again.pop(owner, None)
            self._suspects.forget(owner)
        self.make_up(owner for owner in came if self._roster[owner].is_asked)

    def _emit_good(self, polled: Polled, data: bytes) -> None:
        clock = self._clock
        utc_ns, mono_ns = clock.now_ns(), clock.monotonic_ns()
        values, qualities = polled.decode(data)
        self._emit(Scan(polled.plan, utc_ns, mono_ns, clock.synchronised(), values, qualities))
