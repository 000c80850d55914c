"""Opening a store: as it was, under a new epoch, or anew beside what could not be gone on with.

A store is gone on with if it is whole, and not older than its mark. One that was
copied or put back as a whole, or that has records and no mark of their epoch, goes
on in place, under a new epoch: what bears the old one may exist twice. One that is
damaged, or behind its mark, is set aside, and its records are salvaged into a new
store, in the background.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from buffering import destinations
from buffering.database import FILE, lock
from buffering.disk import DISK_FULL, Ballast, sync_folder
from buffering.epoch import begin_epoch, identify
from buffering.errors import StoreFailed, StoreUnusable
from buffering.exchange import Opening
from buffering.heads import newest
from buffering.ledger import TELL_NS, Ledger, Terms
from buffering.mark import HighWater, Mark, is_behind
from buffering.notices import COPIED, DAMAGED, MISSING, SET_BACK, UNMARKED, EpochBegun, StateDamaged
from buffering.record import Lane
from buffering.recover import Aside, finish, set_aside, unfinished
from buffering.remains import read_remains
from buffering.scrub import damage
from buffering.status import Opened
from buffering.store import Store

DAMAGED_STATE: Final = "damaged/"
"""Before the key of a value that was found damaged."""

OpenStore = Callable[[Path], Store]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a store is not gone on with as it is."""

    cause: str  # of notices.EpochBegun
    detail: str = ""
    let_go: Callable[[], None] = lambda: None  # of the files, once they are moved away


def open_ledger(folder: Path, terms: Terms, open_store: OpenStore) -> tuple[Ledger, Opening]:
    """Open the store in `folder`, or make one. Raises StoreUnusable."""
    path = folder / FILE
    try:
        aside = _under_lock(folder, unfinished)
        mark = Mark(folder)
        found = mark.read()
        store, fault = _open(folder, terms, open_store, found)
        if store is None or (fault is not None and fault.cause in (DAMAGED, SET_BACK)):
            assert fault is not None
            return _replace(folder, terms, open_store, store, fault, mark)
        if aside is not None and store.created:  # the crash was between the old store and the new one
            fault = Fault(DAMAGED, "the move was begun by the run before")
        return _settle(store, terms, fault, aside if store.created else None, mark)
    except StoreFailed as failed:
        raise StoreUnusable(path, failed.reason, failed.detail) from failed


def replace_damaged(
    terms: Terms, open_store: OpenStore, ledger: Ledger, detail: str
) -> tuple[Ledger, Opening]:
    """Set aside the store of a ledger that is in use and found damaged; go on in a new one.

    Raises StoreUnusable: the old one is not set aside, or the new one cannot be made.
    """
    folder = ledger.store.path.parent
    try:
        mark = Mark(folder)
        mark.read()
        fault = Fault(DAMAGED, detail)
        successor, opening = _replace(folder, terms, open_store, ledger, fault, mark)
    except StoreFailed as failed:
        raise StoreUnusable(ledger.store.path, failed.reason, failed.detail) from failed
    successor.inherit(ledger)
    return successor, opening


def _under_lock(folder: Path, work: Callable[[Path], Path | None]) -> Path | None:
    descriptor = lock(folder)
    try:
        return work(folder)
    finally:
        os.close(descriptor)


def _open(
    folder: Path, terms: Terms, open_store: OpenStore, found: tuple[HighWater, bool] | None
) -> tuple[Store | None, Fault | None]:
    try:
        store = _with_room(folder, open_store)
    except StoreUnusable as unusable:
        if unusable.reason == "damaged":
            return None, Fault(DAMAGED, unusable.detail, unusable.let_go)
        raise
    try:
        if store.created:
            return store, None if found is None else Fault(MISSING)
        return store, _fault(store, terms.gateway, found)
    except (StoreFailed, StoreUnusable):
        store.close()
        raise


def _with_room(folder: Path, open_store: OpenStore) -> Store:
    """Open the store; on a full disk in the room of its ballast. Raises StoreUnusable."""
    ballast = Ballast(folder)
    try:
        return open_store(folder)
    except StoreUnusable as unusable:
        if unusable.reason != DISK_FULL or not ballast.size:
            raise
        ballast.throw()
        return open_store(folder)


def _fault(store: Store, gateway: str, found: tuple[HighWater, bool] | None) -> Fault | None:
    try:
        meta = store.meta()
    except StoreFailed as failed:
        if failed.reason != "damaged":
            raise
        return Fault(DAMAGED, failed.detail)
    if isinstance(meta.get("gateway"), str) and meta["gateway"] != gateway:
        raise StoreUnusable(store.path, "other-gateway", str(meta["gateway"]))
    wrong = damage(store)
    if wrong is not None:
        return Fault(DAMAGED, wrong)
    epoch: int = meta["epoch"]
    if found is None or found[0].gateway != gateway or found[0].epoch < epoch:
        # A store that is still empty has given no names: the crash was before its first mark.
        return Fault(UNMARKED) if store.epochs() else None
    high_water, is_ours = found
    heads = {lane.value: head.seq for lane in Lane if (head := store.head(epoch, lane)) is not None}
    if is_behind(high_water, epoch, heads, store.destinations()):
        return Fault(SET_BACK)
    return None if is_ours else Fault(COPIED)


