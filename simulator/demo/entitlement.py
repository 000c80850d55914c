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
_NOTHING: Final = Unsent(frozenset(), {})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One destination's balance. All sequences are empty when it has what it is entitled to.

    `left_readings` and `left_records` were accepted after everything had been
    delivered and while the agent was stopping; the store holds them as still to
    be sent, so that they go out at the next start.
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
    times may be left for the next start.
    """
    unsent = store.unsent.get(destination, _NOTHING)
    left = {record for record in unsent.records if store.last_ns[record] > settled_ns}
    left = (left | silent(unsent, due)) - books.covered
    entitled = {(r.epoch, r.seq, r.index): r for r, _ in due}
    common = entitled.keys() & books.readings.keys()
    absent = [(r, by) for r, by in due if (r.epoch, r.seq, r.index) not in books.readings]
    missing = [r for r, by in absent if by not in left]
    cut = range(1, store.next_numbers.get(destination, 1))
    held = {number for number, records in unsent.messages.items() if records <= left}
    return Delivery(
        entitled_readings=len(entitled),
        entitled_records=len(store.last_ns),
        received_readings=len(books.readings),
        left_readings=len(absent) - len(missing),
        left_records=len(left),
        missing_readings=missing,
        missing_records=sorted(store.last_ns.keys() - books.covered - left),
        contradicted=sorted(i for i in common if not _agrees(entitled[i], books.readings[i], codes)),
        never_accepted=sorted(books.readings.keys() - entitled.keys()),
        missing_numbers=sorted(set(cut) - books.numbers - held),
    )


def silent(unsent: Unsent, due: Sequence[Owed]) -> frozenset[RecordIdentity]:
    """Return the records in messages of readings in which nothing is due: they wait for more to cover."""
    speaking = {by for _, by in due}
    messages = (records for records in unsent.messages.values() if not records & speaking)
    return frozenset(record for records in messages for record in records if record[0] == "reading")


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
