"""Records that should be there: numbers between two that are, of which nothing says that they were removed.

This is by headers alone, quick enough for a page about a day. What was changed, or cut off
at the end, is found by walking the chain: `edge-agent audit verify`.
"""

from collections.abc import Sequence
from functools import partial

from agent.evidence.readings import TIMES_AT_ONCE, Period
from agent.evidence.surviving import past_damage
from buffering.beside import SEQ_MAX, StoreBeside
from buffering.ranges import Range, count, subtract
from buffering.record import Lane
from buffering.records import Times


def is_thinned(store: StoreBeside, period: Period) -> bool:
    """Whether readings that were removed can have been of this time, by those on either side.

    Raises StoreFailed: the disk fails.
    """
    lane = Lane.READING
    for epoch in {epoch for epoch, _ in store.lanes()}:
        for gone in store.removed(epoch, lane):
            after = store.times(epoch, lane, gone.last + 1, SEQ_MAX, limit=1)
            if not after or after[0].first_ns <= period.from_ns:
                continue
            is_first = not store.times(epoch, lane, 1, gone.first - 1, limit=1)
            if is_first or store.last_ns(epoch, lane, 1, gone.first - 1) < period.to_ns:
                return True
    return False


def missing_records(store: StoreBeside, period: Period) -> int:
    """Return how many records are missing that can have been of a time. Raises StoreFailed."""
    return sum(_missing(store, epoch, lane, period) for epoch, lane in store.lanes())


def _missing(store: StoreBeside, epoch: int, lane: Lane, period: Period) -> int:
    missing, following, before_ns = 0, 1, period.from_ns
    for each in past_damage(partial(_times, store, epoch, lane), 1, limit=TIMES_AT_ONCE):
        seq = each if isinstance(each, int) else each.seq
        after_ns = each.first_ns if isinstance(each, Times) else before_ns
        if seq > following and before_ns < period.to_ns and after_ns >= period.from_ns:
            left: Sequence[Range] = (Range(following, seq - 1),)
            for gone in store.removed(epoch, lane):
                left = subtract(left, Range(gone.first, gone.last))
            missing += count(left)
        following, before_ns = seq + 1, each.last_ns if isinstance(each, Times) else before_ns
    return missing


def _times(store: StoreBeside, epoch: int, lane: Lane, first: int, limit: int) -> Sequence[Times]:
    return store.times(epoch, lane, first, SEQ_MAX, limit=limit)
