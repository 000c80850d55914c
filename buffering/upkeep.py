"""Upkeep on the event loop: asks the writer for one slice after the other, between commits.

Nothing here decides when: a round begins when the caller says so, with the time
and with whether that time can be trusted.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from buffering.calls import Calls
from buffering.disk import BALLAST_BYTES
from buffering.heads import SignedHead, Signer
from buffering.ledger import Ledger
from buffering.quota import capacity, surplus_pages, used
from buffering.record import Lane, Message
from buffering.retention import RECORD_BYTES, Plan, decide, go_on
from buffering.status import Holding, Keeping
from buffering.store import Space
from buffering.writer import Rank

RATE_RECORDS: Final = 500  # the rate is that of so many records, the newest
SHRINK_PAGES: Final = 256
NS_PER_DAY: Final = 86_400 * 10**9


class Upkeep:
    """Keeps the store within its bounds."""

    def __init__(
        self,
        calls: Calls,
        keeping: Keeping,
        signer: Signer | None,
        on_unparked: Callable[[Message], None],
    ) -> None:
        self._calls = calls
        self._keeping = keeping
        self._signer = signer
        self._on_unparked = on_unparked
        self._relief: asyncio.Task[None] | None = None
        self.signed: dict[Lane, SignedHead] = {}  # the newest, as far as they are durable
        self.holding: Holding | None = None

    async def tidy(self, *, now_ns: int, trust_time: bool) -> Holding:
        """Remove what may no longer be there, a slice at a time; return what is held.

        `trust_time` says that the clock has been right for long enough to tell what is
        old: without it nothing goes by age. Raises StoreFailed: the outbox was closed.
        """

        def decided(ledger: Ledger) -> Plan | None:
            measured(ledger)
            ledger.sync_mark(now_ns)
            return decide(ledger, self._keeping, now_ns, trust_time=trust_time, relief=False)

        def measured(ledger: Ledger) -> tuple[Space, float | None]:
            space = ledger.store.space()
            ledger.store.limit_pages(self._pages_max(space))
            ledger.store.ballast.lay(space.disk.free)
            return space, _bytes_per_day(ledger)

        while (plan := await self._chore(decided)) is not None:
            await self._carry_out(plan, Rank.CHORE)
        while await self._chore(self._shrink):
            pass
        space, rate = await self._chore(measured)
        room = capacity(space, self._keeping.size_bytes)
        is_disk_full = space.disk.free < BALLAST_BYTES
        self.holding = Holding(used(space), room, rate, is_disk_full)
        return self.holding

    def sign(self, *, now_ns: int) -> None:
        """Sign what was not signed yet, in the next commit, whenever that is; nothing without a key."""
        signer = self._signer
        if signer is not None:
            self._calls.ride(lambda ledger: ledger.sign(signer, now_ns), self.take_signed)

    def take_signed(self, heads: Iterable[SignedHead]) -> None:
        """Heads that were signed are on the disk."""
        self.signed.update((head.lane, head) for head in heads)

    def end(self, *, now_ns: int) -> None:
        """The store is closed: sign what is new in its last commit."""
        if self._relief is not None:
            self._relief.cancel()
        self.sign(now_ns=now_ns)

    def relieve_soon(self, *, now_ns: int) -> None:
        """There is no room: see to it, unless that is being done."""
        if self._relief is None or self._relief.done():
            relieving = self._calls.run_quietly(self.relieve(now_ns=now_ns))
            self._relief = asyncio.get_running_loop().create_task(relieving, name="outbox.relief")

    async def relieve(self, *, now_ns: int) -> None:
        """There is no room: make some before anything else is written."""

        def relief(ledger: Ledger) -> Plan | None:
            return decide(ledger, self._keeping, now_ns, trust_time=False, relief=True)

        plan: Plan | None = await self._calls.run(relief, rank=Rank.RELIEF)
        if plan is not None:
            await self._carry_out(plan, Rank.RELIEF)

    async def _carry_out(self, plan: Plan, rank: Rank) -> None:
        for message in plan.unparked:
            self._on_unparked(message)
        while plan.ranges:
            plan = await self._calls.run(partial(go_on, plan=plan), rank=rank)

    async def _chore(self, work: Callable[[Ledger], Any]) -> Any:
        return await self._calls.run(work, rank=Rank.CHORE)

    def _shrink(self, ledger: Ledger) -> bool:
        pages = surplus_pages(ledger.store.space(), self._keeping.size_bytes)
        ledger.store.shrink(min(pages, SHRINK_PAGES))
        return pages > SHRINK_PAGES

    def _pages_max(self, space: Space) -> int:
        return capacity(space, self._keeping.size_bytes) // space.page_bytes


def _bytes_per_day(ledger: Ledger) -> float | None:
    """Return the rate at which readings come in, in bytes of the file; None while there are too few."""
    store, head = ledger.store, ledger.store.head(ledger.epoch, Lane.READING)
    if head is None:
        return None
    first = max(1, head.seq - RATE_RECORDS + 1)
    sizes = store.sizes(ledger.epoch, Lane.READING, first, head.seq, limit=RATE_RECORDS)
    begun = store.times(ledger.epoch, Lane.READING, first, head.seq, limit=1)
    span_ns = store.last_ns(ledger.epoch, Lane.READING, first, head.seq) - begun[0].first_ns
    if span_ns <= 0:
        return None
    return sum(size + RECORD_BYTES for _, size in sizes) * NS_PER_DAY / span_ns
