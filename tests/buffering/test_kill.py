"""SIGKILL at random points: what was said to be durable is there, and nothing is out of order."""

from pathlib import Path

from tests.buffering.killing import broken_promises, kill_once

KILLS = 20


def test_whatever_moment_the_process_is_killed_at_no_promise_is_broken(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    for seed in range(KILLS):
        kill_once(tmp_path / "state", notes, seed=seed, store="buffering.store:Store")
        assert broken_promises(tmp_path / "state", notes) == [], f"seed {seed}"
    noted = notes.read_text()
    assert noted.count("committed") > KILLS, "the child did not get to work"
    assert noted.count("message") > KILLS
