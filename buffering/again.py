"""Sending again what a destination had confirmed and then lost: which records that is, and how they go.

Readings and events become pending once more, as closed ranges: readings go as
back-fill. Alarms are never pending; they are cut at once, into messages of the event
stream, so that a new alarm does not wait behind a thousand old ones. Everything goes
under new numbers and new ids: under an old id, a receiver that keeps ids and has
lost the records would take it for a repeat.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from uuid import uuid4

from buffering.calls import Calls
from buffering.dispatch import Dispatch
from buffering.exchange import Outgoing
from buffering.ledger import Ledger
from buffering.notices import DROPPED, SentAgain, Stretch
from buffering.ranges import Range, Ranges, count, merge
from buffering.reader import Reader
from buffering.reading import StoreReader
from buffering.record import Lane, Message, Stream
from buffering.records import Times
from buffering.stock import given_up, intersect, pending, stored, without

ALARMS_PER_MESSAGE: Final = 50
LOOK_RECORDS: Final = 2000
"""Records whose times are read at once: some milliseconds."""

SEQ_MAX: Final = (1 << 63) - 1

Gone = tuple[int | None, int]
"""The time of records that were removed: between the one before (None: there is none) and the one after."""


@dataclass(frozen=True, slots=True)
class Found:
    """What of a span of time is there, and what of it was removed."""

    stretches: tuple[Stretch, ...]
    gone: tuple[Gone, ...]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What of the records so far a destination has not settled, and how far each lane has come."""

    stretches: tuple[Stretch, ...]
    heads: Mapping[Lane, int]


@dataclass(frozen=True, slots=True)
class _Sent:
    stretches: tuple[Stretch, ...]
    outgoing: tuple[Outgoing, ...]


class Again:
    """Finds records by their time, and has them sent again."""

    def __init__(
        self,
        calls: Calls,
        reader: Reader,
        destinations: Collection[str],
        dispatch: Dispatch,
    ) -> None:
        self._destinations = frozenset(destinations)
        self._calls = calls
        self._reader = reader
        self._dispatch = dispatch

    async def find(self, from_ns: int, to_ns: int, lanes: Collection[Lane] = tuple(Lane)) -> Found:
        """Return what was recorded between two times, both included. Raises StoreFailed."""
        stretches, gone = [], set[Gone]()
        for epoch in await self._reader.run(lambda store: store.epochs()):
            for lane in sorted(lanes):
                holes = await self._reader.run(partial(_holes, epoch=epoch, lane=lane))
                gone |= {hole for hole in holes if (hole[0] or 0) < to_ns and hole[1] > from_ns}
                ranges = await self._between(epoch, lane, from_ns, to_ns)
                if ranges:
                    stretches.append(Stretch(epoch, lane, ranges))
        return Found(tuple(stretches), tuple(sorted(gone, key=lambda hole: hole[1])))

    async def send(
        self, destination: str, stretches: Sequence[Stretch], *, by: str, now_ns: int
    ) -> tuple[Stretch, ...]:
        """Have a destination get records again; return which.

        What is not there any more, or still on its way to it, is left out. `by` is who
        asked: it goes on record with what is sent. Durable on return.
        Raises KeyError: no such destination. Raises StoreFailed: the outbox was closed.
        """

        if destination not in self._destinations:
            raise KeyError(destination)

        def done(sent: _Sent) -> None:
            for each in sent.outgoing:
                self._dispatch.arrive(each)

        wanted = partial(send_again, destination=destination, stretches=stretches, by=by, now_ns=now_ns)
        sent: _Sent = await self._calls.run(wanted, done)
        return sent.stretches

    async def once_more(self, message: Message) -> None:
        """Settle a message that has arrived, and have its records sent once more, in a new one.

        One transaction: whatever happens, they are in the one or to come in the other. Raises StoreFailed.
        """
        if self._dispatch.is_orphan(message):
            return
        self._dispatch.take_back(message)
        await self._calls.run(partial(_once_more, message=message))

    async def outstanding(self, destination: str) -> Outstanding:
        """Return what a destination has not settled yet. Raises StoreFailed."""
        found: Outstanding = await self._calls.run(partial(_outstanding, destination=destination))
        return found

    async def unpark(self, message: Message) -> None:
        """Let a parked message go after all, under its id and number. Raises StoreFailed."""

        def done(outgoing: Outgoing | None) -> None:
            self._dispatch.unpark(message)
            if outgoing is not None:
                self._dispatch.arrive(outgoing)

        await self._calls.run(partial(_unpark, message=message), done)

    async def drop(self, message: Message, *, now_ns: int) -> None:
        """Give a parked message up; what it held goes on record. Durable on return. Raises StoreFailed."""
        work = partial(_drop, message=message, now_ns=now_ns)
        await self._calls.run(work, lambda _: self._dispatch.unpark(message))

    async def _between(self, epoch: int, lane: Lane, from_ns: int, to_ns: int) -> Ranges:
        found: list[Range] = []
        after = 0
        while looked := await self._reader.run(partial(_times, epoch=epoch, lane=lane, after=after)):
            found += [Range(each.seq, each.seq) for each in looked if _overlaps(each, from_ns, to_ns)]
            after = looked[-1].seq
        return merge(found)


