"""What the event lane tells of the store's own past: gaps, removals, keys, epochs, refusals.

An event that cannot be read is counted and passed over: whether it is what was
committed is the chain's business, and everything else must still be told.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import orjson
import zstandard

from agent.evidence.destinations import Destinations
from agent.evidence.dropped import DroppedReadings
from agent.evidence.noted import Noted
from agent.evidence.surviving import past_damage
from agent.records import Packer
from buffering.beside import SLICE_RECORDS, Row, StoreBeside
from buffering.ranges import Range, Ranges, merge, subtract
from buffering.record import Lane

TOLD_MAX: Final = 100_000
"""Events of one kind that are kept in memory; a store with more gaps than that is told by its newest."""

UNREADABLE: Final = (zstandard.ZstdError, orjson.JSONDecodeError, KeyError, TypeError, ValueError)
"""What reading a payload can raise that is not what this version of the agent writes."""

Place = tuple[int, Lane]

_PACKER: Final = Packer()


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, or was not sent, and why; `clean`: the agent had been stopped in order.

    `is_measured`: the times say how long it was; else the clock may have been set in between.
    `is_on_record`: the event tells of it; else it is what followed the event, so far as the store knows.
    """

    noted: Noted
    cause: str
    from_ns: int
    to_ns: int
    destination: str | None
    items: int | None
    clean: bool
    is_measured: bool = True
    is_on_record: bool = True

    def overlaps(self, from_ns: int, to_ns: int) -> bool:
        """Whether some of it lies within a time."""
        return self.from_ns < to_ns and self.to_ns > from_ns

    @property
    def reason(self) -> str | None:
        """What the disk failed with, where that is the cause; older records do not say."""
        reason = self.noted.content.get("reason")
        return None if reason is None else str(reason)


