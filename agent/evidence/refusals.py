"""What events tell of refusals: each once, what persons did about it, and what is kept back by now.

A message of events that is parked is told anew after each start; it is one refusal all the same, until
somebody has it sent again. Everything stands under the name that its destination has now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent.evidence.noted import Noted
from agent.records import Json
from agent.uplinks.quarantine import IN_A_ROW

REFUSED: Final = {"refused", "point-parked"}
RELEASED: Final = {"quarantine-resent", "quarantine-dropped", "quarantine-taken"}
ACTS: Final = RELEASED | {"resend"}
TOLD_MAX: Final = 100_000
"""Events that are kept in memory; of a store with more, the newest."""

Given = tuple[str, int, int]
"""A reading that was given up: point, epoch, seq."""
Place = tuple[int, str, int, int]
"""Records: epoch, lane, first, last."""


@dataclass(slots=True)
class Told:
    """An event about refusals, or about what became of them; `anew`: what it is the first to tell of."""

    destination: str
    noted: Noted
    anew: Sequence[Json] = ()
    is_past: bool = False  # the destination left; whoever has its name now is another

    @property
    def is_act(self) -> bool:
        """Whether it tells what became of refusals."""
        return self.noted.content.get("kind") in ACTS


@dataclass(slots=True)
class SaidKept:
    """What by the events is kept back from a destination, each with the event that says so."""

    points: dict[str, Noted] = field(default_factory=dict)
    readings: dict[Given, Noted] = field(default_factory=dict)
    messages: dict[int, tuple[Place, Noted]] = field(default_factory=dict)

    def release(self, point: str) -> None:
        """Nothing of a point is kept back any more."""
        self.points.pop(point, None)
        for key in [key for key in self.readings if key[0] == point]:
            del self.readings[key]


class Refusals:
    """Hears every event, oldest first."""

    def __init__(self) -> None:
        self.kept: dict[str, SaidKept] = {}
        self.told: list[Told] = []

    def number(self, destination: str) -> int:
        """Return how many refusals are on record: messages and readings, each as often as it was refused."""
        own = (each for each in self.told if each.destination == destination and not each.is_past)
        return sum(len(each.anew) for each in own)

    def between(self, from_ns: int, to_ns: int) -> Iterator[Told]:
        """Yield what was told within [from_ns, to_ns), without what was known before, or came to nothing."""
        for each in self.told:
            content = each.noted.content
            is_empty = content.get("kind") == "resend" and not content.get("records")
            is_news = not is_empty if each.is_act else bool(each.anew)
            if is_news and from_ns <= each.noted.utc_ns < to_ns:
                yield each

    def hear(self, noted: Noted) -> None:
        """Take one event. Raises one of UNREADABLE."""
        kind, name = noted.content.get("kind"), noted.content.get("destination")
        if not isinstance(name, str) or kind not in REFUSED | ACTS:
            return
        kept = self.kept.setdefault(name, SaidKept())
        if kind in REFUSED:
            self._tell(Told(name, noted, _refused(kept, noted)))
            return
        if kind in RELEASED:
            _release(kept, noted)
        if all(isinstance(each, list) for each in noted.content.get("records", ())):
            self._tell(Told(name, noted))

    def rename(self, former: str, name: str) -> None:
        """A destination has another name."""
        if former in self.kept:
            self.kept[name] = self.kept.pop(former)
        for each in self._of(former):
            each.destination = name

    def leave(self, name: str) -> None:
        """A destination is forgotten, with what was kept back from it."""
        self.kept.pop(name, None)
        for each in self._of(name):
            each.is_past = True

    def forget(self) -> None:
        """What was kept back may be lost: a new file took the store's place."""
        self.kept.clear()

    def _of(self, name: str) -> list[Told]:
        return [each for each in self.told if each.destination == name and not each.is_past]

    def _tell(self, told: Told) -> None:
        self.told.append(told)
        if len(self.told) > TOLD_MAX:
            del self.told[0]


def _refused(kept: SaidKept, noted: Noted) -> Sequence[Json]:
    """Take what was refused; return what of it was not told before."""
    content = noted.content
    several = content.get("refused")
    if several is not None:
        return [each for each in several if _park(kept, each, noted)]
    if content.get("point") is not None:
        _give_up(kept, noted)
    elif content.get("parked"):
        _park(kept, content, noted)
    return [content]


def _park(kept: SaidKept, message: Json, noted: Noted) -> bool:
    """Take it that a message is parked; return whether that is new."""
    epoch, lane, first, last = message["records"]
    number, place = int(message["number"]), (int(epoch), str(lane), int(first), int(last))
    is_new = number not in kept.messages or kept.messages[number][0] != place
    kept.messages[number] = (place, noted)
    return is_new


def _give_up(kept: SaidKept, noted: Noted) -> None:
    content = noted.content
    point, (epoch, _, seq, _) = str(content["point"]), content["records"]
    if content["kind"] != "point-parked":
        given = point, int(epoch), int(seq)
        kept.readings.pop(given, None)  # to the end: the newest are in the row
        kept.readings[given] = noted
        return
    kept.points[point] = noted
    # The point stands for the readings in a row by which it came to that.
    for key in [key for key in kept.readings if key[0] == point][1 - IN_A_ROW :]:
        del kept.readings[key]


def _release(kept: SaidKept, noted: Noted) -> None:
    content = noted.content
    for number in content.get("messages", ()):
        kept.messages.pop(int(number), None)
    for point, epoch, seq in content.get("readings", ()):
        if content["kind"] == "quarantine-taken":
            kept.readings.pop((str(point), int(epoch), int(seq)), None)
        else:
            kept.release(str(point))
    if content["kind"] == "quarantine-dropped":
        kept.readings.clear()  # with those that were only counted, if all was dropped: it does not say
