"""The outbox: durable, ordered, bounded; opaque bytes in, messages per destination out.

This file is the whole public API. How it keeps its word: DESIGN.md; what that
word is, and what it is not: docs/guarantees.md.

    outbox = await Outbox.open(folder, gateway="gw-1", destinations={"bureau"}, now_ns=clock.now_ns())
    outbox.append(draft, now_ns=…, state={"alarms": …})   # staged
    await outbox.commit(now_ns=…)                          # durable

    message = await outbox.next_message("bureau", Stream.LIVE)
    records = await outbox.read(message)
    …                                                      # send it, as often as it takes
    outbox.ack(message)                                    # arrived

Not thread-safe: everything is called on the event loop that opened it. Nothing
here waits for the disk but what is awaited.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from buffering.again import Again
from buffering.calls import Calls
from buffering.calls import nothing as done_with
from buffering.database import FILE
from buffering.disk import NO_ROOM
from buffering.dispatch import Dispatch
from buffering.errors import DamagedRecord, OutboxError, StoreFailed, StoreUnusable
from buffering.exchange import ITEMS_MAX, Appended, Opening, Outgoing, Request, Snapshot
from buffering.heads import SignedHead, Signer
from buffering.history import History
from buffering.ledger import Ledger, Terms
from buffering.mending import Mending
from buffering.notes import Notes
from buffering.notices import Describe, nothing
from buffering.opening import open_ledger, replace_damaged
from buffering.reader import Reader
from buffering.record import Draft, Lane, Message, Record, Refused, Stream
from buffering.staging import Patience, Staging
from buffering.status import Backlog, Keeping, Limits, Opened, Parked, StoreTrouble
from buffering.store import Store
from buffering.trouble import OnTrouble, Troubles, nobody
from buffering.upkeep import Upkeep
from buffering.widening import Widening
from buffering.writer import Committed, Listener, Rank, Urgency, Writer

__all__ = [
    "Backlog",
    "DamagedRecord",
    "Draft",
    "Keeping",
    "Lane",
    "Limits",
    "Message",
    "Opened",
    "Outbox",
    "OutboxError",
    "Parked",
    "Record",
    "Refused",
    "SignedHead",
    "Signer",
    "StoreFailed",
    "StoreTrouble",
    "StoreUnusable",
    "Stream",
]

RECORDS_MAX: Final = 500
BYTES_MAX: Final = 256_000


class Outbox:
    """One store file and who is to get what is in it. Made by `open`."""

    def __init__(self, limits: Limits, now_ns: int, on_trouble: OnTrouble) -> None:
        self._limits = limits
        self._now_ns = now_ns  # the newest time that we were told
        self._staging = Staging(limits)
        self._silence = Patience(limits.silence_s, self._disk_is_silent)
        self._troubles = Troubles(on_trouble)
        self._stamp = 0
        self._closed = False
        self._failure: StoreFailed | None = None  # once nothing more becomes durable
        self._writer: Writer
        self._calls: Calls
        self._reader: Reader
        self._dispatch: Dispatch
        self._snapshot: Snapshot
        self._state: dict[str, bytes]
        self.opened: Opened
        self.upkeep: Upkeep
        self.mending: Mending
        self.history: History
        self.again: Again
        self.widening: Widening
        self.notes: Notes

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        gateway: str,
        destinations: Collection[str],
        now_ns: int,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        keeping: Keeping = Keeping(),  # noqa: B008 - frozen
        describe: Describe = nothing,
        signer: Signer | None = None,
        on_trouble: OnTrouble = nobody,
        open_store: Callable[[Path], Store] = Store.open,
    ) -> Self:
        """Open the store in `folder`, or make one.

        A destination that the store does not know gets everything that is there as
        back-fill; one that is no longer named is forgotten. `describe` makes records
        of what the outbox does to records of its own accord; `signer` signs heads;
        `on_trouble` hears what the disk fails with, and that it does no more.
        `open_store` is the seam that tests put a failing disk into.
        Raises StoreUnusable.
        """
        outbox = cls(limits, now_ns, on_trouble)
        listener = Listener(outbox._committed, outbox._failed, outbox._replaced, outbox._stopped)
        terms = Terms(gateway, frozenset(destinations), now_ns, keeping, describe)
        opening = partial(open_ledger, folder, terms, open_store)
        outbox._writer = Writer(opening, partial(replace_damaged, terms, open_store), listener, limits)
        outbox._calls = Calls(outbox._writer)
        found = await outbox._writer.start()
        outbox._state = dict(found.state)
        outbox._dispatch = Dispatch(destinations, found.outgoing)
        outbox.notes = Notes(outbox._calls, outbox._state, [each.message.id for each in found.outgoing])
        outbox.upkeep = Upkeep(outbox._calls, keeping, signer, outbox._dispatch.unpark)
        outbox.mending = Mending(outbox._calls, gateway, outbox._dispatch.restore)
        outbox._reader = Reader(folder / FILE)
        outbox._reader.start()
        outbox.history = History(outbox._reader)
        outbox.widening = Widening(outbox._calls, outbox._dispatch)
        outbox.again = Again(outbox._calls, outbox._reader, destinations, outbox._dispatch)
        outbox._begin(found)
        return outbox

    def _begin(self, opening: Opening) -> None:
        self.opened = opening.opened
        self._snapshot = opening.snapshot
        self.widening.progress(opening.opened.epoch, opening.snapshot.heads)
        self.upkeep.take_signed(opening.signed)
        self.mending.begin(self._reader, opening)

    async def close(self) -> None:
        """Commit what is staged, move the log into the file, and close.

        Takes at most `close_s` twice; what a dead disk did not take by then is lost,
        and whoever waits for it gets StoreFailed.
        """
        if self._closed:
            return
        self._closed = True
        self.mending.end()
        self.upkeep.end(now_ns=self._now_ns)
        await self._reader.stop(self._limits.close_s)
        if not await self._writer.stop():
            self._stopped(None)

    # Appending

    @property
    def state(self) -> Mapping[str, bytes]:
        """The keys beside the log, as of the newest commit."""
        return MappingProxyType(self._state)

    def append(
        self, draft: Draft, *, now_ns: int, state: Mapping[str, bytes | None] = MappingProxyType({})
    ) -> bool:
        """Stage a record; `state` is written in its transaction (None removes a key).

        Never waits. False means refused: the disk has not answered for `staging_s`, or
        `staging_bytes` wait for it. Only readings are refused.
        """
        self._now_ns = now_ns
        if not self._staging.admit(draft, self._troubles.reason):
            return False
        self._stamp += 1
        stamp, keys = self._stamp, dict(state)

        def work(ledger: Ledger) -> Appended:
            return ledger.append(draft, now_ns=now_ns, state=keys, stamp=stamp)

        def done(appended: Appended) -> None:
            self._appended(draft, appended)

        rank = Rank.ALARM if draft.lane is Lane.ALARM else Rank.REST
        self._writer.submit(work, done, urgency=Urgency.RIDE, rank=rank, weight=len(draft.payload))
        return True

    def _appended(self, draft: Draft, appended: Appended) -> None:
        self._staging.durable(draft)
        for key, value in appended.state.items():
            if value is None:
                self._state.pop(key, None)
            else:
                self._state[key] = value
        for outgoing in appended.outgoing:
            self._dispatch.arrive(outgoing)

    def take_refused(self) -> tuple[Refused, ...]:
        """Return what was refused since the last call, to be recorded as a gap.

        Nothing until the disk has caught up: one outage makes one gap.
        """
        return self._staging.take_refused()

    def commit(self, *, now_ns: int, lane: Lane | None = None) -> asyncio.Future[None]:
        """Make everything staged so far durable; the future is done when it is.

        With `lane`, when that lane's records are, which need not wait for a long queue
        of readings. While the disk fails, the future stays pending and the writer
        goes on trying. It may be left running; cancelling it cancels nothing else.
        It raises StoreFailed if the outbox is closed before the disk took everything.
        """
        self._now_ns = now_ns
        future = self._staging.wait(lane)
        if not future.done():
            self._silence.wait()
            self._writer.commit_now()
        return future

    # Forwarding

    async def next_message(
        self,
        destination: str,
        *streams: Stream,
        records_max: int = RECORDS_MAX,
        bytes_max: int = BYTES_MAX,
        items_max: int = ITEMS_MAX,
    ) -> Message:
        """Return the next message of a stream, waiting until there is one.

        First, by number, what was cut and not yet acknowledged (after a restart,
        under its old id); then what is pending, oldest first: up to `records_max`
        records of one lane with up to `bytes_max` of payload and `items_max` items, at
        least one record. Of back-fill and live together, asked for in one, the oldest records first.
        It is in flight until `ack`, `release`, `split` or `park`. Several may be.
        Raises KeyError: no such destination. Raises StoreFailed: the outbox was closed.
        """
        ready = self._dispatch.take(destination, streams)
        if ready is not None:
            return ready
        if self._failure is not None:
            raise self._failure
        request = Request(destination, streams, records_max, bytes_max, items_max)
        self._writer.look(request)
        try:
            return await self._dispatch.wait(destination, streams)
        finally:
            request.withdrawn = True

    async def read(self, message: Message) -> tuple[Record, ...]:
        """Return the message's records, but for those that are on record as lost.

        One that is not what was committed has the store set aside; the message is read
        again once its records are salvaged. Raises DamagedRecord: none of them is left.
        Raises StoreFailed.
        """
        try:
            return await self._reader.read(message)
        except DamagedRecord as damaged:
            if message.epoch == self.opened.epoch:
                await self.mending.condemn(str(damaged))
        await self.mending.salvaged()
        return await self._reader.read(message)

    def ack(self, message: Message) -> None:
        """The message has arrived. Durable with the next commit, at the latest `lazy_s` from now.

        Raises ValueError: the message is not in flight.
        """
        if self._dispatch.is_orphan(message):
            return
        self._dispatch.take_back(message)
        self.notes.forget(message)
        self._writer.submit(lambda ledger: ledger.settle(message), done_with, urgency=Urgency.SOON)

    def release(self, message: Message) -> None:
        """Hand a message back un-acknowledged; it goes out again to who asks next.

        Raises ValueError: the message is not in flight.
        """
        if self._dispatch.is_orphan(message):
            return
        attempts = self._dispatch.hand_back(message).attempts_before
        self._writer.submit(
            lambda ledger: ledger.note_attempts(message, attempts), done_with, urgency=Urgency.RIDE
        )

    async def split(self, message: Message) -> None:
        """Halve a message that was too large; both halves go out again.

        The first half keeps the number under a new id, the second gets the next number.
        Raises ValueError: the message is not in flight, or holds a single record.
        """
        if message.first == message.last:
            raise ValueError(f"message {message.number} to {message.destination} holds a single record")
        if self._dispatch.is_orphan(message):
            return
        self._dispatch.take_back(message)
        self.notes.forget(message)

        def done(halves: tuple[Outgoing, Outgoing]) -> None:
            for half in halves:
                self._dispatch.arrive(half)

        await self._calls.run(lambda ledger: ledger.split(message), done)

    async def park(self, message: Message, reason: str) -> None:
        """Keep a message and do not send it; it is listed by `parked`.

        Raises ValueError: the message is not in flight.
        """
        if self._dispatch.is_orphan(message):
            return
        self._dispatch.take_back(message)
        self.notes.forget(message)
        await self._calls.run(lambda ledger: ledger.park(message, reason), self._dispatch.park)

    async def go_live(self, destination: str) -> None:
        """Cut what is pending at the head: readings before it are back-fill, after it live.

        Raises KeyError: no such destination.
        """
        self._dispatch.line(destination, Stream.LIVE)
        await self._calls.run(lambda ledger: ledger.go_live(destination))

    # What it tells

    def head(self, lane: Lane) -> int:
        """Return the newest durable sequence number of a lane; 0 if there is none."""
        return self._snapshot.heads[lane]

    def backlog(self, destination: str) -> Backlog:
        """Return what is still to send to a destination. Raises KeyError: no such destination."""
        return self._snapshot.pending[destination] + self._dispatch.backlog(destination)

    def parked(self, destination: str) -> tuple[Parked, ...]:
        """Return the parked messages of a destination. Raises KeyError: no such destination."""
        return self._dispatch.parked(destination)

    @property
    def trouble(self) -> StoreTrouble | None:
        """What the disk is failing with, and since when; None while it does not."""
        return self._troubles.current

    # What the writer tells us
    def _committed(self, committed: Committed) -> None:
        """A transaction is on the disk."""
        self._snapshot = committed.snapshot
        for outgoing in committed.cut:
            self._dispatch.arrive(outgoing)
        for done, result in committed.results:
            done(result)
        self.widening.progress(self.opened.epoch, committed.snapshot.heads)
        self._staging.progress()
        self._silence.progress(still_waiting=self._staging.is_awaited)
        self._troubles.end()

    def _failed(self, failure: StoreFailed) -> None:
        """A transaction failed and will be tried again."""
        self._silence.progress(still_waiting=True)
        self._troubles.begin(failure.reason, failure.detail, self._now_ns)
        if failure.reason in NO_ROOM:
            self.upkeep.relieve_soon(now_ns=self._now_ns)

    def _replaced(self, opening: Opening) -> None:
        """The store was damaged and set aside; a new one, under a new epoch, took its place."""
        unsaid = {key: value for key, value in self._state.items() if key not in opening.state}
        if unsaid:  # what the old file could not say any more
            self._calls.ride(lambda ledger: ledger.restore_state(unsaid))
        self._reader.renew()
        self._dispatch.retain(opening.held)
        self._begin(opening)

    def _stopped(self, error: BaseException | None) -> None:
        """The writer has ended, or was given up; nothing more becomes durable."""
        self._silence.progress(still_waiting=False)
        if error is not None:
            self._troubles.begin("stopped", repr(error), self._now_ns)
        self._failure = StoreFailed("closed" if error is None else "stopped")
        self._staging.fail(self._failure)
        self._dispatch.fail(self._failure)
        self._calls.fail(self._failure)
        self.widening.fail(self._failure)

    def _disk_is_silent(self) -> None:
        if self.trouble is None:  # the wait between two attempts on a failing disk is no silence
            self._troubles.begin("no-answer", "", self._now_ns)
