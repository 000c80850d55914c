"""What each destination took, and of which records: told by the events `taking` and `resend`."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from agent.evidence.history import UNREADABLE, History
from agent.evidence.noted import Noted
from agent.takings import KIND, STATE_PREFIX, read_told
from agent.uplinks.kinds import kind_of
from agent.uplinks.uplink import Kind
from buffering.beside import StoreBeside
from buffering.ranges import Range, Ranges, has, merge
from buffering.record import Lane, Stream

Place = tuple[int, Lane]

TOLD: Final = frozenset(Kind) - {Kind.READING, Kind.BACKFILL, Kind.HEARTBEAT}
"""Kinds that records of alarms and events come in."""


@dataclass(slots=True)
class Taking:
    """What a destination took of the records from then on; `points` None: of all of them."""

    kinds: frozenset[str]
    points: frozenset[str] | None
    noted: Noted
    epoch: int
    after: Mapping[str, int]
    outstanding: dict[Place, Ranges] = field(default_factory=dict)
    resent: dict[Place, Ranges] = field(default_factory=dict)  # settled before, and once more under these

    @classmethod
    def of(cls, noted: Noted) -> "Taking":
        """Read an event. Raises one of UNREADABLE."""
        content = noted.content
        points = content["points"]
        return cls(
            kinds=frozenset(map(str, content["kinds"])),
            points=None if points is None else frozenset(map(str, points)),
            noted=noted,
            epoch=noted.epoch,
            after={str(lane): int(seq) for lane, seq in content["after"].items()},
            outstanding=_places(content["outstanding"]),
        )

    @property
    def is_partial(self) -> bool:
        """Whether something may be left out of what it settles."""
        return self.points is not None or not self.kinds >= TOLD

    @property
    def place(self) -> tuple[int, Mapping[str, int]]:
        """From where on it holds: no two of a destination have the same."""
        return self.epoch, self.after

    def covers(self, epoch: int, lane: Lane, seq: int) -> bool:
        """Whether a record was settled under these terms, or later ones."""
        if epoch > self.epoch or (epoch == self.epoch and seq > self.after.get(lane.value, 0)):
            return True
        return has(self.outstanding.get((epoch, lane), ()), seq)

    def covers_again(self, epoch: int, lane: Lane, seq: int) -> bool:
        """Whether a record that had been settled went again under these terms."""
        return has(self.resent.get((epoch, lane), ()), seq)

    def united(self, other: "Taking") -> "Taking":
        """Return the terms of a record that went under either: what one let go has arrived."""
        points = None if self.points is None or other.points is None else self.points | other.points
        return replace(self, points=points, kinds=self.kinds | other.kinds)

    def takes(self, lane: Lane, content: Mapping[str, object]) -> bool:
        """Whether a record of alarms or events went, by what it says."""
        return kind_of(lane, Stream.EVENT, dict(content)).value in self.kinds

    def takes_point(self, point: str) -> bool:
        """Whether the readings of a point went, as far as a policy let them."""
        return self.points is None or point in self.points


class Takings:
    """Knows under which terms a record was settled, for one destination."""

    def __init__(self, destination: str, told: Iterable[Noted], kept: Iterable[Noted] = ()) -> None:
        """Take the events, oldest first, and what is kept beside the log of those that are gone by now.

        What cannot be read is passed over.
        """
        known: dict[str, list[Taking]] = {}
        for noted in told:
            with suppress(*UNREADABLE):
                _hear(known, noted)
        own = known.get(destination, [])
        places = [each.place for each in own]
        before: list[Taking] = []
        for noted in kept:
            with suppress(*UNREADABLE):
                before.append(Taking.of(noted))
        self._told = [*(each for each in before if each.place not in places), *own]

    @property
    def newest(self) -> Noted | None:
        """What holds now, as it was put on record; None: nothing is on record."""
        return self._told[-1].noted if self._told else None

    @property
    def may_leave_out(self) -> bool:
        """Whether anything can have been left out of what was settled."""
        return any(each.is_partial for each in self._told)

    def of(self, epoch: int, lane: Lane, seq: int) -> Taking | None:
        """Return the terms of a record; None: it was settled before any were on record."""
        again: Taking | None = None
        for each in reversed(self._told):
            if each.covers(epoch, lane, seq):
                return each if again is None else again.united(each)
            if each.covers_again(epoch, lane, seq):
                again = each if again is None else again.united(each)
        return None


def _hear(known: dict[str, list[Taking]], noted: Noted) -> None:
    """Take one event, of whichever destination. Raises one of UNREADABLE."""
    content = noted.content
    name = str(content["destination"])
    told = known.setdefault(name, [])
    match content.get("kind"):
        case "destination":
            known[name] = [*known.pop(str(content["was"]), []), *told]
        case "resend" if told:
            now = told[-1].resent
            for place, ranges in _places(content["records"]).items():
                now[place] = merge((*now.get(place, ()), *ranges))
        case str(kind) if kind == KIND:
            told.append(Taking.of(noted))


def _places(records: list[list[object]]) -> dict[Place, Ranges]:
    found: dict[Place, Ranges] = {}
    for epoch, lane, first, last in records:
        place = (int(str(epoch)), Lane(str(lane)))
        found[place] = merge((*found.get(place, ()), Range(int(str(first)), int(str(last)))))
    return found


def takings_of(store: StoreBeside, history: History, destination: str) -> Takings:
    """Return a destination's terms, by the event lane and what is kept beside it. Raises StoreFailed."""
    key = STATE_PREFIX + destination
    kept = read_told(store.state(key).get(key))
    noted = [Noted(int(each.get("epoch", 0)), 0, int(each.get("utc_ns", 0)), each) for each in kept]
    return Takings(destination, history.takings, noted)
