"""Whether the tables of a store, its chain and the mark beside it agree with each other.

Each of these can be written to by itself. What is told here has no place in a lane.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.evidence.history import History
from buffering.audit import LaneAccount
from buffering.beside import StoreBeside
from buffering.mark import HighWater
from buffering.record import Lane
from buffering.schema import strange_objects


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
    for name, lane in store.awaiting_nothing():
        yield Discord("not-awaited", f"{name}, {lane}")
    if mark is not None and mark.epoch == epoch:
        for name, number in store.next_numbers().items():
            if number < mark.numbers.get(name, 0):
                yield Discord("numbers-behind", f"{name}: {number} < {mark.numbers[name]}")
    if mark is not None and mark.epoch > epoch:
        yield Discord("epoch", f"{epoch}, {mark.epoch}")


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
