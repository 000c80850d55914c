"""A normal day of each sector: casts, cleaning, a little carbon monoxide about, and not one alarm.

It begins with new bags in the dust collectors, so that their baselines are recorded first.

Method: the simulated devices' values go straight to the rules, every five seconds of a
whole day, at two seeds. That the way over the wire changes nothing is test_rehearse.py's.
"""

from pathlib import Path
from typing import Final

import pytest

from config.load import load_plant
from simulator.scenario_file import load_scenario
from tests.support.played import PlayedPlant

ROOT: Final = Path(__file__).parents[2]
PLANTS: Final = ROOT / "config" / "plants"
NORMAL_DAY: Final = ROOT / "simulator" / "scenarios" / "normal-day.yaml"


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("plant", ["aluminium", "steel", "dust"])
def test_a_normal_day_has_no_alarm_at_all(plant: str, seed: int) -> None:
    played = load_plant(PLANTS / f"{plant}.yaml")
    day = PlayedPlant(played, load_scenario(NORMAL_DAY, played), seed=seed, step_s=5.0)
    said = day.live_through()
    assert [each for each in said if each.rule not in day.baselines] == []
    words = [(each.rule, each.happening) for each in said]
    assert sorted(words) == sorted((r, w) for r in day.baselines for w in ("evaluated", "not-evaluated"))
    if plant == "aluminium":
        casts = day.told["phase steady"]
        assert casts > 20, "low levels were watched in every cast"
        assert day.told["phase start"] in (casts, casts + 1)
        assert day.told["phase idle"] >= casts
        assert day.told["production-state running"] >= casts
