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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from buffering.chain import Header, genesis, link
from buffering.exchange import Appended, Outgoing, Request, Snapshot
from buffering.heads import SignedHead, Signer, sign_heads
from buffering.mark import HighWater, Mark
from buffering.notices import Describe, Notice
from buffering.ranges import Range, Ranges, count, cut_open, existing, prune, subtract
from buffering.record import Draft, Lane, Message, Stream, message_id, note_key
from buffering.records import Head
from buffering.sending import StoredMessage
from buffering.status import Backlog, Keeping
from buffering.stock import remove, stored
from buffering.store import Store

LANE_OF: Final = {
    Stream.ALARM: Lane.ALARM,
    Stream.EVENT: Lane.EVENT,
    Stream.LIVE: Lane.READING,
    Stream.BACKFILL: Lane.READING,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a store is opened with."""

    gateway: str
    names: frozenset[str]
    now_ns: int
    keeping: Keeping
    describe: Describe


TELL_NS: Final = 60 * 10**9
"""The time of the last commit is written so often. Records have their own times; a page less wears less."""


class Ledger:
    """The rules over one store. Every method but `begin` and `open` runs inside a transaction.

    All methods raise StoreFailed; the caller then rolls back.
    """

    def __init__(self, store: Store, epoch: int, terms: Terms, mark: Mark) -> None:
        self.store = store
        self.epoch = epoch
        self.destinations = tuple(sorted(terms.names))
        self.gateway = terms.gateway
        self.keeping = terms.keeping
        self.latest_ns = terms.now_ns  # the newest time that we were told
        self.salvaging = False  # the records of older epochs are not all there yet
        self.salvage_ends = False  # with this transaction they are
        self._describe = terms.describe
        self._mark = mark
        self._newest_ns: int | None = None
        self._told_ns: int | None = None
        self._stamps: dict[str, int] = {}
        self._stamps_kept: dict[str, int] = {}

    def heads(self) -> dict[Lane, int]:
        """Return the newest number of each lane."""
        return {lane: self._head(lane).seq for lane in Lane}

    # Transactions

    def begin(self) -> None:
        """Start a transaction."""
        self._newest_ns = None
        self.salvage_ends = False
        self._stamps = dict(self._stamps_kept)
        self.store.begin()

    def commit(self, snapshot: Snapshot) -> None:
        """Return once the transaction is on the disk; `snapshot` is how it leaves the store."""
        told_ns = self._newest_ns if self._newest_ns and self._is_due(self._newest_ns) else None
        if told_ns is not None:
            self.store.put_meta("last_commit_ns", told_ns)
        self.store.commit()
        self._told_ns = told_ns or self._told_ns
        self._stamps_kept = self._stamps
        heads = {lane.value: seq for lane, seq in snapshot.heads.items()}
        self._mark.write(HighWater(self.gateway, self.epoch, heads, snapshot.numbers, self.latest_ns))
        self.salvaging = self.salvaging and not self.salvage_ends

    def _is_due(self, now_ns: int) -> bool:
        """Whether the time is to be written."""
        return self._told_ns is None or abs(now_ns - self._told_ns) >= TELL_NS

    @property
    def stamps(self) -> dict[str, int]:
        """The stamp of the newest durable write of each state key."""
        return dict(self._stamps_kept)

    def inherit(self, other: "Ledger") -> None:
        """Go on with what another ledger knew beside its store, which was set aside."""
        self._stamps_kept = other.stamps
        self._stamps = other.stamps
        self.latest_ns = max(self.latest_ns, other.latest_ns)

    def rollback(self) -> None:
        """Forget the transaction; never raises."""
        self.store.rollback()

    def close(self) -> None:
        """Close the store; never raises."""
        self.store.close()
        self._mark.close()

    def abandon(self) -> None:
        """Let go of a store that was set aside; never raises."""
        self.store.abandon()
        self._mark.close()

    def sync_mark(self, now_ns: int) -> None:
        """Bring the high-water mark to the disk, once an hour."""
        self._mark.sync(now_ns)

    # Records

    def append(self, draft: Draft, *, now_ns: int, state: Mapping[str, bytes | None], stamp: int) -> Appended:
        """Give the draft the next number of its lane, and write its state keys with it.

        `stamp` counts up in the order in which drafts were given to the outbox: an
        alarm may overtake an older event, whose state must not replace the alarm's.
        """
        head = self._head(draft.lane)
        sha256 = hashlib.sha256(draft.payload).digest()
        seq, times = head.seq + 1, (draft.first_ns, draft.last_ns)
        header = Header(self.epoch, draft.lane, seq, *times, draft.count, draft.uid, sha256)
        total, chain = head.total + draft.count, link(header, head.chain)
        self.store.insert_record(header, total=total, chain=chain, payload=draft.payload)
        self._newest_ns = max(now_ns, self._newest_ns or now_ns)
        self.latest_ns = max(now_ns, self.latest_ns)
        written = {key: value for key, value in state.items() if self._stamps.get(key, -1) < stamp}
        for key, value in written.items():
            self.store.put_state(key, value)
            self._stamps[key] = stamp
        alarms = self._cut_alarm(header) if draft.lane is Lane.ALARM else ()
        return Appended(seq, written, tuple(alarms))

    def _cut_alarm(self, header: Header) -> Iterator[Outgoing]:
        for name in self.destinations:
            uid = message_id(header.uid, name)
            number = self.store.take_number(name)
            seq = header.seq
            message = Message(uid, name, number, Stream.ALARM, header.epoch, Lane.ALARM, seq, seq)
            self.store.put_message(message)
            yield Outgoing(message, Backlog(1, header.count, header.first_ns))

    def _head(self, lane: Lane) -> Head:
        head = self.store.head(self.epoch, lane)
        return head or Head(0, genesis(self.gateway, self.epoch, lane), 0)

    # Messages

    def cut(self, request: Request) -> Outgoing | None:
        """Cut the next message that the request asks for; None if nothing is pending."""
        if self.salvaging and len(request.streams) > 1:
            return None  # older records may still come to light
        pending = self.store.pending(request.destination)
        [lane] = {LANE_OF[stream] for stream in request.streams}
        of_lane = ((epoch, ranges) for (epoch, each), ranges in pending.items() if each is lane)
        for epoch, ranges in of_lane:
            if self.salvaging and epoch != self.epoch:
                continue
            found = self._next_span(request, epoch, lane, ranges)
            if found is not None:
                return self._cut_span(request.destination, *found, epoch, lane, ranges)
        return None

    def _next_span(
        self, request: Request, epoch: int, lane: Lane, ranges: Ranges
    ) -> tuple[Stream, Range] | None:
        """Return the oldest of `ranges` that is asked for, as far as one message reaches, and its stream."""
        wanted = [(stream, one) for one in ranges for stream in request.streams if _belongs(one, stream)]
        present = existing([one for _, one in wanted], self._head(lane).seq if epoch == self.epoch else 0)
        if not present or present[0].last is None:
            return None
        first, end = present[0].first, present[0].last
        limit = 1 if Stream.ALARM in request.streams else request.records_max
        last, room, places = first, request.bytes_max, request.items_max
        for seq, size, items in self.store.loads(epoch, lane, first, end, limit=limit):
            room, places = room - size, places - items
            if min(room, places) < 0 and seq != first:
                break
            last = seq
        return wanted[0][0], Range(first, last)

    def _cut_span(
        self, name: str, stream: Stream, span: Range, epoch: int, lane: Lane, ranges: Ranges
    ) -> Outgoing:
        assert span.last is not None, span
        is_alarm = stream is Stream.ALARM
        uid = message_id(self.store.uid(epoch, lane, span.first), name) if is_alarm else uuid4()
        number = self.store.take_number(name)
        message = Message(uid, name, number, stream, epoch, lane, span.first, span.last)
        self.store.put_pending(name, epoch, lane, subtract(ranges, span))
        self.store.put_message(message)
        return self.outgoing(message)

    def widen(self, message: Message, records_max: int, bytes_max: int) -> Outgoing | None:
        """Let a message that nobody has seen cover what its stream sends next; None: it is not here any more.

        As it was, where that is not next to it.
        """
        name, epoch, lane = message.destination, message.epoch, message.lane
        if not self.store.has_message(message):
            return None
        ranges = self.store.pending(name).get((epoch, lane), ())
        request = Request(name, (message.stream,), records_max, bytes_max)
        found = self._next_span(request, epoch, lane, ranges)
        span = found[1] if found is not None else None
        if span is None or span.last is None or span.first != message.last + 1:
            return self.outgoing(message)
        wide = replace(message, last=span.last)
        self.store.put_pending(name, epoch, lane, subtract(ranges, span))
        self.store.put_message(wide)
        return self.outgoing(wide)

    def settle(self, message: Message) -> None:
        """Forget a message that has arrived."""
        self.store.delete_message(message.destination, message.number)
        self._forget_note(message)

    def _forget_note(self, message: Message) -> None:
        self.store.put_state(note_key(str(message.id)), None)

    def note_attempts(self, message: Message, attempts: int) -> None:
        """Keep how often a message was tried."""
        self.store.put_attempts(message.destination, message.number, attempts)

    def split(self, message: Message) -> tuple[Outgoing, Outgoing]:
        """Halve a message: the first half keeps its number, both halves get a new id.

        The id is new because the receiver may know the old one as the whole.
        """
        middle = (message.first + message.last) // 2
        number = self.store.take_number(message.destination)
        first = replace(message, id=uuid4(), last=middle, attempts_before=0)
        second = replace(message, id=uuid4(), number=number, first=middle + 1, attempts_before=0)
        self.store.put_message(first)
        self.store.put_message(second)
        self._forget_note(message)
        return self.outgoing(first), self.outgoing(second)

    def park(self, message: Message, reason: str) -> Outgoing:
        """Keep a message, and do not send it."""
        self.store.park_message(message.destination, message.number, reason)
        self._forget_note(message)
        return replace(self.outgoing(message), parked=reason)

    def go_live(self, destination: str) -> None:
        """Cut the open row of readings at the head: before it is back-fill, after it is live."""
        ranges = self.store.pending(destination)[self.epoch, Lane.READING]
        cut = cut_open(ranges, self._head(Lane.READING).seq)
        if cut != ranges:
            self.store.put_pending(destination, self.epoch, Lane.READING, cut)

    def outgoing(self, message: Message) -> Outgoing:
        """Return a message that is stored as it goes out."""
        items, first_ns = self.store.extent(message.epoch, message.lane, message.first, message.last)
        return Outgoing(message, Backlog(message.last - message.first + 1, items, first_ns))

    def restore_state(self, state: Mapping[str, bytes]) -> None:
        """Write keys that the store does not have."""
        known = self.store.state()
        for key, value in state.items():
            if key not in known:
                self.store.put_state(key, value)

    def reopened(self) -> tuple[Outgoing, ...]:
        """Return every message as it goes out after a start."""
        return tuple(map(self._reopened, self.store.messages()))

    def _reopened(self, stored: StoredMessage) -> Outgoing:
        # The run before may have sent it once more than it could note.
        message = replace(stored.message, attempts_before=stored.message.attempts_before + 1)
        return replace(self.outgoing(message), parked=stored.parked)

    def sign(self, signer: Signer, now_ns: int) -> tuple[SignedHead, ...]:
        """Sign every head that is not signed yet."""
        return tuple(sign_heads(self.store, self.gateway, self.epoch, signer, now_ns))

    # Removing

    def note(self, notice: Notice, now_ns: int) -> None:
        """Put on record what the outbox does of its own accord, in the transaction that does it."""
        draft = self._describe(notice, now_ns)
        if draft is not None:
            assert draft.lane is not Lane.ALARM, "its messages would go to nobody"
            self.append(draft, now_ns=now_ns, state={}, stamp=0)

    def whole_epochs(self) -> list[int]:
        """Return the epochs that have records, lowest first."""
        return [self.epoch] if self.salvaging else self.store.epochs()

    def prune(self, lane: Lane, first_kept: int) -> int:
        """Remove the lane's records below `first_kept`, sent or not; return the oldest that is left.

        Goes no further than the newest record, which carries the head, and no further
        than the oldest message: what was cut is sent as it was cut. Tells nobody.
        """
        in_messages = self.store.first_in_messages(self.epoch, lane)
        oldest, head = self.store.first_seq(self.epoch, lane), self._head(lane).seq
        limit = min(first_kept, head, head if in_messages is None else in_messages)
        if oldest is None or limit <= oldest:
            return oldest or 1
        for name in self.destinations:
            ranges = self.store.pending(name).get((self.epoch, lane), ())
            self.store.put_pending(name, self.epoch, lane, prune(ranges, limit))
        for gone in subtract(stored(self.store, self.epoch, lane), Range(limit, None)):
            remove(self.store, self.epoch, lane, gone)
        return limit

    # Where things stand

    def snapshot(self) -> Snapshot:
        """Tell where the lanes stand and what each destination has pending."""
        heads = self.heads()
        pending = {name: self._pending_backlog(name, heads) for name in self.destinations}
        return Snapshot(heads, self.store.destinations(), pending)

    def _pending_backlog(self, destination: str, heads: Mapping[Lane, int]) -> Backlog:
        backlog = Backlog()
        for (epoch, lane), ranges in self.store.pending(destination).items():
            for one in existing(ranges, heads[lane] if epoch == self.epoch else 0):
                assert one.last is not None, one
                items, first_ns = self.store.extent(epoch, lane, one.first, one.last)
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
