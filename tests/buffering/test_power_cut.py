"""Power cuts: whatever of the unsynced writes reached the disk, nothing committed is missing.

Goal: what the child was told is durable is in every image; each opens without a new
epoch. Method: every write, sync, truncation and change of a name is recorded by a
preloaded library; images are built of all that was synced and a random part of the
rest, torn at 512 bytes. It goes red with synchronous=OFF: tests/mutants.
"""

from pathlib import Path

from tests.buffering.cutting import cut_again_and_again, record

CUTS = 300


def test_whatever_a_power_cut_leaves_nothing_committed_is_missing(tmp_path: Path) -> None:
    recording = record(tmp_path, store="buffering.store:Store", seconds=1.0)
    tried = 0
    for broken in cut_again_and_again(recording, tmp_path / "images", seed=1, cuts=CUTS):
        assert broken == []
        tried += 1
    assert tried > CUTS // 2
