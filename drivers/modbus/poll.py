"""Polling: every slot of the grid ends in one scan, good or bad.

Two parts run side by side. The grid walks the slots: a block whose connection
is down, or whose unit rests, gets its BAD scan there and then, at no cost on
the wire; any other block is queued. The links serve the queue (turns.py), each
with one request in flight and never two for one unit. A block still waiting when
its next slot comes has overrun: that slot is counted and skipped, so that a slow
line thins out evenly instead of falling ever further behind. After a few of these
the slots are BAD: the last value must not pass for the present one.

Between slots go the probe of a unit whose rest is over, one block for all of it;
a block that rests by itself, once its own rest is over (suspects.py); what was
asked in vain and has no slot soon, once its unit is back; and the tests by which
holes are found (ground.py).
"""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from drivers.clock import Clock
from drivers.errors import (
    DoubtfulReply,
    ExceptionReply,
    LinkFault,
    Lost,
    NoReply,
    Silent,
    UnitFault,
    WrongReply,
)
from drivers.modbus.doubt import Doubts, Trust
from drivers.modbus.ground import Ground
from drivers.modbus.outcomes import Outcomes
from drivers.modbus.plan import Block
from drivers.modbus.presence import Presence
from drivers.modbus.roster import Polled, Roster
from drivers.modbus.standing import WRONGS_MAX
from drivers.modbus.turns import Errand, Turns
from drivers.reading import Emit, Quality
from drivers.schedule import Due

GATEWAY_EXCEPTIONS: Final = frozenset({10, 11})
"""Path unavailable, target failed to respond: a gateway speaks in the name of a silent unit."""

STALE_NS: Final = 2_000_000_000
STALE_PERIODS: Final = 5
"""What waits for longer than both of these, in its own periods, leaves its slots BAD."""

LOOK_NS: Final = 250_000_000
"""How late the end of a rest may be noticed."""


class Link(Protocol):
    """An open connection, as polling uses it."""

    @property
    def connected(self) -> bool:
        """Whether the connection stands, as far as this end knows."""
        ...

    async def read(self, block: Block, timeout_s: float) -> bytes:
        """Return one block's data bytes.

        Raises Lost, NoReply, ExceptionReply, WrongReply.
        """
        ...

    def take_late_units(self) -> Collection[int]:
        """Return the units whose answers came after their time since this was last asked."""
        ...


@dataclass(slots=True, eq=False)
class _Serving:
    """One link while it serves: whose request is in flight, and how far it is trusted."""

    trust: Trust
    on_answer: Callable[[], None]
    on_unfit: Callable[[WrongReply], None]
    errand: Errand | None = None
    begun_ns: int = 0  # when the request in flight was sent


