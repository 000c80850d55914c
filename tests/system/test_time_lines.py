"""The time line of every scenario that we bring: the physics' values go straight to the rules.

That the way over the wire changes nothing is shown for one scenario of each sector, in test_rehearse.py.
"""

from pathlib import Path
from typing import Final

import pytest

from config.load import load_plant
from simulator.scenario import Scenario
from simulator.scenario_file import load_scenario
from tests.support.played import PlayedPlant, Said
from tests.system.time_lines import EXPECTED, Due

ROOT: Final = Path(__file__).parents[2]
SCENARIOS: Final = ROOT / "simulator" / "scenarios"
OTHERS: Final = {"calm", "demo", "normal-day"}
"""Those without an accident, and the demo's, which has a test of its own."""
LONG_S: Final = 24 * 3600.0


def played(plant_name: str, name: str, seed: int) -> tuple[Scenario, list[Said]]:
    plant = load_plant(ROOT / "config" / "plants" / f"{plant_name}.yaml", profile_dirs=())
    scenario = load_scenario(SCENARIOS / f"{name}.yaml", plant)
    step_s = 5.0 if scenario.duration_s > LONG_S else 1.0
    return scenario, list(PlayedPlant(plant, scenario, seed=seed, step_s=step_s).live_through())


def begins_s(scenario: Scenario, each: Due) -> float:
    return next(event.at for event in scenario.events if event.do == each.after) * scenario.duration_s


def story(said: list[Said]) -> str:
    return "\n".join(f"{each.at_s:.1f} {each.rule} {each.happening} {each.value}" for each in said)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("plant", "name"), EXPECTED, ids=["-".join(each) for each in EXPECTED])
def test_a_scenario_has_its_time_line(plant: str, name: str, seed: int) -> None:
    scenario, said = played(plant, name, seed)
    left = [each for each in said if each.happening == "raised"]
    expected = EXPECTED[plant, name]
    assert len(left) == sum(len(each.rules) for each in expected), story(said)
    for each in expected:
        now, left = left[: len(each.rules)], left[len(each.rules) :]
        delays = {alarm.rule: alarm.at_s - begins_s(scenario, each) for alarm in now}
        assert delays.keys() == each.rules, story(said)
        assert all(each.from_s <= delay_s <= each.to_s for delay_s in delays.values()), story(said)
    lost = {each.rule for each in said if each.happening == "not-evaluated"}
    assert all(rule.endswith(".off-baseline") for rule in lost), story(said)  # too short for a baseline
    cleared = [each for each in said if each.happening == "cleared"]
    assert len(cleared) == sum(len(each.rules) for each in expected), story(said)


def test_every_scenario_that_we_bring_has_a_time_line() -> None:
    brought = {path.stem for path in SCENARIOS.glob("*.yaml")}
    assert {name for _, name in EXPECTED} == brought - OTHERS
