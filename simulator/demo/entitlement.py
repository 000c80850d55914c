"""What a destination is entitled to under its policy, and what of it has come.

Of readings goes what its policy owes it (policy.py), whatever their quality, with
the point under its external code where the destination has one; every alarm and
every event goes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulator.demo.books import Books, ReceivedReading
from simulator.demo.policy import Owed
from simulator.demo.store_reader import RecordIdentity, Store, StoredReading, Unsent

_TIME_STEP_NS: Final = 1_000_000  # the ministry's layout tells time in milliseconds
NUMBERS_SKIPPED: Final = 1_000_000
_NOTHING: Final = Unsent(frozenset(), {})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One destination's balance. All sequences are empty when it has what it is entitled to.

    `left_readings` and `left_records` were accepted after everything had been
    delivered and while the agent was stopping; the store holds them as still to
    be sent, so that they go out at the next start. `taken_readings` went with
    damage to the store before they could be sent; gap records tell of them.
    """

    entitled_readings: int
    entitled_records: int
    received_readings: int
    left_readings: int
    left_records: int
    missing_readings: Sequence[StoredReading]
    missing_records: Sequence[RecordIdentity]
    contradicted: Sequence[Sequence[object]]
    never_accepted: Sequence[Sequence[object]]
    missing_numbers: Sequence[int]
    taken_readings: int = 0

    @property
    def complete(self) -> bool:
        """Whether the destination has everything, unaltered, and nothing else."""
        return not (
            self.missing_readings
            or self.missing_records
            or self.contradicted
            or self.never_accepted
            or self.missing_numbers
        )


def balance(
    destination: str,
    store: Store,
    due: Sequence[Owed],
    books: Books,
    codes: Mapping[str, str],
    *,
    settled_ns: int,
) -> Delivery:
    """Compare what of the accepted is due to one destination with what it received.

    `settled_ns` is when the agent had nothing left to send: what holds later
    times may be left for the next start. Numbers are not missing where the platform
    threw the message away after saying yes, nor where a new epoch has skipped them:
    the records in them must have come all the same.
    """
    unsent = store.unsent.get(destination, _NOTHING)
    left = {record for record in unsent.records if store.last_ns[record] > settled_ns}
    left = (left | silent(unsent, due)) - books.covered
    entitled = {(r.epoch, r.seq, r.index): r for r, _ in due}
    common = entitled.keys() & books.readings.keys()
    absent = [(r, by) for r, by in due if (r.epoch, r.seq, r.index) not in books.readings]
    taken = [r for r, by in absent if by in store.taken]
    missing = [r for r, by in absent if by not in left and by not in store.taken]
    cut = range(1, store.next_numbers.get(destination, 1))
    excused = books.discarded | _skipped(store, books.numbers, cut.stop)
    held = {number for number, records in unsent.messages.items() if records <= left}
    return Delivery(
        entitled_readings=len(entitled),
        entitled_records=len(store.last_ns),
        received_readings=len(books.readings),
        left_readings=len(absent) - len(missing) - len(taken),
        left_records=len(left),
        missing_readings=missing,
        missing_records=sorted(store.last_ns.keys() - books.covered - left - store.taken),
        contradicted=sorted(i for i in common if not _agrees(entitled[i], books.readings[i], codes)),
        never_accepted=sorted(books.readings.keys() - entitled.keys()),
        missing_numbers=sorted(set(cut) - books.numbers - held - excused),
        taken_readings=len(taken),
    )


def silent(unsent: Unsent, due: Sequence[Owed]) -> frozenset[RecordIdentity]:
    """Return the records in messages of readings in which nothing is due: they wait for more to cover."""
    speaking = {by for _, by in due}
    messages = (records for records in unsent.messages.values() if not records & speaking)
    return frozenset(record for records in messages for record in records if record[0] == "reading")


def _skipped(store: Store, numbers: frozenset[int], end: int) -> set[int]:
    """Return the numbers that were never given: a new epoch may let them go on at the next million."""
    skipped: set[int] = set()
    if any(event.content["kind"] == "epoch" for event in store.events):
        for million in range(NUMBERS_SKIPPED, end, NUMBERS_SKIPPED):
            last = max((number for number in numbers if number <= million), default=0)
            skipped.update(range(last + 1, million + 1))
    return skipped


def _agrees(stored: StoredReading, received: ReceivedReading, codes: Mapping[str, str]) -> bool:
    return (
        received.point == codes.get(stored.point.id, stored.point.id)
        and received.quality == stored.quality
        and abs(received.utc_ns - stored.utc_ns) < _TIME_STEP_NS
        and _same_value(received.value, stored.value)
    )


def _same_value(received: float | None, stored: float | None) -> bool:
    if received is None or stored is None:
        return received is stored
    return math.isclose(received, stored, rel_tol=1e-12)
