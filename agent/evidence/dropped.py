"""Readings that a person gave up of what a platform had refused: their records arrived, and they never did.

Single readings are told one by one, of a parked point those from the first that was refused until it
was dropped. What is sent again later, with its record, is given up no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.evidence.noted import Noted
from buffering.ranges import Range
from buffering.record import Lane


@dataclass(frozen=True, slots=True)
class Dropped:
    """Readings of a point taken within [from_ns, to_ns); `seq` None: whichever records they are in."""

    point: str
    epoch: int
    seq: int | None
    from_ns: int
    to_ns: int

    def holds(self, epoch: int, seq: int, point: str, utc_ns: int) -> bool:
        """Whether a reading is one of these."""
        is_there = self.seq is None or (epoch, seq) == (self.epoch, self.seq)
        return is_there and point == self.point and self.from_ns <= utc_ns < self.to_ns


@dataclass(slots=True)
class _Of:
    """One destination's: what was dropped, each with how many resends came before it."""

    dropped: list[tuple[Dropped, int]] = field(default_factory=list)
    again: list[tuple[int, Range]] = field(default_factory=list)  # epoch, records
    unlisted: int = 0


class DroppedReadings:
    """Hears every event, oldest first."""

    def __init__(self) -> None:
        self._of: dict[str, _Of] = {}

    def since_ns(self, destination: str) -> int | None:
        """Return the time of the earliest; None: nothing was dropped."""
        own = self._of.get(destination, _Of())
        return min((each.from_ns for each, _ in own.dropped), default=None)

    def unlisted(self, destination: str) -> int:
        """Return how many were dropped that had only been counted: nobody knows which."""
        return self._of.get(destination, _Of()).unlisted

    def holds(self, destination: str, epoch: int, seq: int, point: str, utc_ns: int) -> bool:
        """Whether a reading was given up, and was not sent again since."""
        own = self._of.get(destination)
        return own is not None and any(
            each.holds(epoch, seq, point, utc_ns) and not _sent(own.again[before:], epoch, seq)
            for each, before in own.dropped
        )

    def hear(self, noted: Noted) -> None:
        """Take one event. Raises one of UNREADABLE."""
        content = noted.content
        name = str(content.get("destination"))
        match content.get("kind"):
            case "quarantine-dropped":
                own = self._of.setdefault(name, _Of())
                own.unlisted += int(content.get("unlisted", 0))
                for point, epoch, seq, utc_ns, is_parked in content.get("given_up", ()):
                    span = (int(utc_ns), noted.utc_ns if is_parked else int(utc_ns) + 1)
                    one = Dropped(str(point), int(epoch), None if is_parked else int(seq), *span)
                    own.dropped.append((one, len(own.again)))
            case "resend" if name in self._of:
                for epoch, lane, first, last in content["records"]:
                    if lane == Lane.READING.value:
                        self._of[name].again.append((int(epoch), Range(int(first), int(last))))
            case "destination":
                self._move(name, content.get("was"), is_new=bool(content.get("joined")))

    def _move(self, name: str, was: object, *, is_new: bool) -> None:
        own = None if was is None else self._of.pop(str(was), None)
        if own is not None:
            self._of[name] = own
        elif is_new or was is None:
            self._of.pop(name, None)  # it left, or it gets everything anew


def _sent(again: Sequence[tuple[int, Range]], epoch: int, seq: int) -> bool:
    return any(
        each == epoch and span.first <= seq <= (seq if span.last is None else span.last)
        for each, span in again
    )
