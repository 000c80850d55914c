"""Which records have to go, and how they go: decided as a plan, carried out in slices.

By age: whatever its lane keeps no longer, sent or not. By size: readings that
everybody has, then the oldest unsent readings, then events, alarms last; within
each, oldest first. Never the newest record of a lane, which carries its head;
never what a message holds, which is sent as it was cut.

One transaction decides, gives up what was still to be sent, says so on record and
removes the first slice; the rest follows slice by slice. After a crash in between,
what was given up is nobody's any more, and goes with the next plan.

Times are taken at their word only where they can be true. A clock that was wrong
for an hour, whether it said 1970 or next year, has records of just now look old,
or old ones new: a record is old only if it, or one after it, has a time that is
past, old, and not before there were gateways.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from buffering.ledger import Ledger
from buffering.notices import AGE, DISK_FULL, MAX_BACKLOG, SIZE, GivenUp, Pruned
from buffering.quota import excess, is_disks, used
from buffering.ranges import Range, Ranges, count, merge, subtract
from buffering.record import Lane, Message
from buffering.records import Times
from buffering.status import Keeping
from buffering.stock import give_up, given_up, in_messages, intersect, pending, remove, stored, without
from buffering.store import Store

SLICE_RECORDS: Final = 256  # one slice takes less than 5 ms: 256 small records, or half a megabyte
SLICE_BYTES: Final = 512_000
RELIEF_BYTES: Final = 4_000_000  # on a full disk nothing is more pressing
RELIEF_SHARE: Final = 8  # of a small store no more than an eighth at a time
RECORD_BYTES: Final = 300  # a record beside its payload, index included
LATENESS_SHARE: Final = 30  # what is to be kept for 30 days goes within a day after that, all at once
STRIDE: Final = 512  # records between two looks at a time
LOOKS_MAX: Final = 256
PLAUSIBLE_NS: Final = 1_577_836_800 * 10**9  # 2020-01-01: a time before is a clock that was wrong
NS_PER_S: Final = 1_000_000_000

EVENTS_BYTES_MIN: Final = (
    2000  # an event tells of each removal: for less, one would only take the other's place
)

ORDER: Final = (
    (Lane.READING, False),
    (Lane.READING, True),
    (Lane.EVENT, False),
    (Lane.EVENT, True),
    (Lane.ALARM, False),
    (Lane.ALARM, True),
)
"""What makes room for new records, first to last: (lane, whether it was still to be sent)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Records that are to be removed and that nobody is to get any more; `unparked` were on a message."""

    epoch: int
    lane: Lane
    ranges: Ranges
    cause: str
    unparked: tuple[Message, ...] = ()


def decide(ledger: Ledger, keeping: Keeping, now_ns: int, *, trust_time: bool, relief: bool) -> Plan | None:
    """Return what is to be removed next, already given up and put on record; None if nothing is.

    `trust_time` allows what follows from the time of day. `relief` is for a disk
    that is full: some room has to be made, whatever the quota says.
    """
    plan = _by_age(ledger, keeping, now_ns) if trust_time else None
    if plan is None and trust_time:
        _bound_backlogs(ledger, keeping, now_ns)
    if plan is None:
        space = ledger.store.space()
        bytes_over = excess(space, keeping.size_bytes)
        if relief:
            bytes_over = max(bytes_over, min(RELIEF_BYTES, used(space) // RELIEF_SHARE), 1)
        cause = DISK_FULL if is_disks(space, keeping.size_bytes) else SIZE
        plan = _by_size(ledger, bytes_over, cause, EVENTS_BYTES_MIN) if bytes_over else None
    if plan is None:
        return None
    return _begin(ledger, plan, now_ns, RELIEF_BYTES if relief else SLICE_BYTES)


def go_on(ledger: Ledger, plan: Plan, bytes_max: int = SLICE_BYTES) -> Plan:
    """Remove a slice; return what is left of the plan. What was asked for again meanwhile stays."""
    store, room = ledger.store, bytes_max
    asked_for = (*_wanted(ledger, plan.epoch, plan.lane), *in_messages(store, plan.epoch, plan.lane))
    left = without(plan.ranges, asked_for)
    while left and room > 0:
        gone, bytes_gone = _slice(store, plan, left[0], room)
        remove(store, plan.epoch, plan.lane, gone)
        left = subtract(left, gone)
        room -= bytes_gone
    return replace(plan, ranges=left)


def _slice(store: Store, plan: Plan, span: Range, bytes_max: int) -> tuple[Range, int]:
    """Return the front of `span` that fits into a slice, at least one record, and what it weighs."""
    assert span.last is not None, span
    last, weight = span.first, 0
    for seq, size in store.sizes(plan.epoch, plan.lane, span.first, span.last, limit=SLICE_RECORDS):
        if weight and weight + size > bytes_max:
            break
        last, weight = seq, weight + size + SLICE_BYTES // SLICE_RECORDS
    return Range(span.first, last), weight


def _begin(ledger: Ledger, plan: Plan, now_ns: int, bytes_max: int) -> Plan:
    """Give up what was still to be sent, remove the first slice, and put both on record.

    Removing comes first: at the quota there is no room for a record about it.
    """
    store, end = ledger.store, plan.ranges[-1].last
    assert end is not None, plan
    chain = store.at(plan.epoch, plan.lane, end).chain
    notices = [
        notice
        for span in plan.ranges
        for name in ledger.destinations
        for notice in give_up(store, name, plan.epoch, plan.lane, span, plan.cause)
    ]
    notices += [notice for message in plan.unparked for notice in _unpark(store, message)]
    left = go_on(ledger, plan, bytes_max)
    for notice in notices:
        ledger.note(notice, now_ns)
    ledger.note(Pruned(plan.epoch, plan.lane, plan.ranges, chain, plan.cause), now_ns)
    return left


def _unpark(store: Store, message: Message) -> Iterator[GivenUp]:
    store.delete_message(message.destination, message.number)
    span = Range(message.first, message.last)
    yield from given_up(store, message.destination, message.epoch, message.lane, span, AGE)


# By age


def _by_age(ledger: Ledger, keeping: Keeping, now_ns: int) -> Plan | None:
    for lane in Lane:
        age_s = keeping.age_s(lane)
        for epoch in ledger.whole_epochs() if age_s is not None else ():
            assert age_s is not None
            plan = _older(ledger.store, epoch, lane, now_ns, round(age_s * NS_PER_S))
            if plan is not None:
                return plan
    return None


def _older(store: Store, epoch: int, lane: Lane, now_ns: int, age_ns: int) -> Plan | None:
    parked = [each.message for each in store.messages() if each.parked is not None]
    mine = [each for each in parked if (each.epoch, each.lane) == (epoch, lane)]
    on_their_way = without(in_messages(store, epoch, lane), [Range(m.first, m.last) for m in mine])
    there = without(_removable(store, epoch, lane), on_their_way)
    last = _last_older(store, epoch, lane, there, now_ns, age_ns)
    if last is None:
        return None
    gone = intersect(there, Range(0, last))
    unparked = tuple(message for message in mine if message.last <= last)
    kept = [Range(message.first, message.last) for message in mine if message.last > last]
    ranges = without(gone, kept)
    return Plan(epoch, lane, ranges, AGE, unparked) if ranges else None


def _last_older(store: Store, epoch: int, lane: Lane, there: Ranges, now_ns: int, age_ns: int) -> int | None:
    """Return the last record up to which all is older than `age_ns`; None until it is worth the while."""
    if not there or there[-1].last is None:
        return None
    first, last, cutoff_ns = there[0].first, there[-1].last, now_ns - age_ns
    oldest = _plausible(store.times(epoch, lane, first, last, limit=STRIDE), now_ns)
    if not oldest or oldest[0].last_ns >= cutoff_ns - age_ns // LATENESS_SHARE:
        return None
    found, seq = first - 1, first
    for _ in range(LOOKS_MAX):
        look = store.times(epoch, lane, seq, last, limit=1)
        plausible = _plausible(look, now_ns)
        if not look or (plausible and plausible[0].last_ns >= cutoff_ns):
            break
        found = plausible[0].seq if plausible else found
        seq = look[0].seq + STRIDE
    for each in _plausible(store.times(epoch, lane, found + 1, last, limit=STRIDE), now_ns):
        if each.last_ns >= cutoff_ns:
            break
        found = each.seq
    return found if found >= first else None


def _plausible(times: Sequence[Times], now_ns: int) -> list[Times]:
    return [each for each in times if PLAUSIBLE_NS <= each.last_ns <= now_ns]


def _bound_backlogs(ledger: Ledger, keeping: Keeping, now_ns: int) -> None:
    """Give up readings that are too old for a destination; they stay in the store."""
    store = ledger.store
    for name, age_s in keeping.backlog_s.items():
        for epoch in ledger.whole_epochs() if name in ledger.destinations else ():
            there = pending(store, name, epoch, Lane.READING)
            last = _last_older(store, epoch, Lane.READING, there, now_ns, round(age_s * NS_PER_S))
            if last is not None:
                lost = give_up(store, name, epoch, Lane.READING, Range(0, last), MAX_BACKLOG)
                for notice in list(lost):
                    ledger.note(notice, now_ns)


# By size


def _by_size(ledger: Ledger, bytes_over: int, cause: str = SIZE, events_min: int = 0) -> Plan | None:
    for lane, unsent in ORDER:
        for epoch in ledger.whole_epochs():
            there = without(_removable(ledger.store, epoch, lane), in_messages(ledger.store, epoch, lane))
            if not unsent:
                there = without(there, _wanted(ledger, epoch, lane))
            if there and (lane is not Lane.EVENT or _weight(ledger.store, epoch, there) >= events_min):
                number = _records_in(ledger.store, epoch, lane, there, bytes_over)
                return Plan(epoch, lane, _front(there, number), cause)
    return None


def _weight(store: Store, epoch: int, events: Ranges) -> int:
    """Return the bytes of the first few events."""
    assert events[-1].last is not None, events
    sizes = store.sizes(epoch, Lane.EVENT, events[0].first, events[-1].last, limit=64)
    return sum(size for _, size in sizes)


def _wanted(ledger: Ledger, epoch: int, lane: Lane) -> Ranges:
    """Return what any destination has still to get."""
    return merge(each for name in ledger.destinations for each in pending(ledger.store, name, epoch, lane))


def _records_in(store: Store, epoch: int, lane: Lane, there: Ranges, bytes_wanted: int) -> int:
    """Estimate how many records make up so many bytes, from the first few; at least one."""
    assert there[0].last is not None, there
    sizes = store.sizes(epoch, lane, there[0].first, there[0].last, limit=64)
    average = sum(size for _, size in sizes) / len(sizes) + RECORD_BYTES
    return max(1, round(bytes_wanted / average))


def _front(ranges: Ranges, number: int) -> Ranges:
    """Return the first `number` of the numbers in `ranges`."""
    front: list[Range] = []
    for one in ranges:
        assert one.last is not None, one
        room = number - count(front)
        if room <= 0:
            break
        front.append(Range(one.first, min(one.last, one.first + room - 1)))
    return tuple(front)


def _removable(store: Store, epoch: int, lane: Lane) -> Ranges:
    """Return what is there but for the newest record."""
    head = store.head(epoch, lane)
    return subtract(stored(store, epoch, lane), Range(head.seq, None)) if head else ()
