"""A new epoch: for a new store, with what its predecessor still says, or for one that may exist twice.

Message numbers are never given twice. Where it is not known how far they had come, they
go on at the next million: a hole that the record of the new epoch explains.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from buffering.database import FILE
from buffering.ledger import Terms
from buffering.mark import HighWater
from buffering.ranges import Range, existing
from buffering.record import Lane
from buffering.recover import Aside
from buffering.remains import Remains, Sending, read_remains
from buffering.store import Store

NUMBERS_SKIPPED: Final = 1_000_000
_NS_PER_S: Final = 1_000_000_000
_EPOCHS_PER_S: Final = 1_000_000


def identify(
    store: Store,
    terms: Terms,
    aside: Path | None,
    high_water: HighWater | None,
    *,
    are_numbers_known: bool,
) -> None:
    """Name a new store; give it what its predecessor, if it has one, still says."""
    remains = _remains(aside)
    mark = high_water if high_water is not None and high_water.gateway == terms.gateway else None
    before = max(remains.epoch or 0, mark.epoch if mark else 0)
    epoch = max(new_epoch(terms.now_ns), before + 1)
    store.put_meta("gateway", terms.gateway)
    store.put_meta("epoch", epoch)
    store.put_meta("created_ns", terms.now_ns)
    if before:
        store.put_meta("epoch_before", before)
    last_ns = remains.last_commit_ns if aside is not None else mark.last_ns if mark else None
    if last_ns is not None:
        store.put_meta("last_commit_ns", last_ns)
    stated = remains.sending.numbers if remains.sending else {}
    _number(store, epoch, stated, mark.numbers if mark else {}, are_known=are_numbers_known)
    if aside is not None:
        _take_over(store, remains)
        is_same = mark is not None and remains.epoch in (None, mark.epoch)
        heads = dict(mark.heads) if mark is not None and is_same else {}
        known = sorted(remains.sending.numbers) if remains.sending else None
        Aside(aside.name, remains.epoch or (mark.epoch if mark else None), heads, known).keep(store)


def _remains(aside: Path | None) -> Remains:
    if aside is None:
        return Remains()
    try:
        return read_remains(aside / FILE)
    except FileNotFoundError:
        return Remains()


def _number(
    store: Store, epoch: int, stated: Mapping[str, int], marked: Mapping[str, int], *, are_known: bool
) -> None:
    """Let each destination's numbers go on: where they were, or where they cannot have been."""
    for name in sorted({*stated, *marked}):
        number = max(stated.get(name, 1), marked.get(name, 1))
        goes_on = are_known and stated.get(name) == number
        store.insert_destination(name)
        store.put_number(name, number if goes_on else skipped(number))
        for lane in (Lane.EVENT, Lane.READING):
            store.put_pending(name, epoch, lane, (Range(1, None),))


def _take_over(store: Store, remains: Remains) -> None:
    for key, value in remains.state.items():
        store.put_state(key, value)
    for epoch, lane, gone in remains.removed:
        store.put_removed(epoch, lane, gone)
    for name, public_key in remains.keys:
        store.put_key(name, public_key)
    for epoch, lane, seq, rest in remains.signatures:
        store.put_signature(epoch, lane, seq, rest)
    sending = remains.sending or Sending({}, (), ())
    for name, epoch, lane, one in sending.pending:
        store.put_pending(name, epoch, lane, (*store.pending(name).get((epoch, lane), ()), one))
    for stored in sending.messages:
        store.put_message(stored.message)
        if stored.parked is not None:
            store.park_message(stored.message.destination, stored.message.number, stored.parked)


def begin_epoch(store: Store, now_ns: int) -> None:
    """Go on in the same file under a new epoch: what comes bears no name that exists elsewhere."""
    before = int(store.meta()["epoch"])
    epoch = max(new_epoch(now_ns), before + 1)
    for name, number in store.destinations().items():
        store.put_number(name, skipped(number))
        for lane in Lane:
            head = store.head(before, lane)
            ranges = store.pending(name).get((before, lane), ())
            store.put_pending(name, before, lane, existing(ranges, head.seq if head else 0))
            if lane is not Lane.ALARM:
                store.put_pending(name, epoch, lane, (Range(1, None),))
    store.put_meta("epoch", epoch)
    store.put_meta("epoch_before", before)


def skipped(number: int) -> int:
    """Return the next number that cannot have been given: the first after the next million."""
    return (number // NUMBERS_SKIPPED + 1) * NUMBERS_SKIPPED + 1


def new_epoch(now_ns: int) -> int:
    """Return a number that no other store of this gateway has: UTC seconds, then six random digits.

    The digits are for a gateway without a clock that starts at the same second
    each time its storage is replaced. Below 2^53, so that JSON carries it exactly.
    """
    return now_ns // _NS_PER_S * _EPOCHS_PER_S + secrets.randbelow(_EPOCHS_PER_S)