class Poller:
    """Polls the blocks of one connection for as long as it is given links that work."""

    def __init__(
        self,
        roster: Roster,
        clock: Clock,
        emit: Emit,
        *,
        where: str,
        presence: Presence,
        on_learnt: Callable[[Ground], None],
        retries: int = 0,
    ) -> None:
        self._roster = roster
        self._clock = clock
        self._where = where
        self._retries = retries
        self._serving: list[_Serving] = []
        self._turns = Turns()
        self._doubts = Doubts(roster.standings)
        self._outcomes = Outcomes(roster, self._turns, clock, emit, presence=presence, on_learnt=on_learnt)
        self._overruns: Counter[str] = Counter()

    @property
    def overruns(self) -> Counter[str]:
        """Slots that were skipped because their block was still waiting, by the block's name."""
        return self._overruns

    def wake(self) -> None:
        """Look at queue and links again: something happened."""
        self._turns.news.set()

    async def keep_grid(self, origin_ns: int) -> None:
        """Walk the slots, the first of which is at `origin_ns`, until cancelled."""
        roster = self._roster
        roster.begin(origin_ns)
        while (next_ns := roster.next_ns) is not None:
            await self._clock.sleep_until(min(next_ns, self._clock.monotonic_ns() + LOOK_NS))
            now_ns = self._clock.monotonic_ns()
            for due in roster.take(now_ns):
                self._slot(due, now_ns)
            if self._serving:
                self._probe(now_ns)
                self._test(now_ns)

    def _slot(self, due: Due, now_ns: int) -> None:
        polled = self._roster[due.owner]
        late = due.skipped
        errand = self._find(lambda errand: errand.owner == due.owner)
        is_silent = polled.standing.failures > 0 and not polled.is_asked
        is_resting = polled.standing.rests(now_ns) or self._outcomes.is_put_off(due.owner)
        if not self._serving or is_resting or is_silent:
            self._outcomes.no_answer(polled, due.owner)
        elif not polled.is_asked:
            self._outcomes.bad(polled, Quality.DEVICE_FAULT)
        elif errand is not None and not errand.for_slot:
            errand.for_slot, errand.slot_ns = True, now_ns
        elif polled.standing.failures and self._asks_unit(polled.block.unit_id):
            self._outcomes.no_answer(polled, due.owner)  # one block probes for all of the unit
        elif errand is not None:
            late += 1
            if now_ns - errand.slot_ns >= max(STALE_NS, STALE_PERIODS * round(polled.plan.period_s * 1e9)):
                self._outcomes.bad(polled, Quality.COMM_FAULT)
        else:
            self._turns.add(Errand(polled, due.owner, for_slot=True, slot_ns=now_ns))
        if late:
            self._overruns[polled.block.name] += late

    def _probe(self, now_ns: int) -> None:
        """Ask each unit and block whose rest is over, though none of its slots may come for hours."""
        for unit_id in self._outcomes.failing:
            if not self._roster.standings[unit_id].rests(now_ns) and not self._asks_unit(unit_id):
                self._outcomes.probe(unit_id)
        for owner in self._outcomes.due(now_ns):
            if self._find(lambda errand, owner=owner: errand.owner == owner) is None:  # type: ignore[misc]
                self._turns.add(Errand(self._roster[owner], owner, for_slot=False))
        for unit_id in self._doubts.others(now_ns):
            if unit_id not in self._outcomes.failing and not self._asks_unit(unit_id):
                self._outcomes.probe(unit_id)

    def _test(self, now_ns: int) -> None:
        """Ask what finds out about holes, of units that are well, one test of a table at a time."""
        for ground in self._outcomes.curious:
            due_ns = ground.next_test_ns()
            if due_ns is None or due_ns > now_ns or ground.layout.unit_id in self._outcomes.failing:
                continue
            if self._find(lambda e, g=ground: e.owner is None and e.polled.ground is g) is None:  # type: ignore[misc]
                block = ground.test(now_ns)
                if block is not None:
                    self._turns.add(Errand(self._roster.polled(ground, block), None, for_slot=False))

    def _asks_unit(self, unit_id: int) -> bool:
        return self._find(lambda errand: errand.unit_id == unit_id) is not None

    def _find(self, fits: Callable[[Errand], bool]) -> Errand | None:
        """Return an errand that waits or is in flight."""
        in_flight = (serving.errand for serving in self._serving if serving.errand is not None)
        return next(filter(fits, in_flight), None) or self._turns.find(fits)

    async def serve(
        self,
        link: Link,
        on_answer: Callable[[], None] = lambda: None,
        on_unfit: Callable[[WrongReply], None] = lambda _fault: None,
    ) -> None:
        """Serve the queue over `link` until it fails. Several links may be served at once.

        `on_answer` is called for each answer that came on it, `on_unfit` where a unit goes on
        giving answers that do not fit.

        Raises Lost, or Silent when every unit has stopped answering, or when another
        link gets the answers that this one waits for in vain.
        """
        serving = _Serving(self._doubts.begin(), on_answer, on_unfit)
        self._serving.append(serving)
        if len(self._serving) == 1:
            for standing in self._roster.standings.values():
                standing.may_be_back()
            self._outcomes.make_up()
        try:
            while True:
                await self._serve_next(link, serving)
        except LinkFault:
            self._fail(serving)
            raise
        finally:
            self._serving.remove(serving)
            self._doubts.end(serving.trust)
            if not self._serving:
                self._turns.clear()
            self.wake()

    def _fail(self, serving: _Serving) -> None:
        """Say what comes to nothing now that a link has failed."""
        lost = [] if serving.errand is None else [serving.errand]
        if self._serving == [serving]:
            lost += self._turns.clear()
        for errand in lost:
            self._outcomes.in_vain(errand)

    async def _serve_next(self, link: Link, serving: _Serving) -> None:
        errand = serving.errand = await self._next_errand(link, serving)
        if errand.polled.standing.rests(self._clock.monotonic_ns()):  # it fell silent on another block
            self._outcomes.in_vain(errand)
        else:
            await self._poll(link, errand, serving)
        serving.errand = None
        self.wake()  # another link may have left this unit's other blocks alone

    async def _next_errand(self, link: Link, serving: _Serving) -> Errand:
        while True:
            if serving.trust.is_lost:
                raise Silent(self._where)
            if not link.connected:
                raise Lost(self._where)
            now_ns = self._clock.monotonic_ns()
            errand = self._turns.take(lambda unit_id: self._may_ask(unit_id, serving), now_ns)
            if errand is not None:
                return errand
            self._turns.news.clear()
            await self._turns.news.wait()

    def _may_ask(self, unit_id: int, serving: _Serving) -> bool:
        others = [other for other in self._serving if other is not serving]
        is_busy = any(other.errand is not None and other.errand.unit_id == unit_id for other in others)
        # A unit that was silent here is left to a link with more luck: it tells which of the two is sick.
        better = unit_id in serving.trust.silent_units and any(
            other.errand is None and unit_id not in other.trust.silent_units for other in others
        )
        return not is_busy and not better

    async def _poll(self, link: Link, errand: Errand, serving: _Serving) -> None:
        self._note_late(link)
        try:
            data = await self._read(link, errand.polled, serving)
        except NoReply as fault:
            self._silent(errand, serving, fault)
        except DoubtfulReply:
            self._outcomes.in_doubt(errand)
        except WrongReply as fault:
            self._wrong(errand, serving, fault)
        except ExceptionReply as reply:
            if reply.exception_code in GATEWAY_EXCEPTIONS:
                self._silent(errand, serving, reply)
            else:
                self._outcomes.refused(errand, reply.exception_code, self._answered(errand, serving))
        else:
            self._outcomes.answered(errand, data, self._answered(errand, serving))

    async def _read(self, link: Link, polled: Polled, serving: _Serving) -> bytes:
        """Ask, and ask again where a unit in good standing did not answer; never a unit that is probed."""
        for _ in range(0 if polled.standing.is_probed else self._retries):
            with suppress(NoReply, WrongReply):
                return await self._ask(link, polled, serving)
        return await self._ask(link, polled, serving)

    async def _ask(self, link: Link, polled: Polled, serving: _Serving) -> bytes:
        serving.begun_ns = self._clock.monotonic_ns()
        return await link.read(polled.block, polled.standing.timeout_s())

    def _note_late(self, link: Link) -> None:
        for unit_id in link.take_late_units():
            if unit_id in self._roster.standings:
                self._roster.standings[unit_id].answered_late()

    def _answered(self, errand: Errand, serving: _Serving) -> int:
        """Trust the link; return how long the answer took, in nanoseconds."""
        now_ns = self._clock.monotonic_ns()
        self._doubts.answered(errand.unit_id, serving.trust, now_ns)
        serving.on_answer()
        return now_ns - serving.begun_ns

    def _silent(self, errand: Errand, serving: _Serving, fault: UnitFault) -> None:
        if not self._outcomes.is_known_to_fail(errand.owner):
            self._doubts.silent(errand.unit_id, serving.trust)
        self._outcomes.failed(errand, fault, self._clock.monotonic_ns() - serving.begun_ns)

    def _wrong(self, errand: Errand, serving: _Serving, fault: WrongReply) -> None:
        self._outcomes.failed(errand, fault, self._clock.monotonic_ns() - serving.begun_ns)
        if errand.polled.standing.wrongs >= WRONGS_MAX:
            serving.on_unfit(fault)
