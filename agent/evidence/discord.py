"""Whether the tables of a store, its chain and the mark beside it agree with each other.

Each of these can be written to by itself. What is told here has no place in a lane.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.evidence.fates import quarantine_of
from agent.evidence.history import History
from agent.evidence.noted import Noted
from agent.evidence.refusals import Place, SaidKept
from agent.uplinks.quarantine import PREFIX, Quarantine
from buffering.audit import LaneAccount
from buffering.beside import StoreBeside
from buffering.mark import HighWater
from buffering.ranges import has
from buffering.record import Lane
from buffering.schema import strange_objects

GONE: Final = "destination-gone"

Messages = Mapping[int, Place]
"""Records, by number."""


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
    for name in sorted(tables.destinations or ()):
        yield from _kept_back(name, tables, history, store.damaged)
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
    messages: Mapping[str, Messages]  # by destination
    quarantines: Mapping[str, bytes]


def _tables(store: StoreBeside, history: History) -> _Tables:
    history.catch_up(store)
    names = set(store.destinations())
    strangers = {table: store.strangers(table) for table in ("pending", "message")}
    messages = {name: store.messages(name) for name in names}
    is_readable = "destination" not in store.damaged
    return _Tables(names if is_readable else None, strangers, messages, store.state(PREFIX))


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


def _kept_back(name: str, tables: _Tables, history: History, damaged: Collection[str]) -> Iterator[Discord]:
    """What events say is kept back is kept back: else it would count as confirmed, in silence."""
    said = history.destinations.refusals.kept.get(name, SaidKept())
    quarantine = quarantine_of(name, tables.quarantines)
    if quarantine is None:
        yield Discord("kept-back-unknown", name)
    elif "state" not in damaged:
        for what, noted in _not_kept(said, quarantine):
            yield Discord("kept-back-gone", f"{name}: {what} ({_event(noted)})")
    for number, (place, noted) in said.messages.items() if "message" not in damaged else ():
        if tables.messages[name].get(number) != place and not _is_over(name, place, history):
            yield Discord("parked-gone", f"{name}: {number} ({_event(noted)})")


def _not_kept(said: SaidKept, quarantine: Quarantine) -> Iterator[tuple[str, Noted]]:
    for point, noted in said.points.items():
        if point not in quarantine.parked:
            yield point, noted
    listed = {(each.point, each.epoch, each.seq) for each in quarantine.readings}
    for given, noted in said.readings.items():
        if given not in listed and not quarantine.unlisted:  # those beyond the first few are only counted
            point, epoch, seq = given
            yield f"{point} {epoch}/{seq}", noted


def _is_over(name: str, place: Place, history: History) -> bool:
    """Whether a message's record is told as given up, removed or lost, and the message went with it."""
    epoch, lane, seq = place[0], Lane(place[1]), place[2]
    return has(history.given_up(name, epoch, lane), seq) or has(history.said(epoch, lane), seq)


def _event(noted: Noted) -> str:
    return f"event {noted.epoch}/{noted.seq}"


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
