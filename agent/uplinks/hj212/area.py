"""Data areas: readings as a platform of HJ 212-2017 takes them, one area per second.

A value has its point's external code and a letter for its quality. A value that
is not there is not sent: the letter says why, and no 0 stands in its place.

A body is text, one area a line: the command, a space, what stands between the
`&&`. What goes before that (number, password, MN) is the connection's affair.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from agent.records import Reading
from agent.uplinks.content import Content
from agent.uplinks.layout import Layout
from agent.uplinks.places import Sender
from agent.uplinks.uplink import Kind
from config.layout import LayoutFile
from drivers.reading import Value

REAL_TIME: Final = "2011"
HEARTBEAT: Final = "9015"
ANY_FAULT: Final = "D"
"""The letter of whatever the table does not list: the instrument's own fault."""


def hj212_layout(file: LayoutFile, sender: Sender, zone: ZoneInfo, *, heartbeat_frame: bool) -> Layout:
    """Return the layout; points without a code, and all that is no reading, are left out."""
    kinds = frozenset(Kind(name) for name in file.kinds)
    letters = {word: str(letter) for word, letter in file.look_up["letters"].items()}

    def render(content: Content) -> bytes | None:
        if content.kind is Kind.HEARTBEAT:
            return f"{HEARTBEAT} ".encode() if heartbeat_frame else b""
        lines = areas((reading for _, reading in content.readings), zone, sender.codes, letters)
        return "\n".join(lines).encode("ascii") or None

    return Layout(render, kinds, file.limits, sender.codes.get)


def areas(
    readings: Iterable[Reading], zone: ZoneInfo, codes: Mapping[str, str], letters: Mapping[str, str]
) -> Iterator[str]:
    """Yield one area per second; a point's second value within a second begins another."""
    seconds: dict[tuple[int, int], dict[str, str]] = {}
    for reading in readings:
        code = codes.get(reading.point.id)
        if code is None or isinstance(reading.value, str):
            continue
        second, turn = reading.utc_ns // 10**9, 0
        while code in seconds.setdefault((second, turn), {}):
            turn += 1
        seconds[second, turn][code] = _item(code, reading, letters)
    for (second, _), items in seconds.items():
        time = datetime.fromtimestamp(second, zone).strftime("%Y%m%d%H%M%S")
        yield f"{REAL_TIME} " + ";".join((f"DataTime={time}", *items.values()))


def _item(code: str, reading: Reading, letters: Mapping[str, str]) -> str:
    letter = letters.get(reading.quality.word, ANY_FAULT)
    value = "" if reading.value is None else f"{code}-Rtd={number(reading.value)},"
    return f"{value}{code}-Flag={letter}"


def number(value: Value) -> str:
    """Return a number without exponent, to twelve significant digits; yes and no are 1 and 0."""
    assert value is not None
    return format(Decimal(f"{float(value):.12g}"), "f")
