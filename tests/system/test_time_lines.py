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
from tests.system.time_lines import EVIDENCE, EXPECTED, HOUR, MINUTE, Due

ROOT: Final = Path(__file__).parents[2]
SCENARIOS: Final = ROOT / "simulator" / "scenarios"
OTHERS: Final = {"calm", "demo", "normal-day"}
"""Those without an accident, and the demo's, which has a test of its own."""
STEPS_S: Final = ((15 * MINUTE, 0.5), (24 * HOUR, 1.0), (float("inf"), 5.0))
"""How often all is read, by the length of the scenario: half a second tells the delays of interlocks."""


def played(plant_name: str, name: str, seed: int) -> tuple[Scenario, PlayedPlant]:
    plant = load_plant(ROOT / "config" / "plants" / f"{plant_name}.yaml", profile_dirs=())
    scenario = load_scenario(SCENARIOS / f"{name}.yaml", plant)
    step_s = next(step for longest, step in STEPS_S if scenario.duration_s <= longest)
    lived = PlayedPlant(plant, scenario, seed=seed, step_s=step_s)
    lived.live_through()
    return scenario, lived


def begins_s(scenario: Scenario, each: Due) -> float:
    return next(event.at for event in scenario.events if event.do == each.after) * scenario.duration_s


def proved(lived: PlayedPlant) -> dict[str, dict[str, str]]:
    return {
        str(judged["rule"]): {effect["effect"]: effect["verdict"] for effect in judged["effects"]}
        for judged in lived.proved
    }


def story(said: list[Said]) -> str:
    return "\n".join(f"{each.at_s:.1f} {each.rule} {each.happening} {each.value}" for each in said)


PLAYED = [(*of, seed) for of in EXPECTED for seed in ((1,) if of[1] == "planned-weekend" else (1, 2))]
"""A weekend takes as long to play as all else together, and has nothing by chance."""


@pytest.mark.parametrize(("plant", "name", "seed"), PLAYED, ids=["-".join(map(str, of)) for of in PLAYED])
def test_a_scenario_has_its_time_line(plant: str, name: str, seed: int) -> None:
    scenario, lived = played(plant, name, seed)
    said = lived.said
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
    assert proved(lived) == EVIDENCE.get((plant, name), {})


def test_every_scenario_that_we_bring_has_a_time_line() -> None:
    brought = {path.stem for path in SCENARIOS.glob("*.yaml")}
    assert {name for _, name in EXPECTED} == brought - OTHERS
