"""What a transaction does: the outbox's rules, in terms of the store's small methods.

The file is the truth and there is no copy of it here: a transaction that is
rolled back needs nothing undone in memory (but for the stamps of state keys,
which are kept only when the commit is). Every record is, for every destination,
in exactly one of three places:

    pending      not yet cut: a range of its lane, the last one open to what comes
    message      cut: has a number and an id that it keeps through crashes
    (nowhere)    acknowledged: it has arrived

An alarm is never pending: it is cut for every destination in the transaction
that commits it. (Except for a destination that came later: what was there
before it is pending like the rest.)
"""

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from buffering.chain import Header, genesis, link
from buffering.errors import StoreUnusable
from buffering.ranges import Range, Ranges, count, cut_open, existing, prune, subtract
from buffering.record import Draft, Lane, Message, Stream, message_id
from buffering.status import Backlog, Opened
from buffering.store import Head, Store, StoredMessage

LANE_OF: Final = {
    Stream.ALARM: Lane.ALARM,
    Stream.EVENT: Lane.EVENT,
    Stream.LIVE: Lane.READING,
    Stream.BACKFILL: Lane.READING,
}
_NS_PER_S: Final = 1_000_000_000
_EPOCHS_PER_S: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A cut message with its share of the backlog; `parked` is why it is not sent, if so."""

    message: Message
    extent: Backlog
    parked: str | None = None


@dataclass(slots=True)
class Request:
    """A standing request for the next message of a stream; fulfilled inside a transaction.

    `withdrawn` is set by the asking side, once it wants no more; a message that
    was cut for it by then waits for the next who asks.
    """

    destination: str
    stream: Stream
    records_max: int
    bytes_max: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a draft."""

    seq: int
    state: Mapping[str, bytes | None]  # the keys that were written
    outgoing: tuple[Outgoing, ...]  # an alarm's messages


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the lanes stand after a commit, and what each destination has pending."""

    heads: Mapping[Lane, int]
    pending: Mapping[str, Backlog]


@dataclass(frozen=True, slots=True)
class Opening:
    """All that the asking side needs to know of a store just opened."""

    opened: Opened
    state: Mapping[str, bytes]
    outgoing: tuple[Outgoing, ...]
    snapshot: Snapshot


class Ledger:
    """The rules over one store. Every method but `begin` and `open` runs inside a transaction.

    All methods raise StoreFailed; the caller then rolls back.
    """

    def __init__(self, store: Store, gateway: str, epoch: int, destinations: Collection[str]) -> None:
        self._store = store
        self._gateway = gateway
        self._epoch = epoch
        self._destinations = tuple(sorted(destinations))
        self._newest_ns: int | None = None
        self._stamps: dict[str, int] = {}
        self._stamps_kept: dict[str, int] = {}

    @classmethod
    def open(
        cls, store: Store, gateway: str, destinations: Collection[str], now_ns: int
    ) -> tuple["Ledger", Opening]:
        """Identify or name the store, settle who is to get what, and tell what is there.

        Raises StoreUnusable: the store belongs to another gateway. Raises StoreFailed.
        """
        if store.created:
            epoch = new_epoch(now_ns)
            store.put_meta("gateway", gateway)
            store.put_meta("epoch", epoch)
            store.put_meta("created_ns", now_ns)
        else:
            store.begin()
        meta = store.meta()
        if meta["gateway"] != gateway:
            raise StoreUnusable(store.path, "other-gateway", str(meta["gateway"]))
        ledger = cls(store, gateway, meta["epoch"], destinations)
        ledger._settle_destinations()
        opening = Opening(
            Opened(ledger._epoch, store.created, meta.get("last_commit_ns"), ledger._heads()),
            store.state(),
            tuple(map(ledger._reopened, store.messages())),
            ledger.snapshot(),
        )
        ledger.commit()
        return ledger, opening

    # Transactions

    def begin(self) -> None:
        """Start a transaction."""
        self._newest_ns = None
        self._stamps = dict(self._stamps_kept)
        self._store.begin()

    def commit(self) -> None:
        """Return once the transaction is on the disk."""
        if self._newest_ns is not None:
            self._store.put_meta("last_commit_ns", self._newest_ns)
        self._store.commit()
        self._stamps_kept = self._stamps

    def rollback(self) -> None:
        """Forget the transaction; never raises."""
        self._store.rollback()

    def close(self) -> None:
        """Close the store; never raises."""
        self._store.close()

    # Records

    def append(self, draft: Draft, *, now_ns: int, state: Mapping[str, bytes | None], stamp: int) -> Appended:
        """Give the draft the next number of its lane, and write its state keys with it.

        `stamp` counts up in the order in which drafts were given to the outbox: an
        alarm may overtake an older event, whose state must not replace the alarm's.
        """
        head = self._head(draft.lane)
        sha256 = hashlib.sha256(draft.payload).digest()
        seq, times = head.seq + 1, (draft.first_ns, draft.last_ns)
        header = Header(self._epoch, draft.lane, seq, *times, draft.count, draft.uid, sha256)
        total, chain = head.total + draft.count, link(header, head.chain)
        self._store.insert_record(header, total=total, chain=chain, payload=draft.payload)
        self._newest_ns = max(now_ns, self._newest_ns or now_ns)
        written = {key: value for key, value in state.items() if self._stamps.get(key, -1) < stamp}
        for key, value in written.items():
            self._store.put_state(key, value)
            self._stamps[key] = stamp
        alarms = self._cut_alarm(header) if draft.lane is Lane.ALARM else ()
        return Appended(seq, written, tuple(alarms))

    def _cut_alarm(self, header: Header) -> Iterator[Outgoing]:
        for name in self._destinations:
            uid = message_id(header.uid, name)
            number = self._store.take_number(name)
            seq = header.seq
            message = Message(uid, name, number, Stream.ALARM, header.epoch, Lane.ALARM, seq, seq)
            self._store.put_message(message)
            yield Outgoing(message, Backlog(1, header.count, header.first_ns))

    def _head(self, lane: Lane) -> Head:
        head = self._store.head(self._epoch, lane)
        return head or Head(0, genesis(self._gateway, self._epoch, lane), 0)

    def _heads(self) -> dict[Lane, int]:
        return {lane: self._head(lane).seq for lane in Lane}

    # Messages

    def cut(self, request: Request) -> Outgoing | None:
        """Cut the next message that the request asks for; None if nothing is pending."""
        pending = self._store.pending(request.destination)
        lane = LANE_OF[request.stream]
        for epoch, ranges in ((epoch, ranges) for (epoch, each), ranges in pending.items() if each is lane):
            span = self._next_span(request, epoch, lane, ranges)
            if span is not None:
                return self._cut_span(request, epoch, lane, ranges, span)
        return None

    def _next_span(self, request: Request, epoch: int, lane: Lane, ranges: Ranges) -> Range | None:
        """Return the oldest of `ranges` that the stream takes from, as far as one message reaches."""
        wanted = [one for one in ranges if _belongs(one, request.stream)]
        present = existing(wanted, self._head(lane).seq if epoch == self._epoch else 0)
        if not present or present[0].last is None:
            return None
        first, end = present[0].first, present[0].last
        limit = 1 if request.stream is Stream.ALARM else request.records_max
        last, room = first, request.bytes_max
        for seq, size in self._store.sizes(epoch, lane, first, end, limit=limit):
            room -= size
            if room < 0 and seq != first:
                break
            last = seq
        return Range(first, last)

    def _cut_span(self, request: Request, epoch: int, lane: Lane, ranges: Ranges, span: Range) -> Outgoing:
        assert span.last is not None, span
        name, alarm = request.destination, request.stream is Stream.ALARM
        uid = message_id(self._store.uid(epoch, lane, span.first), name) if alarm else uuid4()
        number = self._store.take_number(name)
        message = Message(uid, name, number, request.stream, epoch, lane, span.first, span.last)
        self._store.put_pending(name, epoch, lane, subtract(ranges, span))
        self._store.put_message(message)
        return self._outgoing(message)

    def settle(self, message: Message) -> None:
        """Forget a message that has arrived."""
        self._store.delete_message(message.destination, message.number)

    def note_attempts(self, message: Message, attempts: int) -> None:
        """Keep how often a message was tried."""
        self._store.put_attempts(message.destination, message.number, attempts)

    def split(self, message: Message) -> tuple[Outgoing, Outgoing]:
        """Halve a message: the first half keeps its number, both halves get a new id.

        The id is new because the receiver may know the old one as the whole.
        """
        middle = (message.first + message.last) // 2
        number = self._store.take_number(message.destination)
        first = replace(message, id=uuid4(), last=middle, attempts_before=0)
        second = replace(message, id=uuid4(), number=number, first=middle + 1, attempts_before=0)
        self._store.put_message(first)
        self._store.put_message(second)
        return self._outgoing(first), self._outgoing(second)

    def park(self, message: Message, reason: str) -> Outgoing:
        """Keep a message, and do not send it."""
        self._store.park_message(message.destination, message.number, reason)
        return replace(self._outgoing(message), parked=reason)

    def go_live(self, destination: str) -> None:
        """Cut the open row of readings at the head: before it is back-fill, after it is live."""
        ranges = self._store.pending(destination)[self._epoch, Lane.READING]
        cut = cut_open(ranges, self._head(Lane.READING).seq)
        if cut != ranges:
            self._store.put_pending(destination, self._epoch, Lane.READING, cut)

    def _outgoing(self, message: Message) -> Outgoing:
        items, first_ns = self._store.extent(message.epoch, message.lane, message.first, message.last)
        return Outgoing(message, Backlog(message.last - message.first + 1, items, first_ns))

    def _reopened(self, stored: StoredMessage) -> Outgoing:
        # The run before may have sent it once more than it could note.
        message = replace(stored.message, attempts_before=stored.message.attempts_before + 1)
        return replace(self._outgoing(message), parked=stored.parked)

    def prune(self, lane: Lane, first_kept: int) -> int:
        """Remove the lane's records below `first_kept`, sent or not; return the oldest that is left.

        Goes no further than the newest record, which carries the head, and no further
        than the oldest message: what was cut is sent as it was cut. The caller says how
        much at a time, and writes the gap record where something was unsent.
        """
        in_messages = self._store.first_in_messages(self._epoch, lane)
        oldest, head = self._store.first_seq(self._epoch, lane), self._head(lane).seq
        limit = min(first_kept, head, head if in_messages is None else in_messages)
        if oldest is None or limit <= oldest:
            return oldest or 1
        self._store.delete_records(self._epoch, lane, limit)
        for name in self._destinations:
            ranges = self._store.pending(name).get((self._epoch, lane), ())
            self._store.put_pending(name, self._epoch, lane, prune(ranges, limit))
        return limit

    # Destinations

    def _settle_destinations(self) -> None:
        """Forget who is no longer there; give who is new all that exists, as back-fill."""
        known = set(self._store.destinations())
        for name in sorted(known - set(self._destinations)):
            self._store.delete_destination(name)
        for name in sorted(set(self._destinations) - known):
            self._store.insert_destination(name)
            for epoch in sorted({*self._store.epochs(), self._epoch}):
                for lane in Lane:
                    self._store.put_pending(name, epoch, lane, self._everything(epoch, lane))

    def _everything(self, epoch: int, lane: Lane) -> Ranges:
        head, first = self._store.head(epoch, lane), self._store.first_seq(epoch, lane)
        stored = (Range(first, head.seq),) if head and first is not None else ()
        if epoch == self._epoch and lane is not Lane.ALARM:
            return (*stored, Range(head.seq + 1 if head else 1, None))
        return stored

    def snapshot(self) -> Snapshot:
        """Tell where the lanes stand and what each destination has pending."""
        heads = self._heads()
        return Snapshot(heads, {name: self._pending_backlog(name, heads) for name in self._destinations})

    def _pending_backlog(self, destination: str, heads: Mapping[Lane, int]) -> Backlog:
        backlog = Backlog()
        for (epoch, lane), ranges in self._store.pending(destination).items():
            for one in existing(ranges, heads[lane] if epoch == self._epoch else 0):
                assert one.last is not None, one
                items, first_ns = self._store.extent(epoch, lane, one.first, one.last)
                backlog += Backlog(count((one,)), items, first_ns)
        return backlog


def _belongs(one: Range, stream: Stream) -> bool:
    """Whether a range of the stream's lane is the stream's: only readings tell live from back-fill."""
    match stream:
        case Stream.LIVE:
            return one.is_open
        case Stream.BACKFILL:
            return not one.is_open
        case Stream.ALARM | Stream.EVENT:
            return True


def new_epoch(now_ns: int) -> int:
    """Return a number that no other store of this gateway has: UTC seconds, then six random digits.

    The digits are for a gateway without a clock that starts at the same second
    each time its storage is replaced. Below 2^53, so that JSON carries it exactly.
    """
    return now_ns // _NS_PER_S * _EPOCHS_PER_S + secrets.randbelow(_EPOCHS_PER_S)
