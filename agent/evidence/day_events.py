"""What the event lane tells of a day: connections lost, settings, interlocks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from agent.evidence.day_people import TakenOutOfDay
from agent.evidence.history import Gap
from agent.evidence.noted import Noted
from agent.evidence.readings import Period
from agent.records import Json

SETTINGS: Final = {
    "limit-changed",
    "protection-changed",
    "setting-changed",
    "setting-differs",
    "setting-agrees",
    "device-clock-off",
    "device-clock-right",
}


@dataclass(frozen=True, slots=True)
class LinkDown:
    """A time in which a connection was lost; `to_ns` None: it still is."""

    connection: str
    from_ns: int
    to_ns: int | None
    text: Json
    noted: Noted


class DayEvents:
    """Hears every event and keeps what is of the day."""

    def __init__(self, day: Period) -> None:
        self.day = day
        self.settings: list[Noted] = []
        self.interlocks: list[Noted] = []  # with their verdicts
        self.links: list[LinkDown] = []
        self.catalogue: str | None = None  # the last one that was recorded before the day's end
        self.catalogues: list[str] = []  # those that were in force at some time of the day
        self.taken_out = TakenOutOfDay(day)
        self._down: dict[str, Noted] = {}
        self._stopped: Noted | None = None

    def hear(self, noted: Noted) -> None:
        """Take one event. Raises one of UNREADABLE."""
        kind, is_of_day = noted.content.get("kind"), self.day.from_ns <= noted.utc_ns < self.day.to_ns
        if kind in SETTINGS and is_of_day:
            self.settings.append(noted)
        elif kind == "interlock" and noted.content["interlock"] == "judged" and is_of_day:
            self.interlocks.append(noted)
        elif kind == "link":
            self._link(noted)
        elif kind == "stop":
            self._stopped = noted
        elif kind == "start":  # whether a connection was lost all through a stop nobody knows
            self._stopped = None
            for name in list(self._down):
                self._up(name, noted.utc_ns)
        if kind in ("catalogue", "start") and "catalogue" in noted.content:
            self._in_force(str(noted.content["catalogue"]), noted.utc_ns)
        self.taken_out.hear(noted.content, str(kind), noted.utc_ns)

    def _in_force(self, catalogue: str, at_ns: int) -> None:
        """A list of points is in force from now on; a start names one that was known before, too."""
        if at_ns < self.day.to_ns:
            self.catalogue = catalogue
            earlier = self.catalogues if at_ns >= self.day.from_ns else []
            self.catalogues = [*(each for each in earlier if each != catalogue), catalogue]

    def stopped_since(self) -> Iterator[Gap]:
        """Yield the time since a stop in order after which nothing started: no start has told of it yet."""
        noted = self._stopped
        if noted is not None and noted.utc_ns < self.day.to_ns:
            from_ns = max(noted.utc_ns, self.day.from_ns)
            gap = Gap(noted, "restart", from_ns, self.day.to_ns, destination=None, items=None, clean=True)
            yield replace(gap, is_on_record=False)

    def lost_links(self) -> Iterator[LinkDown]:
        """Yield the times of the day in which a connection was down."""
        yield from self.links
        for name, noted in self._down.items():
            if noted.utc_ns < self.day.to_ns:
                yield LinkDown(name, noted.utc_ns, None, noted.content.get("text") or {}, noted)

    def _link(self, noted: Noted) -> None:
        name = str(noted.content["connection"])
        if not noted.content["up"]:
            self._down.setdefault(name, noted)
        else:
            self._up(name, noted.utc_ns)

    def _up(self, name: str, at_ns: int) -> None:
        down = self._down.pop(name, None)
        if down is not None and down.utc_ns < self.day.to_ns and at_ns > self.day.from_ns:
            text = down.content.get("text") or {}
            self.links.append(LinkDown(name, down.utc_ns, at_ns, text, down))
