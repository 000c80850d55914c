"""From a data area to the segments that carry it: one, or several that count themselves.

A segment holds at most 1024 bytes. A longer area is parted between points; every
packet has the area's time, so that each can be read by itself, and all have the
same QN.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.uplinks.hj212.frame import SEGMENT_BYTES_MAX, SPLIT, VERSION_2017, WANTS_ANSWER

PACKETS_MAX: Final = 9999
SYSTEM: Final = "91"
"""ST of what concerns the exchange itself, not a kind of measurement."""


@dataclass(frozen=True, slots=True)
class Station:
    """Who we are to the platform; the password is resolved."""

    mn: str
    st: str
    password: str

    def segment(self, qn: str, command: str, flag: int, area: str, *, st: str = "", count: str = "") -> str:
        """Return a whole data segment."""
        head = f"QN={qn};ST={st or self.st};CN={command};PW={self.password};MN={self.mn};Flag={flag};"
        return f"{head}{count}CP=&&{area}&&"


def packets(station: Station, qn: str, command: str, area: str) -> list[str]:
    """Return the segments that carry an area and want to be acknowledged, each."""
    flag = VERSION_2017 | WANTS_ANSWER
    whole = station.segment(qn, command, flag, area)
    if len(whole) <= SEGMENT_BYTES_MAX:
        return [whole]
    widest = station.segment(qn, command, flag, "", count=_count(PACKETS_MAX, PACKETS_MAX))
    parts = list(_parted(area, SEGMENT_BYTES_MAX - len(widest)))
    return [
        station.segment(qn, command, flag | SPLIT, part, count=_count(len(parts), number))
        for number, part in enumerate(parts, 1)
    ]


def _count(packets_: int, number: int) -> str:
    return f"PNUM={packets_};PNO={number};"


def _parted(area: str, room: int) -> Iterator[str]:
    """Part an area between its points, its first field (the time) in front of each part."""
    time, *items = area.split(";")
    part = time
    for item in items:
        if len(part) + 1 + len(item) > room and part != time:
            yield part
            part = time
        part = f"{part};{item}"
    yield part