def send_again(ledger: Ledger, destination: str, stretches: Sequence[Stretch], by: str, now_ns: int) -> _Sent:
    """Make records pending again, alarms cut; inside a transaction. Raises StoreFailed."""
    sent, outgoing = [], []
    for each in stretches:
        ranges = _settled(ledger, destination, each)
        if not ranges:
            continue
        sent.append(Stretch(each.epoch, each.lane, ranges))
        if each.lane is Lane.ALARM:
            outgoing += list(_cut_alarms(ledger, destination, each.epoch, ranges))
        else:
            _put_back(ledger, destination, each.epoch, each.lane, ranges)
    ledger.note(_notice(ledger, destination, sent, by), now_ns)
    return _Sent(tuple(sent), tuple(outgoing))


def _notice(ledger: Ledger, destination: str, sent: Sequence[Stretch], by: str) -> SentAgain:
    items, begins, ends = 0, [], []
    for each in sent:
        for one in each.ranges:
            assert one.last is not None, one
            within, begin_ns = ledger.store.extent(each.epoch, each.lane, one.first, one.last)
            assert begin_ns is not None, one  # it is there
            items += within
            begins.append(begin_ns)
            ends.append(ledger.store.last_ns(each.epoch, each.lane, one.first, one.last))
    from_ns, to_ns = min(begins, default=None), max(ends, default=None)
    return SentAgain(destination, tuple(sent), items, from_ns, to_ns, by)


def _settled(ledger: Ledger, destination: str, asked: Stretch) -> Ranges:
    """Return what of a stretch is there, and neither pending nor in a message for the destination."""
    store, epoch, lane = ledger.store, asked.epoch, asked.lane
    there = stored(store, epoch, lane)
    wanted = merge(part for one in asked.ranges for part in intersect(there, one))
    messages = [each.message for each in store.messages() if each.message.destination == destination]
    cut = [Range(each.first, each.last) for each in messages if (each.epoch, each.lane) == (epoch, lane)]
    return without(wanted, [*cut, *pending(store, destination, epoch, lane)])


def _once_more(ledger: Ledger, message: Message) -> None:
    ledger.settle(message)
    again = (Range(message.first, message.last),)
    _put_back(ledger, message.destination, message.epoch, message.lane, again)


def _outstanding(ledger: Ledger, destination: str) -> Outstanding:
    store, found = ledger.store, []
    messages = [each.message for each in store.messages() if each.message.destination == destination]
    for epoch in store.epochs():
        for lane in Lane:
            cut = [Range(m.first, m.last) for m in messages if (m.epoch, m.lane) == (epoch, lane)]
            ranges = merge([*cut, *pending(store, destination, epoch, lane)])
            found += [Stretch(epoch, lane, ranges)] if ranges else []
    return Outstanding(tuple(found), ledger.heads())


def _put_back(ledger: Ledger, destination: str, epoch: int, lane: Lane, ranges: Ranges) -> None:
    before = ledger.store.pending(destination).get((epoch, lane), ())
    # The open range stays as it is, also where a closed one now touches it: it is what is live.
    closed = merge([*(one for one in before if not one.is_open), *ranges])
    ledger.store.put_pending(destination, epoch, lane, (*closed, *(one for one in before if one.is_open)))


def _cut_alarms(ledger: Ledger, destination: str, epoch: int, ranges: Ranges) -> Iterator[Outgoing]:
    for one in ranges:
        assert one.last is not None, one
        for first in range(one.first, one.last + 1, ALARMS_PER_MESSAGE):
            last = min(first + ALARMS_PER_MESSAGE - 1, one.last)
            number = ledger.store.take_number(destination)
            message = Message(uuid4(), destination, number, Stream.EVENT, epoch, Lane.ALARM, first, last)
            ledger.store.put_message(message)
            yield ledger.outgoing(message)


def _is_parked(ledger: Ledger, message: Message) -> bool:
    """Whether the message is still there: it may have become too old meanwhile."""
    return any(each.parked is not None and each.message.id == message.id for each in ledger.store.messages())


def _unpark(ledger: Ledger, message: Message) -> Outgoing | None:
    if not _is_parked(ledger, message):
        return None
    ledger.store.unpark_message(message.destination, message.number)
    return ledger.outgoing(replace(message, attempts_before=0))


def _drop(ledger: Ledger, message: Message, now_ns: int) -> None:
    if not _is_parked(ledger, message):
        return
    store, span = ledger.store, Range(message.first, message.last)
    store.delete_message(message.destination, message.number)
    for notice in list(given_up(store, message.destination, message.epoch, message.lane, span, DROPPED)):
        ledger.note(notice, now_ns)


def records_in(stretches: Sequence[Stretch]) -> int:
    """Return how many records stretches hold."""
    return sum(count(each.ranges) for each in stretches)


def _overlaps(times: Times, from_ns: int, to_ns: int) -> bool:
    return times.last_ns >= from_ns and times.first_ns <= to_ns


def _times(store: StoreReader, *, epoch: int, lane: Lane, after: int) -> Sequence[Times]:
    return store.times(epoch, lane, after + 1, SEQ_MAX, limit=LOOK_RECORDS)


def _holes(store: StoreReader, *, epoch: int, lane: Lane) -> list[Gone]:
    """Return when what was removed of a lane was recorded: between its neighbours, as far as they tell."""
    holes: list[Gone] = []
    with store.snapshot():
        oldest = store.first_seq(epoch, lane)
        for each in store.removed(epoch, lane):
            is_first = oldest is None or oldest > each.first
            before = None if is_first else store.last_ns(epoch, lane, 1, each.first - 1)
            after = store.times(epoch, lane, each.last + 1, SEQ_MAX, limit=1)
            if after and (before or 0) < after[0].first_ns:
                holes.append((before, after[0].first_ns))
    return holes
