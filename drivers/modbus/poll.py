"""Polling: every slot of the grid ends in one scan, good or bad.

Two parts run side by side. The grid walks the slots: a block whose connection
is down, or whose unit rests, gets its BAD scan there and then, at no cost on
the wire; any other block is queued. The links serve the queue, each with one
request in flight and never two for one unit. The unit whose last turn lies
furthest back comes next, so that one with many blocks starves no other. A block
still waiting when its next slot comes has overrun: that slot is counted and
skipped, so that a slow line thins out evenly instead of falling ever further
behind.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from drivers.clock import Clock
from drivers.errors import ExceptionReply, LinkFault, Lost, NoReply, Silent, WrongReply
from drivers.modbus.decode import Decode
from drivers.modbus.plan import Block
from drivers.modbus.standing import Standing
from drivers.reading import Emit, Quality, Scan, ScanPlan, bad_scan
from drivers.schedule import Due, Schedule, spread

GATEWAY_EXCEPTIONS: Final = frozenset({10, 11})
"""Path unavailable, target failed to respond: a gateway speaks in the name of a silent unit."""

SILENCES_MAX: Final = 2
"""Silences of every single unit in a row, after which the connection itself is in doubt."""


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


@dataclass(frozen=True, slots=True)
class Polled:
    """One block with all that polling it needs."""

    block: Block
    plan: ScanPlan
    decode: Decode
    standing: Standing  # shared by the blocks of one unit


@dataclass(slots=True, eq=False)
class _Serving:
    """One link while it serves: whose request is in flight, and who has not answered on it of late."""

    on_answer: Callable[[], None]
    owner: int | None = None
    begun_ns: int = 0  # when the request in flight was sent
    silent_units: set[int] = field(default_factory=set)  # since its last answer
    doubted: bool = False


class Poller:
    """Polls the blocks of one connection for as long as it is given links that work."""

    def __init__(
        self,
        polled: Sequence[Polled],
        clock: Clock,
        emit: Emit,
        *,
        where: str,
        retries: int = 0,
    ) -> None:
        self._polled = tuple(polled)
        self._standings = {p.block.unit_id: p.standing for p in polled}
        self._clock = clock
        self._emit = emit
        self._where = where
        self._retries = retries
        self._serving: list[_Serving] = []
        self._queue: dict[int, None] = {}  # owners in order of asking
        self._turns: dict[int, int] = {}  # unit → number of its last turn
        self._wake = asyncio.Event()
        self._silences: dict[int, int] = {}
        self._overruns: Counter[str] = Counter()
        self._missed: dict[int, None] = {}  # owners whose last slot found no link, in their order
        self._extra: set[int] = set()  # owners asked between slots, for one that was missed

    @property
    def overruns(self) -> Counter[str]:
        """Slots that were skipped because their block was still waiting, by the block's name."""
        return self._overruns

    def wake(self) -> None:
        """Look at queue and links again: something happened."""
        self._wake.set()

    async def keep_grid(self, origin_ns: int) -> None:
        """Walk the slots, the first of which is at `origin_ns`, until cancelled."""
        periods = [polled.plan.period_s for polled in self._polled]
        schedule = Schedule(spread(periods, origin_ns=origin_ns))
        while (next_ns := schedule.next_ns) is not None:
            await self._clock.sleep_until(next_ns)
            for due in schedule.take(self._clock.monotonic_ns()):
                self._slot(due)

    def _slot(self, due: Due) -> None:
        polled = self._polled[due.owner]
        waits = due.owner in self._queue or any(s.owner == due.owner for s in self._serving)
        if late := due.skipped + waits:
            self._overruns[polled.block.name] += late
        if waits:
            return
        if not self._serving:
            self._missed[due.owner] = None
        if not self._serving or polled.standing.rests(self._clock.monotonic_ns()):
            self._emit_bad(polled, Quality.COMM_FAULT)
        else:
            self._queue[due.owner] = None
            self.wake()

    async def serve(self, link: Link, on_answer: Callable[[], None] = lambda: None) -> None:
        """Serve the queue over `link` until it fails. Several links may be served at once.

        `on_answer` is called for each answer that came on it.

        Raises Lost, or Silent when every unit has stopped answering, or when another
        link gets the answers that this one waits for in vain.
        """
        if not self._serving:
            self._silences.clear()
            self._make_up()
        serving = _Serving(on_answer)
        self._serving.append(serving)
        try:
            while True:
                await self._serve_next(link, serving)
        except LinkFault:
            self._fail(serving)
            raise
        finally:
            self._serving.remove(serving)
            if not self._serving:
                self._queue.clear()
            self.wake()

    def _make_up(self) -> None:
        """Ask at once what no slot could ask while there was no link: the next may be a minute away."""
        for owner in self._missed:
            if owner not in self._queue:
                self._queue[owner] = None
                self._extra.add(owner)
        self._missed.clear()

    def _fail(self, serving: _Serving) -> None:
        """Say what comes to nothing now that a link has failed."""
        lost = [] if serving.owner is None else [serving.owner]
        if self._serving == [serving]:
            lost += self._queue
        for owner in lost:
            if owner in self._extra:  # its slot has had its scan
                self._missed[owner] = None
            else:
                self._emit_bad(self._polled[owner], Quality.COMM_FAULT)
        self._extra.difference_update(lost)

    async def _serve_next(self, link: Link, serving: _Serving) -> None:
        serving.owner = await self._next_owner(link, serving)
        polled = self._polled[serving.owner]
        if polled.standing.rests(self._clock.monotonic_ns()):  # it fell silent on another block
            self._emit_bad(polled, Quality.COMM_FAULT)
        else:
            await self._poll(link, polled, serving)
        self._extra.discard(serving.owner)
        serving.owner = None
        self.wake()  # another link may have left this unit's other blocks alone
        if len(self._silences) == len(self._standings) and min(self._silences.values()) >= SILENCES_MAX:
            self._silences.clear()
            for one in self._serving:
                one.doubted = True

    async def _next_owner(self, link: Link, serving: _Serving) -> int:
        while True:
            if serving.doubted:
                raise Silent(self._where)
            if not link.connected:
                raise Lost(self._where)
            if (owner := self._take(serving)) is not None:
                return owner
            self._wake.clear()
            await self._wake.wait()

    def _take(self, serving: _Serving) -> int | None:
        """Take from the queue whom to ask next; None where nobody waits who may be asked on this link."""
        oldest: dict[int, int] = {}  # unit → the block of it that has waited longest
        for owner in self._queue:
            oldest.setdefault(self._polled[owner].block.unit_id, owner)
        units = [unit_id for unit_id in oldest if self._may_ask(unit_id, serving)]
        if not units:
            return None
        unit_id = min(units, key=lambda unit_id: self._turns.get(unit_id, 0))
        self._turns[unit_id] = max(self._turns.values(), default=0) + 1
        del self._queue[oldest[unit_id]]
        return oldest[unit_id]

    def _may_ask(self, unit_id: int, serving: _Serving) -> bool:
        others = [other for other in self._serving if other is not serving]
        busy = [self._polled[other.owner].block.unit_id for other in others if other.owner is not None]
        # A unit that was silent here is left to a link with more luck: it tells which of the two is sick.
        better = unit_id in serving.silent_units and any(
            other.owner is None and unit_id not in other.silent_units for other in others
        )
        return unit_id not in busy and not better

    async def _poll(self, link: Link, polled: Polled, serving: _Serving) -> None:
        self._note_late(link)
        try:
            data = await self._read(link, polled, serving)
        except NoReply:
            self._silent(polled, serving)
        except WrongReply:
            self._emit_bad(polled, Quality.COMM_FAULT)
        except ExceptionReply as reply:
            if reply.exception_code in GATEWAY_EXCEPTIONS:
                self._silent(polled, serving)
            else:
                self._answered(polled, serving)
                self._emit_bad(polled, Quality.DEVICE_FAULT)
        else:
            self._answered(polled, serving)
            self._emit_good(polled, data)

    async def _read(self, link: Link, polled: Polled, serving: _Serving) -> bytes:
        """Ask, and ask again where a unit in good standing did not answer; never a unit that is probed."""
        for _ in range(self._retries if polled.standing.failures == 0 else 0):
            with suppress(NoReply, WrongReply):
                return await self._ask(link, polled, serving)
        return await self._ask(link, polled, serving)

    async def _ask(self, link: Link, polled: Polled, serving: _Serving) -> bytes:
        serving.begun_ns = self._clock.monotonic_ns()
        return await link.read(polled.block, polled.standing.timeout_s())

    def _note_late(self, link: Link) -> None:
        for unit_id in link.take_late_units():
            if unit_id in self._standings:
                self._standings[unit_id].answered_late()

    def _answered(self, polled: Polled, serving: _Serving) -> None:
        polled.standing.answered((self._clock.monotonic_ns() - serving.begun_ns) / 1e9)
        self._silences.clear()
        serving.silent_units.clear()
        for other in self._serving:  # the unit lives: a link on which it was silent does not
            other.doubted = other.doubted or polled.block.unit_id in other.silent_units
        serving.on_answer()

    def _silent(self, polled: Polled, serving: _Serving) -> None:
        polled.standing.silent(self._clock.monotonic_ns())
        unit_id = polled.block.unit_id
        self._silences[unit_id] = self._silences.get(unit_id, 0) + 1
        serving.silent_units.add(unit_id)
        self._emit_bad(polled, Quality.COMM_FAULT)

    def _emit_good(self, polled: Polled, data: bytes) -> None:
        clock = self._clock
        utc_ns, mono_ns = clock.now_ns(), clock.monotonic_ns()
        values, qualities = polled.decode(data)
        self._emit(Scan(polled.plan, utc_ns, mono_ns, clock.synchronised(), values, qualities))

    def _emit_bad(self, polled: Polled, quality: Quality) -> None:
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
