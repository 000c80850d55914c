"""What a destination is owed under each policy, told by the accounting's own implementation."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from config.model import Plant
from config.quantity import Quantity
from config.readings import ChangeEntry, ReadingsEntry
from simulator.demo.policy import owed
from simulator.demo.store_reader import PointOfCatalogue, Store, StoredReading, Value
from tests.simulator.demo_parts import Story, whole_story
from tests.simulator.plants import point, register

S = 10**9
T0 = 1_795_000_200 * S  # a multiple of 10 min
POINT = "co-12.concentration"

Taken = tuple[float, Value] | tuple[float, Value, str]


def at(seconds: float) -> int:
    return T0 + round(seconds * S)


def stored(*taken: Taken) -> Store:
    """Return a store with one record for each reading, taken so many seconds after T0."""
    of = PointOfCatalogue(POINT, (0.0, 200.0), 1.0)
    readings = [
        StoredReading(
            1, seq, 0, "line", "1", of, T0 + round(seconds * S), None, value, *(quality or ["good"])
        )
        for seq, (seconds, value, *quality) in enumerate(taken, 1)
    ]
    last_ns = {("reading", 1, reading.seq): reading.utc_ns for reading in readings}
    return Store(readings, (), last_ns, {}, {})


def plant(readings: ReadingsEntry) -> Plant:
    measured = replace(point(POINT, register(0)), unit="ppm", range=(0.0, 200.0))
    uplinks = {"bureau": SimpleNamespace(readings=readings)}
    return cast("Plant", SimpleNamespace(uplinks=uplinks, points=(measured,)))


def due(readings: ReadingsEntry, *taken: Taken) -> list[tuple[Value, int]]:
    """Return each value that is owed, with the number of the record that brings it."""
    return [(reading.value, by[2]) for reading, by in owed(stored(*taken), plant(readings), "bureau")]


@pytest.mark.parametrize(
    "change",
    [ChangeEntry(deadband=Quantity(2.0, "ppm")), ChangeEntry(deadband_percent=1.0)],
    ids=["absolute", "percent"],
)
def test_a_change_beyond_the_deadband_is_owed(change: ChangeEntry) -> None:
    taken: list[Taken] = [(0, 10), (1, 12), (2, 12.5), (3, 12.5, "maintenance"), (4, 12, "maintenance")]
    assert due(ReadingsEntry(change=change), *taken) == [(10, 1), (12.5, 3), (12.5, 4)]


def test_the_first_of_each_window_is_owed() -> None:
    entry = ReadingsEntry(change=ChangeEntry(at_least="1 min"))
    assert due(entry, (0, 1), (59, 1), (60, 1)) == [(1, 1), (1, 3)]


def test_the_last_of_each_closed_window_is_owed_with_the_record_that_closes_it() -> None:
    entry = ReadingsEntry(snapshot="30 s")
    assert due(entry, (0, 1), (29, 2), (31, 3), (35, 4), (40, 5)) == [(2, 4)]


def test_only_the_points_that_are_named_are_owed() -> None:
    assert due(ReadingsEntry(points=["co-*"]), (0, 1)) == [(1, 1)]
    assert due(ReadingsEntry(points=["co-12"]), (0, 1)) == [(1, 1)]
    assert due(ReadingsEntry(points=["furnace"]), (0, 1)) == []


def test_without_an_uplink_in_the_plant_everything_is_owed(tmp_path: Path) -> None:
    story: Story = whole_story(tmp_path)
    assert story.account().complete
