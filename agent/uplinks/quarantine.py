"""What one platform will not take: single readings given up, and points parked, so that the rest flows.

A reading is given up after three refusals; a point is parked once three of its
readings in a row were. All of it stands beside the log, survives a restart and
is sent again once somebody says so: the readings themselves are in the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import orjson

from agent.records import Reading
from agent.taken_up import taken_up
from config.model import Text

PREFIX: Final = "quarantine/"
IN_A_ROW: Final = 3
READINGS_MAX: Final = 200
"""So many readings are listed one by one; of more only the count is kept."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A reading that was refused, or the first of a parked point: its record, its time, and why."""

    point: str
    epoch: int
    seq: int
    utc_ns: int
    reason: Text
    is_parked: bool = False  # the point's later readings are kept back too

    @property
    def name(self) -> tuple[str, int, int, int]:
        """What no other reading has: a record may hold several of a point."""
        return self.point, self.epoch, self.seq, self.utc_ns


class Quarantine:
    """What is kept back from one destination."""

    def __init__(self, destination: str, stored: Mapping[str, bytes]) -> None:
        """Take up what the store holds."""
        self._key = PREFIX + destination
        kept = taken_up(stored, self._key, unpack) or Kept({}, [], 0)
        self._points, self._readings, self.unlisted = kept.points, kept.readings, kept.unlisted
        self._in_a_row: dict[str, list[GivenUp]] = {}
        self.resent: set[int] = set()
        """Numbers of messages that somebody had sent after all since the start: no longer refused."""

    @property
    def parked(self) -> Mapping[str, GivenUp]:
        """The points that are not sent, with the reading since which."""
        return self._points

    @property
    def readings(self) -> tuple[GivenUp, ...]:
        """The single readings that were given up."""
        return tuple(self._readings)

    @property
    def points(self) -> tuple[str, ...]:
        """Every point of which something is kept back."""
        return tuple(dict.fromkeys([*self._points, *(each.point for each in self._readings)]))

    def is_suspect(self, point: str) -> bool:
        """Whether the last reading of a point was given up: the next refusal needs no second try."""
        return point in self._in_a_row

    def accepted(self, epoch: int, taken: Iterable[tuple[int, Reading]]) -> tuple[GivenUp, ...]:
        """Take note of readings that were taken; return those that were kept back until now.

        A record goes whole when one reading of it is asked for again, or was refused.
        """
        names = set()
        for seq, reading in taken:
            self._in_a_row.pop(reading.point.id, None)
            names.add((reading.point.id, epoch, seq, reading.utc_ns))
        found = tuple(each for each in self._readings if each.name in names)
        if found:
            self._readings = [each for each in self._readings if each.name not in names]
        return found

    def give_up(self, reading: GivenUp) -> bool:
        """Keep a reading back; return whether its point is parked by that."""
        row = self._in_a_row.setdefault(reading.point, [])
        row.append(reading)
        if len(row) < IN_A_ROW:
            # One that was sent again, and is refused again, is one reading all the same.
            self._readings = [each for each in self._readings if each.name != reading.name]
            if len(self._readings) < READINGS_MAX:
                self._readings.append(reading)
            else:
                self.unlisted += 1
            return False
        self._points[reading.point] = replace(row[0], is_parked=True)
        in_row = {each.name for each in row}
        self._readings = [each for each in self._readings if each.name not in in_row]
        del self._in_a_row[reading.point]
        return True

    def release(self, point: str) -> tuple[GivenUp, ...]:
        """Send a point again from now on; return what was kept of it."""
        kept = [each for each in self._readings if each.point == point]
        self._readings = [each for each in self._readings if each.point != point]
        self._in_a_row.pop(point, None)
        parked = self._points.pop(point, None)
        return (*kept, *([] if parked is None else [parked]))

    @property
    def state(self) -> Mapping[str, bytes | None]:
        """What must be written beside the log now."""
        if not (self._points or self._readings or self.unlisted):
            return {self._key: None}
        kept = {
            "points": [asdict(each) for each in self._points.values()],
            "readings": [asdict(each) for each in self._readings],
            "unlisted": self.unlisted,
        }
        return {self._key: orjson.dumps(kept)}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a quarantine."""

    points: dict[str, GivenUp]
    readings: list[GivenUp]
    unlisted: int


def unpack(packed: bytes) -> Kept:
    """Read what `Quarantine.state` wrote. Raises KeyError, TypeError, ValueError."""
    kept = orjson.loads(packed)
    parked = (replace(_read(each), is_parked=True) for each in kept["points"])
    points = {each.point: each for each in parked}
    return Kept(points, [_read(each) for each in kept["readings"]], int(kept["unlisted"]))


def _read(kept: Mapping[str, Any]) -> GivenUp:
    return GivenUp(**{**kept, "reason": Text(**kept["reason"])})
