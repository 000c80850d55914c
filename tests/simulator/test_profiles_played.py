"""Every profile that we bring can be played: for a day its values live, in their range, without an alarm."""

from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

from config.fault import Findings, Place
from config.library import Library
from config.load import load_plant
from config.model import Plant, Point
from drivers.reading import Value
from simulator.processes import PROCESSES, process_of
from simulator.scenario import Scenario
from tests.support.played import PlayedPlant

DAY_S: Final = 24 * 3600.0
STEP_S: Final = 60.0
RULED_S: Final = 2 * 3600.0
LIVING: Final = 100
"""Different values of a measured point in a day: what is a process, and no constant."""

LIBRARY: Final = Library((), Findings())
PROFILES: Final = LIBRARY.names()
ONLY_STATES: Final = {"digital-input", "valve/plain", "valve/cut-off", "valve/discharge"}

PLANT: Final = """\
plant: {{id: P-1, name: 厂, region: "140800"}}
connections: {{plc: {{modbus-tcp: {{host: 127.0.0.1}}}}}}
devices:
  it: {{name: 设备, profile: {profile}, connection: plc, unit: 1{standard}}}
"""


def plant_of(profile: str, folder: Path) -> Plant:
    found = LIBRARY.get(profile, Place("test"))
    assert found is not None
    has_co = any(point.serves == "co-concentration" for point in found.entry.points.values())
    standards = [*found.entry.standards, *(["GB 6222"] if has_co else [])]
    standard = f", standard: {standards[0]}" if standards else ""
    path = folder / "plant.yaml"
    path.write_text(PLANT.format(profile=profile, standard=standard), encoding="utf-8")
    return load_plant(path, profile_dirs=())


def measures(point: Point) -> bool:
    """Whether the point is a quantity that is measured all the time, and no counter, state or setting."""
    return point.unit != "" and point.marks is None and point.datatype == "float"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_calm_day_lives_and_has_no_alarm(profile: str, tmp_path: Path) -> None:
    plant = plant_of(profile, tmp_path)
    # Rules over time take what is read a minute apart for a jump, or for nothing.
    read_s = min((point.period_s for rule in plant.rules for point in rule.points), default=None)
    length_s, step_s = (DAY_S, STEP_S) if read_s is None else (RULED_S, read_s)
    day = PlayedPlant(plant, Scenario(length_s), step_s=step_s)
    seen: dict[str, set[Value]] = defaultdict(set)
    for scan in day.scans():
        assert scan.qualities is not None
        assert all(quality.is_good for quality in scan.qualities), scan
        for point, value in zip(scan.plan.points, scan.values, strict=True):
            seen[point.id].add(value)
    assert [each for each in day.said if each.rule not in day.baselines] == []
    assert not any(each.happening == "raised" for each in day.said)
    still = {p.id: len(seen[p.id]) for p in plant.points if measures(p) and len(seen[p.id]) < LIVING}
    assert still == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_its_process_is_one_that_there_is(profile: str, tmp_path: Path) -> None:
    plant = plant_of(profile, tmp_path)
    played = process_of(plant.devices["it"])
    assert played in PROCESSES or profile in ONLY_STATES
