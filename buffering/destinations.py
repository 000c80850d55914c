"""Who joins, who leaves, who has a new name, when a store is opened."""

from collections.abc import Collection, Iterator

from buffering.notices import LEFT, GivenUp, Joined, Left, Notice
from buffering.ranges import Range, Ranges, existing
from buffering.record import Lane
from buffering.status import Keeping
from buffering.stock import given_up, stored
from buffering.store import Store


def settle(store: Store, epoch: int, names: Collection[str], keeping: Keeping) -> Iterator[Notice]:
    """Forget who is no longer there; give who is new all that exists, as back-fill.

    Who is renamed goes on: backlog, messages, numbers, and what the state has of it.
    Yields what is to be put on record. Raises StoreFailed.
    """
    named, known = set(names), set(store.destinations())
    for name, former in sorted(keeping.renamed.items()):
        if name in named - known and former in known - named:
            store.rename_destination(former, name)
            for prefix in keeping.named:
                store.rename_state(prefix + former, prefix + name)
            known = known - {former} | {name}
            yield Joined(name, former)
    for name in sorted(known - named):
        lost = list(_unsent(store, name))
        store.delete_destination(name)
        for prefix in (prefix for prefix, stays in keeping.named.items() if not stays):
            store.put_state(prefix + name, None)
        yield Left(name)
        yield from lost
    for name in sorted(named - known):
        store.insert_destination(name)
        for each in sorted({*store.epochs(), epoch}):
            for lane in Lane:
                is_open = each == epoch and lane is not Lane.ALARM
                store.put_pending(name, each, lane, _everything(store, each, lane, is_open=is_open))
        if not store.created:
            yield Joined(name, None)


def _everything(store: Store, epoch: int, lane: Lane, *, is_open: bool) -> Ranges:
    there = stored(store, epoch, lane)
    head = store.head(epoch, lane)
    return (*there, Range(head.seq + 1 if head else 1, None)) if is_open else there


def _unsent(store: Store, name: str) -> Iterator[GivenUp]:
    """Tell what a destination that leaves had not got, messages under way included."""
    for (epoch, lane), ranges in store.pending(name).items():
        head = store.head(epoch, lane)
        for one in existing(ranges, head.seq if head else 0):
            yield from given_up(store, name, epoch, lane, one, LEFT)
    for message in (each.message for each in store.messages()):
        if message.destination == name:
            span = Range(message.first, message.last)
            yield from given_up(store, name, message.epoch, message.lane, span, LEFT)