def _replace(
    folder: Path, terms: Terms, open_store: OpenStore, old: Store | Ledger | None, fault: Fault, mark: Mark
) -> tuple[Ledger, Opening]:
    """Set the files aside and begin a new store. Raises StoreFailed, StoreUnusable."""
    if old is None:
        _check_gateway(folder, terms.gateway)
    else:
        set_aside(folder)
        old.abandon()
    aside = _under_lock(folder, lambda each: unfinished(each) or set_aside(each))
    fault.let_go()
    return _settle(open_store(folder), terms, fault, aside, mark)


def _check_gateway(folder: Path, ours: str) -> None:
    """Raise StoreUnusable for another gateway's store, though it may not open any more; StoreFailed.

    Never called while SQLite has the file open for use: closing a descriptor of it
    lets go of all of the process's locks on it.
    """
    try:
        gateway = read_remains(folder / FILE).gateway
    except FileNotFoundError:  # it is moved already: the attempt before did not get further
        return
    except OSError as error:
        raise StoreFailed("io-error", str(error)) from error
    if gateway not in (None, ours):
        raise StoreUnusable(folder / FILE, "other-gateway", str(gateway))


def _settle(
    store: Store, terms: Terms, fault: Fault | None, aside: Path | None, mark: Mark
) -> tuple[Ledger, Opening]:
    """Make the first transaction. Raises StoreFailed, StoreUnusable; the store is closed then."""
    try:
        found = mark.read()
        high_water = found[0] if found is not None else None
        if store.created:
            known = fault is not None and fault.cause == DAMAGED
            identify(store, terms, aside, high_water, are_numbers_known=known)
        else:
            store.begin()
            if fault is not None:
                begin_epoch(store, terms.now_ns)
        ledger, opening = _tell(store, terms, fault, aside, mark)
        if store.created:
            sync_folder(store.path.parent)
        if high_water is None or high_water.epoch != ledger.epoch:
            mark.establish()
        finish(store.path.parent)
    except OSError as error:
        store.close()
        raise StoreFailed("io-error", str(error)) from error
    except (StoreFailed, StoreUnusable):
        store.close()
        raise
    return ledger, opening


def _tell(
    store: Store, terms: Terms, fault: Fault | None, aside: Path | None, mark: Mark
) -> tuple[Ledger, Opening]:
    meta = store.meta()
    if meta["gateway"] != terms.gateway:
        raise StoreUnusable(store.path, "other-gateway", str(meta["gateway"]))
    last_ns = _last_commit_ns(store, meta)
    ledger = Ledger(store, meta["epoch"], terms, mark)
    salvage = Aside.of(store)
    ledger.salvaging = salvage is not None
    if fault is not None:
        before = meta.get("epoch_before")
        name = aside.name if aside else None
        ledger.note(EpochBegun(ledger.epoch, before, fault.cause, name, fault.detail), terms.now_ns)
    for key, value in store.unsound_state().items():
        ledger.note(StateDamaged(key, f"{DAMAGED_STATE}{key}"), terms.now_ns)
        store.put_state(key, None)
        store.put_state(f"{DAMAGED_STATE}{key}", value)
    for notice in destinations.settle(store, ledger.epoch, ledger.destinations, terms.keeping):
        ledger.note(notice, terms.now_ns)
    opening = Opening(
        opened=Opened(
            ledger.epoch,
            store.created,
            last_ns,
            ledger.heads(),
            fault.cause if fault else None,
            salvage.name if salvage else None,
        ),
        state=store.state(),
        outgoing=tuple(
            each for each in ledger.reopened() if salvage is None or each.message.epoch == ledger.epoch
        ),
        snapshot=ledger.snapshot(),
        signed=tuple(newest(store, ledger.epoch)),
        held=frozenset((m.destination, m.number) for m in (each.message for each in ledger.reopened())),
        folder=store.path.parent,
        aside=salvage,
    )
    ledger.commit(opening.snapshot)
    return ledger, opening


def _last_commit_ns(store: Store, meta: Mapping[str, Any]) -> int | None:
    """Return when the last commit was: as it was written, or as records say that came soon after."""
    told_ns: int | None = meta.get("last_commit_ns")
    if told_ns is None:
        return None
    epoch = meta["epoch"]
    heads = {lane: store.head(epoch, lane) for lane in Lane}
    newest_ns = [store.last_ns(epoch, lane, head.seq, head.seq) for lane, head in heads.items() if head]
    return max((ns for ns in newest_ns if 0 < ns - told_ns <= TELL_NS), default=told_ns)
