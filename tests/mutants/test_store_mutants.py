"""The kill test, shown red: a durability test that passes on a broken store proves nothing."""

from pathlib import Path

import pytest

from tests.buffering.killing import Killer, broken_promises

pytestmark = pytest.mark.mutant

KILLS_MAX = 40


@pytest.mark.parametrize(
    ("mutant", "complaint"),
    [
        ("AcknowledgesBeforeItCommits", "acknowledged and lost"),
        ("WritesStateAfterwards", "disagree"),
        ("ForgetsTheNumber", "was given to"),
    ],
)
def test_the_kill_test_finds_out_a_store_that(mutant: str, complaint: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with Killer() as killer:
        for seed in range(KILLS_MAX):
            killer.kill_once(tmp_path / "state", notes, seed=seed, store=f"tests.mutants.stores:{mutant}")
            broken = broken_promises(tmp_path / "state", notes)
            if any(complaint in each for each in broken):
                return
    pytest.fail(f"{mutant} went unnoticed through {KILLS_MAX} kills")
