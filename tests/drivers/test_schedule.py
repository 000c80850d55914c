"""The grid: absolute, spread, never a burst."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from drivers.schedule import ORIGIN_STEPS, PHASES, STEP_NS, Due, Grid, Schedule, begin_grid, spread

SECOND = 10**9


def test_slots_lie_on_the_grid_however_late_the_clock_is_looked_at() -> None:
    schedule = Schedule([Grid(0, SECOND)])
    late_by = [0, 3_000_000, 999_999_999, 1]
    due = [schedule.take(k * SECOND + late) for k, late in enumerate(late_by)]
    assert due == [[Due(0, k * SECOND, 0)] for k in range(4)]


def test_an_overrun_skips_to_the_latest_slot_and_counts_the_others() -> None:
    schedule = Schedule([Grid(0, SECOND)])
    schedule.take(0)
    assert schedule.take(3 * SECOND + 5) == [Due(0, 3 * SECOND, 2)]
    assert schedule.next_ns == 4 * SECOND


def test_before_its_time_nothing_is_due() -> None:
    schedule = Schedule([Grid(500, SECOND)])
    assert schedule.take(499) == []
    assert schedule.next_ns == 500


def test_phases_are_spread_evenly_over_the_period() -> None:
    grids = spread([1.0] * 4, origin_ns=7)
    assert [grid.first_ns - 7 for grid in grids] == [0, SECOND // 4, SECOND // 2, 3 * SECOND // 4]


def test_hundred_owners_share_twenty_phases() -> None:
    firsts = [grid.first_ns for grid in spread([1.0] * 100, origin_ns=0)]
    assert len(set(firsts)) == PHASES
    assert max(firsts.count(first) for first in firsts) == 5


def test_owners_of_different_periods_are_spread_apart_from_each_other() -> None:
    grids = spread([1.0, 5.0, 1.0, 5.0], origin_ns=0)
    assert [grid.first_ns for grid in grids] == [0, 0, SECOND // 2, 5 * SECOND // 2]


def test_grids_begin_soon_on_steps_that_all_connections_share() -> None:
    begins = {begin_grid(123_456_789, Random(seed)) for seed in range(100)}
    assert begins == {150_000_000 + n * STEP_NS for n in range(ORIGIN_STEPS)}
    assert begin_grid(150_000_000, Random(1)) % STEP_NS == 0


def test_without_owners_nothing_is_ever_due() -> None:
    assert Schedule([]).next_ns is None


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), min_size=1, max_size=5),
    st.lists(st.integers(0, 60), min_size=1, max_size=20),
)
def test_every_slot_is_either_taken_or_counted_as_skipped(
    layout: list[tuple[int, int]], steps: list[int]
) -> None:
    schedule = Schedule([Grid(first, period) for first, period in layout])
    now, seen = 0, [0] * len(layout)
    for step in steps:
        now += step
        for due in schedule.take(now):
            assert due.due_ns <= now
            seen[due.owner] += 1 + due.skipped
    assert seen == [max(0, (now - first) // period + 1) for first, period in layout]


def test_at_100_ms_the_phases_lie_5_ms_apart_and_never_run_into_each_other() -> None:
    grids = spread([0.1] * 40, origin_ns=0)
    assert sorted({grid.first_ns for grid in grids}) == [5_000_000 * n for n in range(20)]
    schedule = Schedule(grids)
    taken = [len(schedule.take(now)) for now in range(0, SECOND, 5_000_000)]
    assert taken == [2] * 200


def test_what_is_read_every_6_hours_has_its_first_reading_within_5_seconds() -> None:
    grids = spread([6 * 3600.0] * 30, origin_ns=0)
    assert max(grid.first_ns for grid in grids) < 5 * SECOND
    assert len({grid.first_ns for grid in grids}) == PHASES
    assert {grid.period_ns for grid in grids} == {6 * 3600 * SECOND}


def test_an_owner_can_go_and_another_take_its_place_on_the_same_grid() -> None:
    schedule = Schedule([Grid(0, SECOND), Grid(7, SECOND)])
    schedule.take(0)
    grid = schedule.grid_of(0)
    schedule.remove(0)
    schedule.add(2, grid, 3)
    assert schedule.next_of(2) == SECOND
    assert sorted(due.owner for due in schedule.take(SECOND + 7)) == [1, 2]


def test_when_the_last_owner_goes_nothing_is_due() -> None:
    schedule = Schedule([Grid(0, SECOND)])
    schedule.remove(0)
    assert schedule.next_ns is None
    assert schedule.take(5 * SECOND) == []
