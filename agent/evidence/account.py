"""Draws up what a store proves: every lane walked, every removal held against its record."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agent.evidence.discord import Discord, discords
from agent.evidence.fates import quarantine_of
from agent.evidence.history import History
from agent.evidence.left_out import left_out
from agent.evidence.noted import Noted
from agent.evidence.refused import refused_readings
from agent.evidence.takings import takings_of
from agent.uplinks.quarantine import PREFIX, Quarantine
from buffering.audit import Break, LaneAccount, LaneWalk, Terms
from buffering.beside import StoreBeside
from buffering.errors import StoreUnusable
from buffering.mark import HighWater
from buffering.ranges import Range, Ranges, subtract
from buffering.record import Lane
from buffering.records import DAMAGE
from buffering.tally import Tally

SIGNED_WITHIN_NS: Final = 600 * 10**9
"""A running agent signs once a minute; what is older and has no signature was not left so by it."""

SALVAGING: Final = "salvaging"
"""The key in `meta` that is there while records of a store that was set aside are still being taken over."""

Tell = Callable[[int, Lane, int], None]
"""Told (epoch, lane, seq) as the walk goes on."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a store proves, and where it does not hold."""

    gateway: str
    epoch: int
    lanes: Sequence[LaneAccount]
    history: History
    keys: Sequence[str]
    trusted: Sequence[str]
    destinations: Sequence[str]
    kept_back: Mapping[str, Quarantine]
    takings: Mapping[str, Noted | None]  # what each destination takes; None: not on record
    is_being_salvaged: bool
    damaged_tables: Sequence[str]
    has_mark: bool
    breaks: Sequence[Break] = field(default=())
    discords: Sequence[Discord] = field(default=())

    def of(self, destination: str) -> Tally:
        """Return what became of everything for one destination."""
        whole = sum((lane.destinations[destination] for lane in self.lanes), Tally())
        whole = whole.without(self.kept_back[destination].unlisted)
        return whole.forgone(self.history.dropped.unlisted(destination))

    @property
    def is_whole(self) -> bool:
        """Whether everything is what was committed."""
        return not (self.breaks or self.discords or self.damaged_tables or self.is_being_salvaged)


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether a signature is the key's (Ed25519, RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def examine(
    store: StoreBeside,
    mark: HighWater | None,
    *,
    only: str | None,
    tell: Tell,
    trusted: Collection[str] = (),
) -> Account:
    """Walk a store from end to end. `mark` was read before the store was opened; `only` is one destination.

    With `trusted` keys (fingerprints) everything is to be vouched for by one of them.
    Raises StoreUnusable: what a store is known by cannot be read. Raises StoreFailed: the disk fails.
    """
    meta, history = store.meta(), History()
    gateway, epoch = meta.get("gateway"), meta.get("epoch")
    if not isinstance(gateway, str) or not isinstance(epoch, int):
        raise StoreUnusable(store.path, "damaged", "meta")
    destinations = [name for name in store.destinations() if only in (None, name)]
    store.check_tables()
    history.catch_up(store)
    given_up = partial(_given_up, store, history, epoch)
    terms = Terms(gateway, store.keys(), verify, destinations, trusted, given_up)
    lanes = [_walked(LaneWalk(store, terms, *place), tell) for place in store.lanes()]
    history.catch_up(store)  # with what was removed while the walk went on
    if mark is not None and mark.gateway != gateway:
        mark = None
    refused = refused_readings(store, history, destinations)
    for lane in lanes:
        for name in destinations if lane.lane is Lane.READING else ():
            own = refused[name]
            counted = lane.destinations[name].without(own.kept_back[lane.epoch])
            lane.destinations[name] = counted.forgone(own.given_up[lane.epoch])
    never_meant = left_out(store, history, destinations)
    for lane in lanes:
        for name in destinations:
            if (amount := never_meant[name].get((lane.epoch, lane.lane))) is not None:
                lane.destinations[name] = lane.destinations[name].apart(amount)
    found = list(discords(store, epoch, lanes, history, mark))
    state = store.state(PREFIX)
    return Account(
        gateway=gateway,
        epoch=epoch,
        lanes=[lane for lane in lanes if lane.last],
        history=history,
        keys=sorted(terms.keys),
        trusted=sorted(trusted),
        destinations=destinations,
        kept_back={name: quarantine_of(name, state) or Quarantine(name, {}) for name in destinations},
        takings={name: takings_of(store, history, name).newest for name in destinations},
        is_being_salvaged=SALVAGING in meta,
        damaged_tables=sorted(store.damaged),
        has_mark=mark is not None,
        discords=found,
        breaks=[
            *(found for lane in lanes for found in lane.breaks),
            *_unsaid(store, lanes, history),
            *_not_understood(lanes, history),
            *_behind(lanes, mark),
            *(_unsigned(lanes) if trusted else ()),
        ],
    )


