"""The planned stops of a day: in them a device that rests owes no readings, and its silence has a reason.

Told by the events `planned-stop`, which name the devices whose silence is expected; detectors of
gas and whatever else is always watched are not among them, and owe their readings as ever.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from agent.evidence.day_readings import Hole
from agent.evidence.history import Noted
from agent.evidence.readings import Period

REASON: Final = "planned-stop"


class DayStops:
    """Hears every event and keeps the stops of the day, by device."""

    def __init__(self, day: Period) -> None:
        self._day = day
        self._spans: dict[str, list[Period]] = {}
        self._begun: dict[str, tuple[int, tuple[str, ...]]] = {}  # area → since when, which devices

    def hear(self, noted: Noted) -> None:
        """Take one event. Raises one of UNREADABLE."""
        content = noted.content
        if content.get("kind") == "planned-stop":
            area, devices = str(content["area"]), tuple(map(str, content["devices"]))
            self._end(area, noted.utc_ns)
            if content["state"] == "begun":
                self._begun[area] = noted.utc_ns, devices
        elif content.get("kind") == "production-state" and content["state"] != REASON:
            self._end(str(content["area"]), noted.utc_ns)  # the area is gone from the plant file

    def close(self) -> None:
        """Take it that what has not ended goes on."""
        for area in list(self._begun):
            self._end(area, self._day.to_ns)

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
        begun = self._begun.pop(area, None)
        if begun is None:
            return
        from_ns, to_ns = max(begun[0], self._day.from_ns), min(at_ns, self._day.to_ns)
        for device in begun[1] if from_ns < to_ns else ():
            self._spans.setdefault(device, []).append(Period(from_ns, to_ns))