@dataclass(slots=True)
class History:
    """Everything that was told, oldest first."""

    gaps: list[Gap] = field(default_factory=list)
    pruned: list[Noted] = field(default_factory=list)
    keys: list[Noted] = field(default_factory=list)
    epochs: list[Noted] = field(default_factory=list)
    takings: list[Noted] = field(default_factory=list)  # what destinations take, what went again, renames
    catalogue: Noted | None = None  # the newest
    destinations: Destinations = field(default_factory=Destinations)
    dropped: DroppedReadings = field(default_factory=DroppedReadings)
    unreadable: list[tuple[int, int, int]] = field(default_factory=list)  # epoch, seq, time
    _said: dict[Place, Ranges] = field(default_factory=dict)
    _given_up: dict[tuple[str, int, Lane], Ranges] = field(default_factory=dict)
    also: Callable[[Noted], None] = lambda _: None
    """Hears every event, too, so that the lane is read once."""
    _through: dict[int, int] = field(default_factory=dict)  # by epoch the last event that was taken

    def given_up(self, destination: str, epoch: int, lane: Lane) -> Ranges:
        """Return the numbers of a lane that a destination will not get."""
        return self._given_up.get((destination, epoch, lane), ())

    def said(self, epoch: int, lane: Lane) -> Ranges:
        """Return the numbers of a lane of which an event says that they are gone."""
        return self._said.get((epoch, lane), ())

    def record_of(self, epoch: int, lane: Lane, last: int) -> Noted | None:
        """Return the event that tells of the removal of a record."""
        return next((each for each in reversed(self.pruned) if _tells_of(each, epoch, lane, last)), None)

    def catch_up(self, store: StoreBeside) -> None:
        """Take every event that is not taken yet. Raises StoreFailed: the disk fails."""
        for epoch in sorted({epoch for epoch, _ in store.lanes()}):
            self.catch_up_in(store, epoch)

    def catch_up_in(self, store: StoreBeside, epoch: int) -> None:
        """Take the events of one epoch that are not taken yet. Raises StoreFailed: the disk fails."""
        for seq, at_ns, payload in payloads(store, epoch, Lane.EVENT, self._through.get(epoch, 0) + 1):
            self._through[epoch] = seq
            try:
                noted = Noted(epoch, seq, at_ns, _PACKER.unpack(payload))
                self.take(noted)
                self.also(noted)
            except UNREADABLE:
                self.unreadable.append((epoch, seq, at_ns))

    def take(self, noted: Noted) -> None:
        """Keep what one event tells. Raises one of UNREADABLE."""
        self.destinations.hear(noted)
        self.dropped.hear(noted)
        kept = {
            "device-key": self.keys,
            "epoch": self.epochs,
            "salvaged": self.epochs,
            "taking": self.takings,
        }
        match noted.content.get("kind"):
            case "gap":
                self._gap(noted)
            case "pruned":
                place = (int(noted.content["epoch"]), Lane(noted.content["lane"]))
                spans = [Range(int(first), int(last)) for first, last in noted.content["ranges"]]
                self._said[place] = merge((*self._said.get(place, ()), *spans))
                _keep(self.pruned, noted)
            case "catalogue":
                self.catalogue = noted
            case "resend":
                self._sent_again(noted)
                _keep(self.takings, noted)
            case "destination" if noted.content.get("was") is not None:
                self._rename(str(noted.content["was"]), str(noted.content["destination"]))
                _keep(self.takings, noted)
            case "destination" if noted.content.get("joined"):
                self._forget_given_up(str(noted.content["destination"]))
            case str(kind) if kind in kept:
                _keep(kept[kind], noted)

    def _rename(self, former: str, name: str) -> None:
        for key in [key for key in self._given_up if key[0] == former]:
            self._given_up[name, *key[1:]] = self._given_up.pop(key)

    def _forget_given_up(self, name: str) -> None:
        """Take it that a destination has come, or come back: all that is there goes to it."""
        for key in [key for key in self._given_up if key[0] == name]:
            del self._given_up[key]

    def _sent_again(self, noted: Noted) -> None:
        for epoch, lane, first, last in noted.content["records"]:
            key = (str(noted.content["destination"]), int(epoch), Lane(lane))
            if key in self._given_up:
                self._given_up[key] = subtract(self._given_up[key], Range(int(first), int(last)))

    def is_made_up(self, gap: Gap) -> bool:
        """Whether all that a destination was not to get, by this gap, went to it after all."""
        if gap.destination is None or "records" not in gap.noted.content:
            return False
        epoch, lane, first, last = gap.noted.content["records"]
        given_up = self.given_up(gap.destination, int(epoch), Lane(lane))
        span = Range(int(first), int(last))
        return not any(
            one.first <= int(last) and (one.last is None or one.last >= span.first) for one in given_up
        )

    def _gap(self, noted: Noted) -> None:
        content, destination = noted.content, noted.content.get("destination")
        times = (int(content["from_ns"]), int(content["to_ns"]))
        is_clean, is_measured = bool(content.get("clean")), content.get("lasted_ns", 0) is not None
        gap = Gap(noted, content["cause"], *times, destination, content.get("items"), is_clean, is_measured)
        if "records" in content:
            epoch, lane, first, last = content["records"]
            place, span = (int(epoch), Lane(lane)), Range(int(first), int(last))
            if destination is None:
                self._said[place] = merge((*self._said.get(place, ()), span))
            else:
                key = (str(destination), *place)
                self._given_up[key] = merge((*self._given_up.get(key, ()), span))
        _keep(self.gaps, gap)


def _keep(told: list[Noted] | list[Gap], one: Noted | Gap) -> None:
    told.append(one)  # type: ignore[arg-type]
    if len(told) > TOLD_MAX:
        del told[0]


def _tells_of(noted: Noted, epoch: int, lane: Lane, seq: int) -> bool:
    content = noted.content
    return (content["epoch"], content["lane"]) == (epoch, lane.value) and any(
        first <= seq <= last for first, last in content["ranges"]
    )


def payloads(store: StoreBeside, epoch: int, lane: Lane, first: int = 1) -> Iterator[tuple[int, int, bytes]]:
    """Yield (seq, time, payload) of a lane, past damaged pages. Raises StoreFailed: the disk fails."""
    for row in past_damage(partial(_fetch, store, epoch, lane), first, limit=SLICE_RECORDS):
        if not isinstance(row, int):
            yield row.seq, row.first_ns, row.payload


def _fetch(store: StoreBeside, epoch: int, lane: Lane, first: int, limit: int) -> Sequence[Row]:
    return store.rows(epoch, lane, first, limit=limit)
