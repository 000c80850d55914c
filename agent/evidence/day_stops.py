"""The planned stops of a day: in them a device that rests owes no readings, and its silence has a reason.

Told by the events `planned-stop`, which name the rules that rest and the devices whose silence is
expected; detectors of gas and whatever else is always watched are not among them, and owe their
readings as ever. Who said that the area stands is told by the event `production-state` before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from agent.evidence.day_readings import Hole
from agent.evidence.noted import Noted
from agent.evidence.readings import Period

REASON: Final = "planned-stop"


@dataclass(slots=True)
class Stop:
    """One planned stop; `to_ns` None: it stands. `said`: each time somebody or something said so."""

    area: str
    from_ns: int
    devices: tuple[str, ...]
    rules: tuple[str, ...]
    said: list[Mapping[str, object]] = field(default_factory=list)
    to_ns: int | None = None


class DayStops:
    """Hears every event and keeps the stops of the day, by device."""

    def __init__(self, day: Period) -> None:
        self._day = day
        self._spans: dict[str, list[Period]] = {}
        self._begun: dict[str, Stop] = {}  # by area
        self._over: list[Stop] = []
        self._said: dict[str, Mapping[str, object]] = {}  # by area

    def hear(self, noted: Noted) -> None:
        """Take one event. Raises one of UNREADABLE."""
        content = noted.content
        if content.get("kind") == "planned-stop":
            area = str(content["area"])
            self._end(area, noted.utc_ns)
            if content["state"] == "begun":
                devices, rules = (tuple(map(str, content[key])) for key in ("devices", "rules"))
                said = [self._said[area]] if area in self._said else []
                self._begun[area] = Stop(area, noted.utc_ns, devices, rules, said)
        elif content.get("kind") == "production-state":
            self._take_state(str(content["area"]), content, noted.utc_ns)

    def _take_state(self, area: str, content: Mapping[str, object], utc_ns: int) -> None:
        if content["state"] != REASON:
            self._end(area, utc_ns)  # the area may be gone from the plant file: no stop is told as over then
            return
        self._said[area] = content
        if (stop := self._begun.get(area)) is not None:
            stop.said.append(content)  # said anew, while it stands

    def close(self) -> None:
        """Take it that what has not ended goes on."""
        for area, stop in list(self._begun.items()):
            self._end(area, self._day.to_ns)
            stop.to_ns = None

    def found(self) -> list[Stop]:
        """Return the stops of the day, oldest first."""
        return sorted(self._over, key=lambda stop: (stop.from_ns, stop.area))

    def covers(self, device: str, utc_ns: int) -> bool:
        """Whether a device was at rest then."""
        spans = self._spans.get(device, ())
        return any(span.from_ns <= utc_ns < span.to_ns for span in spans)

    def seconds(self, device: str, from_ns: int, to_ns: int) -> float:
        """Return how long a device was at rest in a time, in seconds."""
        return sum(part.to_ns - part.from_ns for part in self._within(device, from_ns, to_ns)) / 1e9

    def explained(self, holes: Iterable[Hole]) -> list[Hole]:
        """Return the holes, each cut where a stop begins or ends; within it, that is the reason."""
        found: list[Hole] = []
        for hole in holes:
            at_ns = hole.from_ns
            for part in self._within(hole.device, hole.from_ns, hole.to_ns):
                if part.from_ns > at_ns:
                    found.append(replace(hole, from_ns=at_ns, to_ns=part.from_ns))
                found.append(replace(hole, from_ns=part.from_ns, to_ns=part.to_ns, reason=REASON))
                at_ns = part.to_ns
            if at_ns < hole.to_ns:
                found.append(replace(hole, from_ns=at_ns))
        return sorted(found, key=lambda hole: (hole.from_ns, hole.device))

    def _within(self, device: str, from_ns: int, to_ns: int) -> Iterator[Period]:
        for span in self._spans.get(device, ()):
            part = Period(max(span.from_ns, from_ns), min(span.to_ns, to_ns))
            if part.from_ns < part.to_ns:
                yield part

    def _end(self, area: str, at_ns: int) -> None:
        stop = self._begun.pop(area, None)
        if stop is None:
            return
        from_ns, to_ns = max(stop.from_ns, self._day.from_ns), min(at_ns, self._day.to_ns)
        if from_ns >= to_ns:
            return
        stop.to_ns = at_ns
        self._over.append(stop)
        for device in stop.devices:
            self._spans.setdefault(device, []).append(Period(from_ns, to_ns))
