"""Single readings that a platform refused inside records that it confirmed: they were not confirmed.

They are kept back, or a person has given them up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.evidence.catalogues import Catalogues
from agent.evidence.fates import Fate, Fates
from agent.evidence.history import History
from agent.evidence.readings import Period, recorded
from buffering.beside import SEQ_MAX, StoreBeside


@dataclass(slots=True)
class Refused:
    """How many readings were refused, by the epoch of their records."""

    kept_back: Counter[int] = field(default_factory=Counter)
    given_up: Counter[int] = field(default_factory=Counter)


def refused_readings(
    store: StoreBeside, history: History, destinations: Sequence[str]
) -> Mapping[str, Refused]:
    """Return how many readings are kept back or were given up, by destination.

    Those of parked points are counted from the payloads, from the first that was refused on.
    Raises StoreFailed: the disk fails.
    """
    return {name: _of(store, Fates(store, history, name)) for name in destinations}


def _of(store: StoreBeside, fates: Fates) -> Refused:
    found = Refused()
    if fates.kept_back_since_ns is None:
        return found
    period = Period(fates.kept_back_since_ns, SEQ_MAX)
    for record in recorded(store, Catalogues(store), period, tell=lambda _: None):
        if fates.of(record.epoch, record.seq) is not Fate.CONFIRMED:
            continue
        for reading in record.readings or ():
            name = (record.epoch, record.seq, reading.point.id, reading.utc_ns)
            if fates.is_kept_back(*name):
                found.kept_back[record.epoch] += 1
            elif fates.is_given_up(*name):
                found.given_up[record.epoch] += 1
    return found
