"""SIGKILL at random points: what was said to be durable is there, and nothing is out of order.

Goal: two hundred kills, with removing, giving up, signing and looking for damage
going on, and no promise broken. Method: children are killed at a random moment, four
stores beside each other; after each kill a second reader holds the file against what
the child had noted.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.buffering.killing import Killer, broken_promises
from tests.buffering.second_reader import SecondReader

STORES = 4
KILLS = 200
ROUNDS_SOAK = 5


def kill_again_and_again(folder: Path, *, first_seed: int, kills: int) -> str:
    """Return what the children of one store noted."""
    notes = folder / "notes"
    folder.mkdir()
    with Killer() as killer:
        for seed in range(first_seed, first_seed + kills):
            killer.kill_once(folder / "state", notes, seed=seed, store="buffering.store:Store")
            assert broken_promises(folder / "state", notes) == [], f"seed {seed}"
    return notes.read_text()


def kill_all(folder: Path, kills: int, *, first_seed: int = 0) -> None:
    folder.mkdir()
    each = kills // STORES
    with ThreadPoolExecutor(STORES) as pool:
        runs = [
            pool.submit(kill_again_and_again, folder / str(n), first_seed=first_seed + n * each, kills=each)
            for n in range(STORES)
        ]
    noted = "".join(run.result() for run in runs)
    assert noted.count("committed") > kills, "the children did not get to work"
    assert noted.count("message") > kills
    for n in range(STORES):
        with SecondReader(folder / str(n) / "state" / "outbox.db") as reader:
            assert len(reader._rows("SELECT DISTINCT epoch FROM record")) == 1, "a kill is no damage"
            assert reader.removed(), "nothing was removed: the store is too large for this test"
            assert reader._rows("SELECT * FROM signature")


@pytest.mark.timeout(300)
def test_whatever_moment_the_process_is_killed_at_no_promise_is_broken(tmp_path: Path) -> None:
    kill_all(tmp_path / "0", KILLS)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_thousand_kills_break_no_promise(tmp_path: Path) -> None:
    for number in range(ROUNDS_SOAK):
        kill_all(tmp_path / str(number), KILLS, first_seed=number * KILLS)
