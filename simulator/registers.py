"""The tables of a simulated unit: which addresses exist, and what a read of some of them gets.

Every read comes back with its meaning: what the registers say once they are read
by the rules of the plant file, in the points' units.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from config.model import Point
from config.source import RegisterSource
from simulator.encoding import bit, encode, word
from simulator.served import Value

Spoil = Callable[[RegisterSource, bytes], bytes]
"""Replaces the bytes of one value, as a fault does."""

_WINDOWS_MAX: Final = 256  # a reader asks for the same few blocks again and again


@dataclass(frozen=True, slots=True)
class Contents:
    """What one read got: the data bytes of the answer, and the values that lie in it whole."""

    data: bytes
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Place:
    point: Point
    source: RegisterSource
    start: int  # within the window, in addresses

    @property
    def end(self) -> int:
        return self.start + self.source.registers


class Memory:
    """One table of one unit: which addresses exist there, and what a read of some of them gets.

    Addresses between points exist where `gaps` says so, those that are `declared` in any
    case; they hold zero.
    """

    def __init__(self, points: Sequence[Point], *, gaps: bool, declared: Iterable[int] = ()) -> None:
        self._places = [(point, _source(point)) for point in points]
        self._is_bits = self._places[0][1].table.holds_bits
        covered = {a for _, s in self._places for a in range(s.address, s.address + s.registers)}
        self._addresses = set(range(min(covered), max(covered) + 1)) if gaps else covered
        self._addresses.update(declared)
        self._windows: dict[tuple[int, int], tuple[_Place, ...]] = {}

    def has(self, first: int, count: int) -> bool:
        """Return whether every address in [first, first + count) exists."""
        return all(address in self._addresses for address in range(first, first + count))

    def read(
        self, first: int, count: int, values: Mapping[str, Value], spoil: Spoil | None = None
    ) -> Contents:
        """Return the answer to a read of `count` addresses from `first` on."""
        window = self._window(first, count)
        read = _read_bits if self._is_bits else _read_registers
        data, meanings = read(window, count, values, spoil)
        whole = {p.point.id: meanings[p.point.id] for p in window if p.start >= 0 and p.end <= count}
        return Contents(data, whole)

    def _window(self, first: int, count: int) -> tuple[_Place, ...]:
        window = self._windows.get((first, count))
        if window is None:
            places = (_Place(point, source, source.address - first) for point, source in self._places)
            window = tuple(place for place in places if place.end > 0 and place.start < count)
            if len(self._windows) >= _WINDOWS_MAX:
                self._windows.clear()
            self._windows[first, count] = window
        return window


_Read = tuple[bytes, Mapping[str, Value]]


def _read_bits(
    window: Sequence[_Place], count: int, values: Mapping[str, Value], spoil: Spoil | None
) -> _Read:
    packed = bytearray((count + 7) // 8)
    for place in window:
        if bool(values[place.point.id]) != place.source.inverted:
            packed[place.start // 8] |= 1 << place.start % 8
    if spoil is not None:
        packed = bytearray(byte ^ 0xFF for byte in packed)  # a bit has no sentinel and no order
    return bytes(packed), {place.point.id: bool(values[place.point.id]) for place in window}


def _read_registers(
    window: Sequence[_Place], count: int, values: Mapping[str, Value], spoil: Spoil | None
) -> _Read:
    margin = max((place.source.registers for place in window), default=1)  # may stand half outside the block
    image = bytearray(2 * (count + 2 * margin))
    meanings: dict[str, Value] = {}
    words = {place.start for place in window if place.source.is_part}
    for place in window:
        start, value = 2 * (place.start + margin), values[place.point.id]
        source = _as_set(place.source, values)
        if source.bit is not None:
            data, meanings[place.point.id] = bit(source, on=bool(value)), bool(value)
        elif place.start not in words or source.is_part:
            data, meanings[place.point.id] = encode(source, value)
        else:
            continue  # a word of bits is what its bits make it
        if source.is_part:
            for at, byte in enumerate(data, start):
                image[at] |= byte
        else:
            image[start : start + len(data)] = spoil(source, data) if spoil else data
    for place in window:
        if place.point.id not in meanings:
            start = 2 * (place.start + margin)
            meanings[place.point.id] = word(place.source, bytes(image[start : start + 2]))
    return bytes(image[2 * margin : 2 * (margin + count)]), meanings


def _as_set(source: RegisterSource, values: Mapping[str, Value]) -> RegisterSource:
    """Return the source with the decimals that the device is set to, where it says them itself."""
    if source.decimals_from is None:
        return source
    return replace(source, scale=float(f"1e-{int(values[source.decimals_from])}"))


def _source(point: Point) -> RegisterSource:
    assert isinstance(point.source, RegisterSource), point.id  # a Modbus connection has no other
    return point.source
