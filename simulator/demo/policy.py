"""Which accepted readings a destination is owed: a second implementation of what the plant file promises.

Written after docs/plant-file.md, "Which readings go", over the whole store at once:
windows are cut from all readings of a point, not followed record by record. A clock
that was set back by more than a few seconds is not accounted for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from config.model import Plant
from config.readings import ALL, ChangeEntry
from config.unit import convert_difference
from simulator.demo.store_reader import RecordIdentity, Store, StoredReading

LATENESS_NS: Final = 5 * 10**9
"""A window's snapshot is due with the first record so long past its end."""

Owed = tuple[StoredReading, RecordIdentity]
"""A reading, and the record whose message brings it."""

_Window = tuple[int, str, int]
"""Epoch, point, number of the window."""


def owed(store: Store, plant: Plant, destination: str) -> list[Owed]:
    """Return what is to arrive at a destination once every record has been sent."""
    uplink = plant.uplinks.get(destination)
    wanted = ALL if uplink is None else uplink.readings
    asked_for = [reading for reading in store.readings if _is_asked_for(reading, wanted.points)]
    if wanted.snapshot is not None:
        return list(_snapshots(asked_for, store, round(wanted.snapshot * 1e9)))
    if wanted.change is not None:
        deadbands = _deadbands(plant, wanted.change)
        windows = _windows(asked_for, round(wanted.change.at_least * 1e9))
        changed = (reading for each in windows.values() for reading in _changed(each, deadbands))
        return [(reading, _record(reading)) for reading in changed]
    return [(reading, _record(reading)) for reading in asked_for]


def _is_asked_for(reading: StoredReading, patterns: Sequence[str] | None) -> bool:
    device, _, _ = reading.point.id.partition(".")
    return patterns is None or any(
        fnmatchcase(reading.point.id, pattern) or fnmatchcase(device, pattern) for pattern in patterns
    )


def _record(reading: StoredReading) -> RecordIdentity:
    return "reading", reading.epoch, reading.seq


def _windows(readings: Iterable[StoredReading], length_ns: int) -> Mapping[_Window, list[StoredReading]]:
    found: dict[_Window, list[StoredReading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda each: (each.epoch, each.seq, each.index)):
        found[reading.epoch, reading.point.id, reading.utc_ns // length_ns].append(reading)
    return found


def _changed(window: Sequence[StoredReading], deadbands: Mapping[str, float]) -> Iterator[StoredReading]:
    last = window[0]
    yield last
    for reading in window[1:]:
        if reading.quality != last.quality or _is_beyond(last, reading, deadbands.get(last.point.id, 0.0)):
            last = reading
            yield reading


def _is_beyond(last: StoredReading, reading: StoredReading, deadband: float) -> bool:
    numbers = [each.value for each in (last, reading) if type(each.value) in (int, float)]
    if len(numbers) < 2:
        return last.value != reading.value
    return abs(float(numbers[1] or 0) - float(numbers[0] or 0)) > deadband


def _snapshots(readings: Iterable[StoredReading], store: Store, length_ns: int) -> Iterator[Owed]:
    """Yield the last reading of each window that is closed; the newest one is left to the next record."""
    records: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (lane, epoch, seq), last_ns in store.last_ns.items():
        if lane == "reading":
            records[epoch].append((seq, last_ns))
    for (epoch, _, number), window in _windows(readings, length_ns).items():
        due_ns = (number + 1) * length_ns + LATENESS_NS
        closing = [seq for seq, last_ns in records[epoch] if seq >= window[-1].seq and last_ns >= due_ns]
        if closing:
            yield window[-1], ("reading", epoch, min(closing))


def _deadbands(plant: Plant, change: ChangeEntry) -> dict[str, float]:
    found = {}
    for point in plant.points:
        if change.deadband is not None and point.unit:
            unit, number = change.deadband.unit, change.deadband.number
            found[point.id] = convert_difference(number, unit, point.unit)
        elif change.deadband_percent is not None and point.range is not None:
            found[point.id] = (point.range[1] - point.range[0]) * change.deadband_percent / 100
    return found
