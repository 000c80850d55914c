"""The gap before a start: how long it was, as far as the clocks can say, and never more than they can."""

import shutil
from pathlib import Path

import pytest

from agent.downtime import Through, told
from agent.evidence.history import History
from agent.records import Json
from buffering.beside import StoreBeside
from buffering.outbox import Opened
from buffering.record import Lane
from tests.agent.parts import BEGIN_NS, SECOND, HandClock, device, plant, point
from tests.agent.recorded import recording

CO = point()
PLANT = plant(device("co-1", [CO], []))
HOUR = 3600 * SECOND
OPENED = Opened(1, created=False, last_commit_ns=BEGIN_NS, heads=dict.fromkeys(Lane, 1))
LATEST = BEGIN_NS


def before(*, boot: str = "boot-1", synced: bool = True) -> dict[str, bytes]:
    """Return what a run left at BEGIN_NS, when the monotonic clock stood at an hour."""
    state = Through(BEGIN_NS, boot, HOUR, synced, LATEST).state()
    return {key: value for key, value in state.items() if value is not None}


def start(
    *, after_s: float, mono_s: float | None = None, synced: bool = True, state: dict[str, bytes] | None = None
) -> list[Json]:
    """Return what a start tells; `mono_s` after the stop within one boot, None: after another boot."""
    boot, mono_ns = ("boot-2", 9) if mono_s is None else ("boot-1", HOUR + round(mono_s * SECOND))
    now = Through(BEGIN_NS + round(after_s * SECOND), boot, mono_ns, synced, 0)
    return list(told(OPENED, before() if state is None else state, now))


def test_within_one_boot_the_monotonic_clock_says_how_long_it_was() -> None:
    [gap] = start(after_s=60, mono_s=60.5)
    assert (gap["cause"], gap["clean"], gap["lasted_ns"]) == ("restart", False, 60.5 * SECOND)
    assert (gap["from_ns"], gap["to_ns"]) == (BEGIN_NS, BEGIN_NS + 60 * SECOND)


def test_a_clock_that_was_set_ahead_meanwhile_is_told_apart_from_the_stop() -> None:
    gap, step = start(after_s=86_400 + 60, mono_s=60)
    assert (gap["cause"], gap["to_ns"] - gap["from_ns"]) == ("restart", 60 * SECOND)
    assert (step["kind"], step["cause"]) == ("gap", "clock")
    assert (step["from_ns"], step["to_ns"]) == (gap["to_ns"], BEGIN_NS + 86_460 * SECOND)


@pytest.mark.parametrize("after_s", [-3540, -BEGIN_NS // SECOND + 5], ids=["an hour", "to 1970"])
def test_a_clock_that_was_set_back_meanwhile_makes_no_negative_gap(after_s: float) -> None:
    gap, step = start(after_s=after_s, mono_s=60)
    assert (gap["from_ns"], gap["to_ns"], gap["lasted_ns"]) == (
        BEGIN_NS,
        BEGIN_NS + 60 * SECOND,
        60 * SECOND,
    )
    assert (step["kind"], step["from_ns"]) == ("clock-set-back", gap["to_ns"])
    assert step["to_ns"] == BEGIN_NS + after_s * SECOND


def test_after_another_boot_two_synchronised_clocks_say_how_long_it_was() -> None:
    [gap] = start(after_s=3600)
    assert gap["lasted_ns"] == gap["to_ns"] - gap["from_ns"] == HOUR


@pytest.mark.parametrize(("first", "second"), [(False, True), (True, False)])
def test_after_another_boot_a_clock_that_nobody_vouches_for_says_only_between_when(
    first: bool, second: bool
) -> None:
    [gap] = start(after_s=3600, synced=second, state=before(synced=first))
    assert gap["lasted_ns"] is None
    assert (gap["from_ns"], gap["to_ns"]) == (BEGIN_NS, BEGIN_NS + HOUR)
    assert "its clock may have stepped" in gap["text"]["en"]
    assert "时长不明" in gap["text"]["zh"]


def test_a_boot_in_1970_leaves_a_gap_with_a_place_and_no_length() -> None:
    gap, step = start(after_s=-BEGIN_NS // SECOND + 30, synced=False)
    assert (gap["from_ns"], gap["to_ns"], gap["lasted_ns"]) == (BEGIN_NS, BEGIN_NS, None)
    assert (step["kind"], step["to_ns"]) == ("clock-set-back", 30 * SECOND)


def test_what_an_older_version_left_counts_as_not_known() -> None:
    [gap] = start(after_s=60, mono_s=60, state={"run/through_ns": b"%d" % (BEGIN_NS - SECOND)})
    assert (gap["from_ns"], gap["lasted_ns"]) == (BEGIN_NS - SECOND, None)


@pytest.mark.parametrize(
    ("lost", "begun"),
    [((), "copied"), (("outbox.mark",), "unmarked"), (("outbox.db",), "missing")],
    ids=["a folder", "a file alone", "nothing but the mark"],
)
async def test_after_a_restore_the_old_stop_is_not_taken_for_the_last_one(
    lost: tuple[str, ...], begun: str, tmp_path: Path
) -> None:
    """The backup is of a store that was stopped in order; what it says of that is about another stop."""
    clock, state = HandClock(), tmp_path / "state"
    async with recording(state, PLANT, clock) as desk:
        await desk.read(CO.id, 1)
    shutil.copytree(state, tmp_path / "backup")
    shutil.rmtree(state)
    shutil.copytree(tmp_path / "backup", state)
    for name in lost:
        (state / name).unlink()
    clock.move(600)
    async with recording(state, PLANT, clock) as desk:
        assert desk.outbox.opened.begun == begun

    history, store = History(), StoreBeside(state / "outbox.db")
    history.catch_up(store)
    store.close()
    [gap] = history.gaps
    assert (gap.cause, gap.is_measured, gap.to_ns - gap.from_ns) == ("restored", False, 600 * SECOND)
    assert "clean" not in gap.noted.content
