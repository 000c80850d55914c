"""Which readings an uplink gets, as the model has it; what is wrong is in fixtures/plants/policies.yaml."""

from pathlib import Path

import pytest

from config.model import Plant
from config.policy import chosen
from config.settings import Policy
from tests.config.texts import CO, load

POINT = "co-1.concentration"


def plant(folder: Path, readings: str, more: str = "") -> Plant:
    uplinks = f"uplinks: {{bureau: {{mqtt: {{host: 127.0.0.1}}, readings: {readings}{more}}}}}\n"
    return load(folder, "devices:\n" + CO + uplinks)


@pytest.mark.parametrize(
    ("readings", "policy"),
    [
        ("all", Policy()),
        ("{points: [co-1]}", Policy("all", ("co-1",))),
        ("{snapshot: 30 s}", Policy("snapshot", (), 30.0)),
        ("{change: {}, points: [co-*]}", Policy("change", ("co-*",), 600.0)),
    ],
)
def test_what_is_written_is_what_holds(tmp_path: Path, readings: str, policy: Policy) -> None:
    assert plant(tmp_path, readings).policies == {"bureau": policy}


def test_deadbands_are_in_the_unit_of_each_point(tmp_path: Path) -> None:
    only = f"points: [{POINT}]"
    absolute = plant(tmp_path, f"{{change: {{deadband: 2000 ppb, at_least: 1 min}}, {only}}}").policies[
        "bureau"
    ]
    assert (absolute.window_s, absolute.deadbands) == (60.0, {POINT: 2.0})
    share = plant(tmp_path, f"{{change: {{deadband_percent: 0.5}}, {only}}}").policies["bureau"]
    [point] = [each for each in plant(tmp_path, "all").points if each.id == POINT]
    assert point.range is not None
    assert share.deadbands == {POINT: (point.range[1] - point.range[0]) * 0.005}


@pytest.mark.parametrize(
    ("layout", "warned"),
    [("", True), (", layout: mqtt", True), (", layout: json-snapshot", False)],
)
def test_snapshots_in_a_layout_without_their_numbers_are_warned_of(
    tmp_path: Path, layout: str, warned: bool
) -> None:
    codes = [warning.code for warning in plant(tmp_path, "{snapshot: 30 s}", layout).warnings]
    assert ("snapshot-last-only" in codes) == warned


def test_a_pattern_names_points_or_devices() -> None:
    assert chosen((), "co-1.x")
    assert chosen(("co-*",), "co-1.x")
    assert chosen(("*.x",), "co-1.x")
    assert not chosen(("co-1.y", "x", "o-1"), "co-1.x")
