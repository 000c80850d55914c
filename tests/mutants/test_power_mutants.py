"""The power cut, shown red: a store that does not sync must be found out by it."""

from itertools import chain
from pathlib import Path

import pytest

from tests.buffering.cutting import cut_again_and_again, record

pytestmark = pytest.mark.mutant

CUTS = 60


def test_a_power_cut_finds_out_a_store_that_never_syncs(tmp_path: Path) -> None:
    recording = record(tmp_path, store="tests.mutants.stores:NeverSyncs", seconds=0.7)
    cuts = cut_again_and_again(recording, tmp_path / "images", seed=1, cuts=CUTS)
    complaints = list(chain.from_iterable(cuts))
    assert any("acknowledged and lost" in each or "the store is gone" in each for each in complaints)
