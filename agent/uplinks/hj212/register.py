"""Request numbers (QN) of HJ 212: one names one content for ever, and a repeat has that of its first attempt.

A QN is a time of day in milliseconds, and a station that has one already may take what comes under it for
a repeat. So it is no more than the present moment where that is free: what was given is on record beside
the log before it is used, as stretches of time and with what the newest of them were given for. After a
restart, a halving, `resend` or a clock set back no other content comes under a QN that was used.

Times are those of the plant's wall clock: in the hour that comes twice a year in some zones none is
given twice either.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from agent.taken_up import taken_up
from agent.uplinks.uplink import Parcel
from drivers.clock import Clock

Keep = Callable[[str, bytes], Awaitable[None]]
"""Writes a key beside the log; done when it is durable."""

STATE_PREFIX: Final = "qn/"
GIVEN_MAX: Final = 256
"""Parcels whose QN is known; of those not acknowledged there are a few, each in a few parts."""
SPANS_MAX: Final = 64
NEAR_MS: Final = 60_000
"""Stretches no further apart are one: what lies between them is not needed any more."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Beside:
    """The keys beside the log, and how one of them is written."""

    stored: Mapping[str, bytes]
    keep: Keep


class Register:
    """The QNs of one destination. Not for two callers at once."""

    def __init__(self, destination: str, beside: Beside, clock: Clock, zone: ZoneInfo) -> None:
        self._key = STATE_PREFIX + destination
        self._keep, stored = beside.keep, beside.stored
        self._clock = clock
        self._zone = zone
        spans, given = taken_up(stored, self._key, _unpack) or ([], {})
        self._spans: list[tuple[int, int]] = spans
        self._given: dict[str, int] = given  # oldest first

    async def first_of(self, parcel: Parcel, areas: int) -> int:
        """Return the number of a parcel's first area; its others follow it. Durable when it returns.

        Raises StoreFailed.
        """
        of = blake2b(parcel.id.bytes + parcel.body, digest_size=8).hexdigest()
        if (known := self._given.get(of)) is not None:
            return known
        first = self._take(areas)
        self._given[of] = first
        while len(self._given) > GIVEN_MAX:
            del self._given[next(iter(self._given))]
        is_durable = False
        try:
            await self._keep(self._key, orjson.dumps({"spans": self._spans, "given": self._given}))
            is_durable = True
        finally:
            if not is_durable:
                self._given.pop(of, None)
        return first

    def next(self) -> int:
        """Return what the next parcel would get."""
        return self._free(1)

    def _take(self, count: int) -> int:
        first = self._free(count)
        spans = sorted([*self._spans, (first, first + count - 1)])
        while (closest := _closest(spans, NEAR_MS if len(spans) <= SPANS_MAX else None)) is not None:
            spans[closest : closest + 2] = [(spans[closest][0], spans[closest + 1][1])]
        self._spans = spans
        return first

    def _free(self, count: int) -> int:
        first = self._now()
        for begun, ended in self._spans:
            if begun < first + count and first <= ended:
                first = ended + 1
        return first

    def _now(self) -> int:
        local = datetime.fromtimestamp(self._clock.now_ns() // 10**6 / 1e3, self._zone)
        return (local.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def written(number: int) -> str:
    """Return a QN as it stands in a segment: yyyyMMddHHmmsszzz."""
    return (_EPOCH + timedelta(milliseconds=number)).strftime("%Y%m%d%H%M%S%f")[:-3]


def _closest(spans: list[tuple[int, int]], at_most: int | None) -> int | None:
    """Return the place of the two neighbours with the least between them; None: all are further apart."""
    gaps = [after[0] - before[1] for before, after in pairwise(spans)]
    if not gaps or (at_most is not None and min(gaps) > at_most):
        return None
    return gaps.index(min(gaps))


def _unpack(packed: bytes) -> tuple[list[tuple[int, int]], dict[str, int]]:
    known = orjson.loads(packed)
    spans = [(int(first), int(last)) for first, last in known["spans"]]
    return spans, {str(of): int(number) for of, number in known["given"].items()}
