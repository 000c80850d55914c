"""Polling: every slot of the grid ends in one scan, good or bad.

Two parts run side by side. The grid walks the slots: a block whose connection
is down, or whose unit rests, gets its BAD scan there and then, at no cost on
the wire; any other block is queued. The line serves the queue, one request in
flight. A block still queued when its next slot comes has overrun: that slot is
counted and skipped, so that a slow line thins out evenly instead of falling
ever further behind.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
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


class Poller:
    """Polls the blocks of one connection for as long as it is given links that work."""

    def __init__(
        self, polled: Sequence[Polled], clock: Clock, emit: Emit, *, where: str, on_answer: Callable[[], None]
    ) -> None:
        self._polled = tuple(polled)
        self._standings = {p.block.unit_id: p.standing for p in polled}
        self._clock = clock
        self._emit = emit
        self._where = where
        self._on_answer = on_answer
        self._link: Link | None = None
        self._queue: dict[int, None] = {}  # owners in order of asking; the first may be in flight
        self._wake = asyncio.Event()
        self._silences: dict[int, int] = {}
        self.overruns = 0

    def wake(self) -> None:
        """Look at queue and link again: something happened."""
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
        self.overruns += due.skipped
        if due.owner in self._queue:
            self.overruns += 1
        elif self._link is None or polled.standing.rests(self._clock.monotonic_ns()):
            self._emit_bad(polled, Quality.COMM_FAULT)
        else:
            self._queue[due.owner] = None
            self.wake()

    async def serve(self, link: Link) -> None:
        """Serve the queue over `link` until it fails.

        Raises Lost, or Silent when every unit has stopped answering.
        """
        self._link = link
        self._silences.clear()
        try:
            while True:
                await self._serve_next(link)
        except LinkFault:
            for owner in self._queue:
                self._emit_bad(self._polled[owner], Quality.COMM_FAULT)
            raise
        finally:
            self._link = None
            self._queue.clear()

    async def _serve_next(self, link: Link) -> None:
        while not self._queue:
            self._wake.clear()
            await self._wake.wait()
            if not link.connected:
                raise Lost(self._where)
        owner = next(iter(self._queue))
        polled = self._polled[owner]
        if polled.standing.rests(self._clock.monotonic_ns()):  # it fell silent on another block
            self._emit_bad(polled, Quality.COMM_FAULT)
        else:
            await self._poll(link, polled)
        del self._queue[owner]
        if len(self._silences) == len(self._standings) and min(self._silences.values()) >= SILENCES_MAX:
            raise Silent(self._where)

    async def _poll(self, link: Link, polled: Polled) -> None:
        self._note_late(link)
        begun_ns = self._clock.monotonic_ns()
        try:
            data = await link.read(polled.block, polled.standing.timeout_s())
        except NoReply:
            self._silent(polled)
        except WrongReply:
            self._emit_bad(polled, Quality.COMM_FAULT)
        except ExceptionReply as reply:
            if reply.exception_code in GATEWAY_EXCEPTIONS:
                self._silent(polled)
            else:
                self._answered(polled, begun_ns)
                self._emit_bad(polled, Quality.DEVICE_FAULT)
        else:
            self._answered(polled, begun_ns)
            self._emit_good(polled, data)

    def _note_late(self, link: Link) -> None:
        for unit_id in link.take_late_units():
            if unit_id in self._standings:
                self._standings[unit_id].answered_late()

    def _answered(self, polled: Polled, begun_ns: int) -> None:
        polled.standing.answered((self._clock.monotonic_ns() - begun_ns) / 1e9)
        self._silences.clear()
        self._on_answer()

    def _silent(self, polled: Polled) -> None:
        polled.standing.silent(self._clock.monotonic_ns())
        unit_id = polled.block.unit_id
        self._silences[unit_id] = self._silences.get(unit_id, 0) + 1
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
