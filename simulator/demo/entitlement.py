"""What a destination is entitled to under its policy, and what of it has come.

A second implementation of the policy `all`, from its definition alone: every
accepted reading goes, whatever its quality, with the point under its external
code where the destination has one; every alarm and every event goes.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulator.demo.books import Books, Identity, ReceivedReading, RecordIdentity
from simulator.demo.store_reader import Store, StoredReading

_TIME_STEP_NS: Final = 1_000_000  # the ministry's layout tells time in milliseconds


@dataclass(frozen=True, slots=True)
class Delivery:
    """One destination's balance. All sequences are empty when it has what it is entitled to."""

    entitled_readings: int
    entitled_records: int
    received_readings: int
    missing_readings: Sequence[StoredReading]
    missing_records: Sequence[RecordIdentity]
    contradicted: Sequence[Identity]
    never_accepted: Sequence[Identity]
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


def balance(destination: str, store: Store, books: Books, codes: Mapping[str, str]) -> Delivery:
    """Compare what was accepted with what one destination received."""
    entitled = {(r.epoch, r.seq, r.index): r for r in store.readings}
    records = set(_records(store))
    common = entitled.keys() & books.readings.keys()
    cut = range(1, store.next_numbers.get(destination, 1))
    return Delivery(
        entitled_readings=len(entitled),
        entitled_records=len(records),
        received_readings=len(books.readings),
        missing_readings=[r for identity, r in entitled.items() if identity not in books.readings],
        missing_records=sorted(records - books.covered),
        contradicted=sorted(i for i in common if not _agrees(entitled[i], books.readings[i], codes)),
        never_accepted=sorted(books.readings.keys() - entitled.keys()),
        missing_numbers=sorted(set(cut) - books.numbers),
    )


def _records(store: Store) -> Iterator[RecordIdentity]:
    for lane, records in (("alarm", store.alarms), ("event", store.events), ("reading", store.readings)):
        for record in records:
            yield lane, record.epoch, record.seq


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
