"""What of a lane is there, who is still to get it, and how a part of it is removed.

Functions over the store, inside a transaction; all raise StoreFailed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from buffering.notices import GivenUp
from buffering.ranges import Range, Ranges, existing, merge, subtract
from buffering.record import Lane
from buffering.records import RETENTION, Removed
from buffering.store import Store


def stored(store: Store, epoch: int, lane: Lane) -> Ranges:
    """Return which records of a lane are there."""
    head, first = store.head(epoch, lane), store.first_seq(epoch, lane)
    if head is None or first is None:
        return ()
    gone = [Range(each.first, each.last) for each in store.removed(epoch, lane)]
    return without((Range(first, head.seq),), gone)


def without(ranges: Ranges, gone: Iterable[Range]) -> Ranges:
    """Return `ranges` without any of the others."""
    for each in gone:
        ranges = subtract(ranges, each)
    return ranges


def in_messages(store: Store, epoch: int, lane: Lane) -> Ranges:
    """Return what messages hold that were cut and have not arrived, parked ones too."""
    return merge(
        Range(message.first, message.last)
        for message in (each.message for each in store.messages())
        if (message.epoch, message.lane) == (epoch, lane)
    )


def pending(store: Store, name: str, epoch: int, lane: Lane) -> Ranges:
    """Return what is there and not yet cut for a destination; nothing open."""
    ranges = store.pending(name).get((epoch, lane), ())
    head = store.head(epoch, lane)
    return existing(ranges, head.seq if head else 0)


def give_up(store: Store, name: str, epoch: int, lane: Lane, gone: Range, cause: str) -> Iterator[GivenUp]:
    """Let a destination not get records that it has not got; yield what is to be told of it."""
    lost = intersect(pending(store, name, epoch, lane), gone)
    if lost:
        ranges = store.pending(name).get((epoch, lane), ())
        store.put_pending(name, epoch, lane, subtract(ranges, gone))
    for span in lost:
        yield from given_up(store, name, epoch, lane, span, cause)


def given_up(store: Store, name: str, epoch: int, lane: Lane, span: Range, cause: str) -> Iterator[GivenUp]:
    """Tell of records that will not be sent; nothing where none of them is there."""
    assert span.last is not None, span
    items, from_ns = store.extent(epoch, lane, span.first, span.last)
    if from_ns is not None:
        to_ns = store.last_ns(epoch, lane, span.first, span.last)
        yield GivenUp(name, epoch, lane, span.first, span.last, items, from_ns, to_ns, cause)


def intersect(ranges: Ranges, window: Range) -> Ranges:
    """Return the part of `ranges` that lies in `window`."""
    outside = subtract(ranges, window)
    return without(ranges, outside)


def remove(store: Store, epoch: int, lane: Lane, gone: Range) -> None:
    """Remove records that are there and that nobody is to get; a row tells where the lane goes on."""
    assert gone.last is not None, gone
    end = store.at(epoch, lane, gone.last)
    mark = Removed(gone.first, gone.last, end.total, end.chain, RETENTION)
    for other in store.removed(epoch, lane):
        if other.cause == RETENTION and other.last == gone.first - 1:
            mark = replace(mark, first=other.first)
        if other.cause == RETENTION and other.first == gone.last + 1:
            mark = replace(mark, last=other.last, total=other.total, chain=other.chain)
    store.delete_records(epoch, lane, gone)
    store.delete_signatures(epoch, lane, gone)
    store.put_removed(epoch, lane, mark)
