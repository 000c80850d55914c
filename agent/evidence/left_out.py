"""What of settled records was never for a destination: kinds it has no word for, points not asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from agent.evidence.catalogues import Catalogues
from agent.evidence.fates import Fate, Fates
from agent.evidence.history import UNREADABLE, History, payloads
from agent.evidence.readings import Period, unpacked
from agent.evidence.takings import Taking
from agent.records import Json, Packer
from buffering.beside import SEQ_MAX, StoreBeside
from buffering.record import Lane
from buffering.tally import NONE, Amount

Place = tuple[int, Lane]


def left_out(
    store: StoreBeside, history: History, destinations: Sequence[str]
) -> Mapping[str, Mapping[Place, Amount]]:
    """Return how much was left out, by destination, epoch and lane; payloads are read where any can be.

    A record counts where nothing of it went. Raises StoreFailed: the disk fails.
    """
    found: dict[str, dict[Place, Amount]] = {}
    for name in destinations:
        amounts: dict[Place, Amount] = defaultdict(lambda: NONE)
        for lane in Lane:
            fates = Fates(store, history, name, lane)
            if fates.takings.may_leave_out:
                count = _readings if lane is Lane.READING else _told
                count(store, fates, lane, amounts)
        found[name] = amounts
    return found


def _told(store: StoreBeside, fates: Fates, lane: Lane, amounts: dict[Place, Amount]) -> None:
    packer = Packer()
    for epoch in sorted({epoch for epoch, each in store.lanes() if each is lane}):
        for seq, _, payload in payloads(store, epoch, lane):
            taking = fates.taking(epoch, seq)
            if taking is None or fates.of(epoch, seq) is not Fate.CONFIRMED:
                continue
            try:
                is_taken = taking.takes(lane, packer.unpack(payload))
            except UNREADABLE:
                continue
            if not is_taken:
                amounts[epoch, lane] += Amount(1, 1)


def _readings(store: StoreBeside, fates: Fates, lane: Lane, amounts: dict[Place, Amount]) -> None:
    catalogues = Catalogues(store)
    for record in unpacked(store, Period(0, SEQ_MAX), tell=lambda _: None):
        taking = fates.taking(record.epoch, record.seq)
        if taking is None or taking.points is None or record.content is None:
            continue
        if fates.of(record.epoch, record.seq) is not Fate.CONFIRMED:
            continue
        try:
            items, of = _counted(record.content, catalogues, taking)
        except UNREADABLE:
            continue
        amounts[record.epoch, lane] += Amount(int(items == of), items)


def _counted(content: Json, catalogues: Catalogues, taking: Taking) -> tuple[int, int]:
    """Return how many of a record's readings were never for a destination, and how many it has."""
    points = catalogues.points(str(content["catalogue"]))
    left = [
        sum(n >= len(points) or not taking.takes_point(points[n].id) for n in numbers)
        for _, _, numbers in content["plans"]
    ]
    sizes = [len(numbers) for _, _, numbers in content["plans"]]
    plans = [scan[0] for scan in content["scans"]]
    return sum(left[plan] for plan in plans), sum(sizes[plan] for plan in plans)
