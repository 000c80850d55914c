"""What became of single readings for a destination: by their record, and by what was kept back of it."""

from collections.abc import Mapping
from enum import Enum, auto

from agent.evidence.history import UNREADABLE, History
from agent.evidence.noted import Noted
from agent.evidence.takings import Taking, takings_of
from agent.uplinks.quarantine import PREFIX, Quarantine, unpack
from buffering.beside import SEQ_MAX, Destined, StoreBeside
from buffering.ranges import Range, Ranges, has, merge
from buffering.record import Lane


class Fate(Enum):
    """What became of a record for one destination."""

    CONFIRMED = auto()
    LEFT_OUT = auto()  # considered, and by declaration not for this destination
    WAITING = auto()
    PARKED = auto()
    GIVEN_UP = auto()


class Fates:
    """One destination's, for one lane, as the store is now."""

    def __init__(
        self, store: StoreBeside, history: History, destination: str, of_lane: Lane = Lane.READING
    ) -> None:
        """Raises StoreFailed."""
        self.destination = destination
        self._lane = of_lane
        self.takings = takings_of(store, history, destination)
        self._places: dict[int, dict[Fate, Ranges]] = {}
        for epoch, lane in store.lanes():
            if lane is of_lane:
                own = [each for each in store.destined(epoch, lane) if each.destination == destination]
                history.catch_up_in(store, epoch)
                self._places[epoch] = {
                    Fate.PARKED: _merged([each for each in own if each.parked]),
                    Fate.WAITING: _merged([each for each in own if not each.parked]),
                    Fate.GIVEN_UP: history.given_up(destination, epoch, lane),
                }
        quarantine = quarantine_of(destination, store.state(PREFIX))
        self.is_understood = quarantine is not None
        """Whether what is kept back can be read; else what was refused counts as confirmed."""
        quarantine = quarantine or Quarantine(destination, {})
        self._parked_since = {point: kept.utc_ns for point, kept in quarantine.parked.items()}
        kept = (*quarantine.parked.values(), *quarantine.readings)
        self._since_ns = min((each.utc_ns for each in kept), default=None)
        self._refused = {kept.name for kept in quarantine.readings}
        self._dropped = history.dropped
        self._since_dropped_ns = history.dropped.since_ns(destination)

    def of(self, epoch: int, seq: int) -> Fate:
        """Return what became of a record."""
        for fate, ranges in self._places.get(epoch, {}).items():
            if has(ranges, seq):
                return fate
        return Fate.CONFIRMED

    def of_event(self, noted: Noted) -> Fate:
        """Return what became of a record of the event lane, by what it says."""
        fate = self.of(noted.epoch, noted.seq)
        taking = self.taking(noted.epoch, noted.seq)
        is_left_out = taking is not None and not taking.takes(Lane.EVENT, noted.content)
        return Fate.LEFT_OUT if fate is Fate.CONFIRMED and is_left_out else fate

    def taking(self, epoch: int, seq: int) -> Taking | None:
        """Return under which terms a record was settled; None: none are on record."""
        return self.takings.of(epoch, self._lane, seq)

    @property
    def kept_back_since_ns(self) -> int | None:
        """The time of the earliest reading that is kept back, or was given up; None: there is none."""
        times = [each for each in (self._since_ns, self._since_dropped_ns) if each is not None]
        return min(times, default=None)

    @property
    def keeps_back(self) -> bool:
        """Whether there is any reading that is kept back, or was given up."""
        return bool(self._parked_since or self._refused) or self._since_dropped_ns is not None

    def is_kept_back(self, epoch: int, seq: int, point: str, utc_ns: int) -> bool:
        """Return whether a reading of a confirmed record was refused, or its point was parked by then."""
        return (point, epoch, seq, utc_ns) in self._refused or utc_ns >= self._parked_since.get(
            point, SEQ_MAX
        )

    def is_given_up(self, epoch: int, seq: int, point: str, utc_ns: int) -> bool:
        """Return whether a reading of a confirmed record was refused, and then given up by a person."""
        if self._since_dropped_ns is None or utc_ns < self._since_dropped_ns:
            return False
        return self._dropped.holds(self.destination, epoch, seq, point, utc_ns)


def quarantine_of(destination: str, state: Mapping[str, bytes]) -> Quarantine | None:
    """Return what is kept back from a destination; None where the state cannot be understood."""
    try:
        if (packed := state.get(PREFIX + destination)) is not None:
            unpack(packed)
    except UNREADABLE:
        return None
    quarantine = Quarantine(destination, state)
    kept = (*quarantine.parked.values(), *quarantine.readings)
    numbers = (quarantine.unlisted, *(each for one in kept for each in (one.epoch, one.seq, one.utc_ns)))
    is_understood = all(isinstance(each, int) for each in numbers) and all(
        isinstance(each.point, str) for each in kept
    )
    return quarantine if is_understood else None


def _merged(destined: list[Destined]) -> Ranges:
    return merge(Range(each.first, SEQ_MAX if each.last is None else each.last) for each in destined)
