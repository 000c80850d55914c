"""Single readings that a platform refused inside records that it confirmed: they were not confirmed."""

from collections import Counter
from collections.abc import Mapping, Sequence

from agent.evidence.catalogues import Catalogues
from agent.evidence.fates import Fate, Fates
from agent.evidence.history import History
from agent.evidence.readings import Period, recorded
from buffering.beside import SEQ_MAX, StoreBeside


def refused_readings(
    store: StoreBeside, history: History, destinations: Sequence[str]
) -> Mapping[str, Mapping[int, int]]:
    """Return how many readings are kept back, by destination and epoch of their records.

    Those of parked points are counted from the payloads, from the first that was refused on.
    Raises StoreFailed: the disk fails.
    """
    return {name: _of(store, Fates(store, history, name)) for name in destinations}


def _of(store: StoreBeside, fates: Fates) -> Counter[int]:
    found: Counter[int] = Counter()
    if fates.kept_back_since_ns is None:
        return found
    period = Period(fates.kept_back_since_ns, SEQ_MAX)
    for record in recorded(store, Catalogues(store), period, tell=lambda _: None):
        if fates.of(record.epoch, record.seq) is Fate.CONFIRMED:
            found[record.epoch] += sum(
                fates.is_kept_back(record.epoch, record.seq, reading.point.id, reading.utc_ns)
                for reading in record.readings or ()
            )
    return found