def _given_up(
    store: StoreBeside, history: History, newest: int, destination: str, epoch: int, lane: Lane
) -> Ranges:
    """Return what a destination will not get, as of now: events are only added to the newest epoch."""
    history.catch_up_in(store, newest)
    return history.given_up(destination, epoch, lane)


def _walked(walk: LaneWalk, tell: Tell) -> LaneAccount:
    while walk.step():
        tell(walk.account.epoch, walk.account.lane, walk.account.last)
    return walk.account


def _unsaid(store: StoreBeside, lanes: Sequence[LaneAccount], history: History) -> Iterator[Break]:
    """Yield what is told as removed by the table, and by no event: the table alone is easily written to."""
    for lane in lanes:
        for gone in lane.removed:
            rest: Ranges = (Range(gone.first, gone.last),)
            for said in history.said(lane.epoch, lane.lane):
                rest = subtract(rest, said)
            for one in rest:
                since_ns = _time_before(store, lane, one.first)
                if not _may_have_been_said(lanes, since_ns):
                    yield Break("unsaid", lane.epoch, lane.lane, one.first, one.last or one.first, since_ns)


def _time_before(store: StoreBeside, lane: LaneAccount, seq: int) -> int | None:
    """Return the time of the newest record before `seq` that is still there."""
    if not any(span.first < seq for span in lane.held):
        return None
    return store.last_ns(lane.epoch, lane.lane, 1, seq - 1)


def _may_have_been_said(lanes: Sequence[LaneAccount], since_ns: int | None) -> bool:
    """Whether the event that told of a removal can be gone itself.

    It came after the records that were removed. So if those are younger than the oldest
    event that is there, it would be there, too, unless damage took it.
    """
    events = [lane for lane in lanes if lane.lane is Lane.EVENT]
    if any(gone.cause == DAMAGE for lane in events for gone in lane.removed):
        return True
    if not any(lane.removed for lane in events):
        return False
    oldest_ns = min((lane.from_ns for lane in events if lane.from_ns is not None), default=None)
    return since_ns is None or oldest_ns is None or since_ns < oldest_ns


def _not_understood(lanes: Sequence[LaneAccount], history: History) -> Iterator[Break]:
    """Yield events that are what was committed, and make no sense all the same."""
    broken = {
        (found.epoch, found.first) for lane in lanes for found in lane.breaks if lane.lane is Lane.EVENT
    }
    for epoch, seq, at_ns in history.unreadable:
        if (epoch, seq) not in broken:
            yield Break("not-understood", epoch, Lane.EVENT, seq, seq, at_ns, at_ns)


def _behind(lanes: Sequence[LaneAccount], mark: HighWater | None) -> Iterator[Break]:
    """Yield the newest records that the mark knows of and the store lacks, be it a whole lane."""
    if mark is None:
        return
    known = {lane.lane: lane for lane in lanes if lane.epoch == mark.epoch}
    for lane in Lane:
        found, head = known.get(lane, LaneAccount(mark.epoch, lane)), mark.heads.get(lane.value, 0)
        if found.last < head:
            yield Break("behind-mark", mark.epoch, lane, found.last + 1, head, found.to_ns)


def _unsigned(lanes: Sequence[LaneAccount]) -> Iterator[Break]:
    """Yield what no trusted head vouches for, but for the newest of each epoch, which waited for its turn."""
    newest_ns: dict[int, int] = {}
    for lane in lanes:
        newest_ns[lane.epoch] = max(newest_ns.get(lane.epoch, 0), lane.to_ns or 0)
    is_signed = any(lane.newest_head is not None for lane in lanes)
    for lane in lanes:
        since_ns = lane.unsigned_ns
        if since_ns is None or (is_signed and newest_ns[lane.epoch] - since_ns <= SIGNED_WITHIN_NS):
            continue
        first = lane.newest_head.seq + 1 if lane.newest_head is not None else 1
        yield Break("unsigned", lane.epoch, lane.lane, first, lane.last, since_ns, lane.to_ns)
