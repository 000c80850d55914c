"""Whether the tables of a store, its chain and the mark beside it agree with each other.

Each of these can be written to by itself. What is told here has no place in a lane.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.evidence.history import History
from buffering.audit import LaneAccount
from buffering.beside import StoreBeside
from buffering.mark import HighWater
from buffering.record import Lane
from buffering.schema import strange_objects

GONE: Final = "destination-gone"


@dataclass(frozen=True, slots=True)
class Discord:
    """Something that contradicts something else; `what` is a code, `detail` names it."""

    what: str
    detail: str


def discords(
    store: StoreBeside, epoch: int, lanes: Sequence[LaneAccount], history: History, mark: HighWater | None
) -> Iterator[Discord]:
    """Yield what does not agree; `epoch` is what `meta` says, `mark` this gateway's. Raises StoreFailed."""
    for what, name in strange_objects(store.objects()):
        yield Discord(what, name)
    yield from _epochs(epoch, lanes, history)
    tables = store.at_one_moment(lambda: _tables(store, history))
    yield from _destinations(tables, history, mark if mark is not None and mark.epoch == epoch else None)
    for name, lane in store.awaiting_nothing():
        yield Discord("not-awaited", f"{name}, {lane}")
    if mark is not None and mark.epoch == epoch:
        for name, number in store.next_numbers().items():
            if number < mark.numbers.get(name, 0):
                yield Discord("numbers-behind", f"{name}: {number} < {mark.numbers[name]}")
    if mark is not None and mark.epoch > epoch:
        yield Discord("epoch", f"{epoch}, {mark.epoch}")


@dataclass(frozen=True, slots=True)
class _Tables:
    """What stands in tables, and all events by that moment are taken."""

    destinations: set[str] | None  # None: they cannot be read
    strangers: Mapping[str, set[str]]  # by table


def _tables(store: StoreBeside, history: History) -> _Tables:
    history.catch_up(store)
    names = set(store.destinations())
    strangers = {table: store.strangers(table) for table in ("pending", "message")}
    return _Tables(None if "destination" in store.damaged else names, strangers)


def _destinations(tables: _Tables, history: History, mark: HighWater | None) -> Iterator[Discord]:
    """Whoever is named elsewhere is in the table. Without a row there nobody counts what he is to get.

    The mark was read before the store, so that who left since is named by it still.
    """
    if tables.destinations is None:
        return
    told = history.destinations
    marked = set(mark.numbers) - told.gone if mark is not None else set()
    naming = {"mark": marked, "event": told.there, **tables.strangers}
    for name in sorted(set().union(*naming.values()) - tables.destinations):
        yield Discord(GONE, f"{name} ({', '.join(by for by in naming if name in naming[by])})")


def _epochs(epoch: int, lanes: Sequence[LaneAccount], history: History) -> Iterator[Discord]:
    """An epoch begins with an event in itself, and the newest is the one in `meta`."""
    with_records = sorted({lane.epoch for lane in lanes if lane.last})
    if with_records and with_records[-1] != epoch:
        yield Discord("epoch", f"{epoch}, {with_records[-1]}")
    said = {noted.content.get("epoch") for noted in history.epochs}
    for each in with_records[1:]:
        if each not in said and not _may_be_gone(each, lanes):
            yield Discord("epoch-unsaid", str(each))


def _may_be_gone(epoch: int, lanes: Sequence[LaneAccount]) -> bool:
    """Whether the event that began an epoch can have been removed, or cannot be read."""
    events = [lane for lane in lanes if (lane.epoch, lane.lane) == (epoch, Lane.EVENT)]
    return any(gone.first == 1 for lane in events for gone in lane.removed) or any(
        each.first == 1 for lane in events for each in lane.breaks
    )
