"""Every bench at a tiny size: runs, finds its figures, leaves nothing behind. What they are is no matter."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import (
    appending,
    backlog_memory,
    decoding,
    drain,
    look_back,
    opening_time,
    rules,
    stored_size,
    written_size,
)
from benchmarks.benches import BENCHES, BenchFailed, run_apart
from benchmarks.figures import Figure, at_least, at_most, table
from tests.support.require import require

TINY: dict[str, Any] = {
    "decoding": decoding.Size(calls=2),
    "rules": rules.Size(points=200, ruled=200, seconds=2),
    "appending": appending.Size(points=200, seconds=1, rounds=2, scans_per_commit=2),
    "stored-size": stored_size.Size(seconds=1),
    "backlog-memory": backlog_memory.Size(records=600, warm_records=200),
    "opening-time": opening_time.Size(gigabytes=0.002),
    "look-back": look_back.Size(points=200, seconds=2),
    "written-size": written_size.Size(settle_s=2, seconds=6),
    "drain-1000-https": drain.Size(200, "https", 20, away_s=6, calm_s=3),
    "drain-1000-mqtt": drain.Size(200, "mqtt", 20, away_s=6, calm_s=3),
}
ELSEWHERE = {
    "drain-10000-https",  # only its size is another
    "drain-10000-mqtt",
    "thousand-points",  # the demo, which tests/system plays
}


def test_every_bench_is_tried_here_or_elsewhere() -> None:
    assert set(TINY) | ELSEWHERE == set(BENCHES)


@pytest.mark.parametrize("name", TINY)
def test_a_bench_finds_its_figures_and_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    if name.endswith("mqtt"):
        require("mosquitto")
    measure, usual = BENCHES[name]
    tiny = TINY[name]
    assert type(tiny) is type(usual)
    figures = run_apart(measure, tiny, tmp_path)
    assert all(figure.value > 0 for figure in figures if figure.aim), figures
    assert {figure.what for figure in figures if figure.aim} or name == "decoding"
    assert list(tmp_path.iterdir()) == []


def test_a_bench_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(BenchFailed):
        run_apart(decoding.measure, replace(decoding.Size(), calls=0), tmp_path)


def test_figures_are_judged_by_their_aims() -> None:
    figures = [
        Figure("as fast as it should be", 20.0, "x", at_least(20)),
        Figure("too slow", 19.9, "x", at_least(20)),
        Figure("too large", 8.1, "B", at_most(8)),
        Figure("for comparison", 1.0, "ms"),
    ]
    assert [figure.verdict for figure in figures] == ["met", "MISSED", "MISSED", "-"]
    lines = table(("bench", figure) for figure in figures).splitlines()
    assert lines[2].split() == ["bench", "too", "slow", "19.9", "x", ">=", "20", "MISSED"]
