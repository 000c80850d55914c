"""What comes of an errand: a scan, and what is learnt from it.

A slot ends in one scan. What was asked between slots yields a scan if it is
answered, and none if it is not: its slot has had its own.
"""

from collections.abc import Callable, Iterable
from typing import Final

from drivers.clock import Clock
from drivers.modbus.ground import Ground
from drivers.modbus.presence import Presence
from drivers.modbus.roster import Polled, Roster
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
        # Silent units, and the owner that found it out; not known of those that were silent before.
        self.failing: dict[int, int | None] = {u: None for u, s in roster.standings.items() if s.failures}
        self.curious = {ground for ground in roster.grounds if ground.next_test_ns() is not None}

    def answered(self, errand: Errand, data: bytes, took_ns: int) -> None:
        """Take an answer."""
        self._heard(errand, took_ns)
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

    def silent(self, errand: Errand, took_ns: int) -> None:
        """Take a silence: the unit rests, and its next probe is by the same block."""
        now_ns, unit_id = self._clock.monotonic_ns(), errand.unit_id
        if errand.polled.standing.failures:
            self._turns.probed(took_ns, now_ns)
        errand.polled.standing.silent(now_ns)
        self.failing[unit_id] = errand.owner
        self._presence.silent(unit_id, now_ns)
        self.in_vain(errand)

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
            far = self._roster.next_of(owner) > soon_ns
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
        if unit_id in self.failing:
            del self.failing[unit_id]
            self.make_up([owner for owner in self._owed if self._roster[owner].block.unit_id == unit_id])

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
        if changed:
            self._replan(ground, now_ns)
        if changed or errand.owner is None:
            self.curious.discard(ground)
            self.curious |= {ground} if ground.next_test_ns() is not None else set()
        if ground.learnt:
            self._on_learnt(ground)

    def _replan(self, ground: Ground, now_ns: int) -> None:
        gone, came = self._roster.replan(ground, now_ns)
        for errand in self._turns.remove(gone):
            if errand.for_slot:
                self.bad(errand.polled, Quality.DEVICE_FAULT)
        for owner in gone:
            self._owed.pop(owner, None)
        self.make_up(owner for owner in came if self._roster[owner].is_asked)

    def _emit_good(self, polled: Polled, data: bytes) -> None:
        clock = self._clock
        utc_ns, mono_ns = clock.now_ns(), clock.monotonic_ns()
        values, qualities = polled.decode(data)
        self._emit(Scan(polled.plan, utc_ns, mono_ns, clock.synchronised(), values, qualities))
