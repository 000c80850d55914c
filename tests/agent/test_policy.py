"""Which readings a policy lets go, and that this follows from the records alone."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.records import CataloguePoint, Reading, Snapshot
from agent.uplinks.policy import GRACE_NS, Item, Memory, Policy, build_policy
from config import settings
from drivers.reading import Quality, Value

SECOND = 10**9
T0 = 1_790_000_400 * SECOND  # a multiple of 10 min
WINDOW_S = 30.0

Taken = tuple[float, Value] | tuple[float, Value, Quality]
Recorded = tuple[int, list[Reading], int]


def point(name: str) -> CataloguePoint:
    return CataloguePoint(name, "ppm", "float", name.partition(".")[0], {"zh": "点", "en": "point"})


def reading(name: str, seconds: float, value: Value, quality: Quality = Quality.GOOD) -> Reading:
    return Reading(0, point(name), T0 + round(seconds * SECOND), value, quality, None)


def sent(memory: Memory, *taken: Taken, name: str = "co-1.concentration") -> list[Item]:
    """Take one record for each reading; return what went."""
    items: list[Item] = []
    for seq, each in enumerate(taken, 1):
        one = reading(name, *each)
        items += memory.take(seq, [one], one.utc_ns)
    return items


def values(items: Sequence[Item]) -> list[Value]:
    return [item.value for _, item in items]


def change(deadband: float = 0.0, window_s: float = 600.0, patterns: tuple[str, ...] = ()) -> Policy:
    return build_policy(settings.Policy("change", patterns, window_s, {"co-1.concentration": deadband}))


def snapshots(window_s: float = WINDOW_S) -> Policy:
    return build_policy(settings.Policy("snapshot", (), window_s))


def test_a_reading_goes_when_it_differs_by_more_than_the_deadband_from_the_last_one_that_went() -> None:
    items = sent(change(2.0).begin(), (0, 10), (1, 12), (2, 12.1), (3, 10.2), (4, 14.2), (5, 10.1))
    assert values(items) == [10, 12.1, 14.2, 10.1]


def test_a_slow_drift_is_not_lost_between_small_steps() -> None:
    items = sent(change(2.0).begin(), *((n, n * 0.5) for n in range(12)))
    assert values(items) == [0, 2.5, 5.0]


def test_a_change_of_quality_goes_whatever_the_value() -> None:
    items = sent(
        change(2.0).begin(), (0, 10), (1, 10, Quality.MAINTENANCE), (2, None, Quality.COMM_FAULT), (3, 10)
    )
    assert [item.quality for _, item in items] == [
        Quality.GOOD,
        Quality.MAINTENANCE,
        Quality.COMM_FAULT,
        Quality.GOOD,
    ]


def test_states_and_texts_go_when_they_change() -> None:
    assert values(
        sent(change(5.0).begin(), (0, True), (1, True), (2, False), (3, "a"), (4, "a"), (5, "b"))
    ) == [
        True,
        False,
        "a",
        "b",
    ]


def test_the_first_reading_in_each_window_goes() -> None:
    items = sent(change(2.0, window_s=60).begin(), *((n, 10.0) for n in range(0, 180, 20)))
    assert [(item.utc_ns - T0) // SECOND for _, item in items] == [0, 60, 120]


def test_points_and_devices_are_chosen_by_patterns() -> None:
    policy = build_policy(settings.Policy("all", ("co-*", "furnace.tilt")))
    record = [
        reading(name, 0, 1) for name in ("co-1.concentration", "furnace.tilt", "furnace.level", "aco-1.x")
    ]
    went = policy.begin().take(1, record, T0)
    assert [item.point.id for _, item in went] == ["co-1.concentration", "furnace.tilt"]


def test_a_snapshot_is_the_last_reading_of_its_window_with_what_the_good_ones_were() -> None:
    taken = [(0, 10), (10, 30), (20, 20), (25, 99, Quality.SUSPECT), (31, 5), (36, 6)]
    [(seq, item)] = sent(snapshots().begin(), *taken)  # type: ignore[arg-type]
    assert (seq, item.value, item.quality) == (4, 99, Quality.SUSPECT)
    assert item.snapshot == Snapshot(T0, T0 + 30 * SECOND, 10, 30, 20, 3)


def test_a_window_without_a_good_reading_has_no_numbers() -> None:
    [(_, item)] = sent(snapshots().begin(), (0, None, Quality.COMM_FAULT), (36, 1))
    assert item.value is None
    assert item.snapshot == Snapshot(T0, T0 + 30 * SECOND, None, None, None, 0)


def test_a_state_that_was_true_for_a_moment_shows_in_the_largest_value() -> None:
    [(_, item)] = sent(snapshots().begin(), (0, False), (1, True), (2, False), (3, False), (40, False))
    assert item.value is False
    assert item.snapshot is not None
    assert (item.snapshot.high, item.snapshot.mean) == (1.0, 0.25)


def test_a_window_waits_for_readings_that_come_a_little_late() -> None:
    memory = snapshots().begin()
    quick, slow = reading("quick.x", 31, 1), reading("slow.x", 29.5, 2)
    assert memory.take(1, [quick], quick.utc_ns) == []
    assert memory.take(2, [slow], quick.utc_ns + SECOND) == []
    [(seq, item)] = memory.take(3, [], T0 + 30 * SECOND + GRACE_NS)
    assert (seq, item.point.id) == (2, "slow.x")


def test_a_point_that_says_nothing_more_does_not_hold_its_last_snapshot_back() -> None:
    memory = snapshots().begin()
    assert sent(memory, (0, 10), name="silent.x") == []
    other = reading("other.x", 36, 1)
    assert values(memory.take(2, [other], other.utc_ns)) == [10]


@pytest.mark.parametrize("back_s", [3600, 20])
def test_a_clock_that_is_set_back_loses_nothing(back_s: float) -> None:
    taken = [(3600 + n, float(n)) for n in range(10)] + [(3610 - back_s + n, 100.0 + n) for n in range(120)]
    items = sent(snapshots().begin(), *taken)
    told = sum(item.snapshot.count for _, item in items if item.snapshot is not None)
    still_open = sum(1 for seconds, _ in taken[-40:] if seconds >= (taken[-1][0] - 5) // 30 * 30)
    assert told + still_open == len(taken)


# What goes follows from the records, not from where one begins

RECORDS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 7, 30, 45, -3, -40, 3600, -3600]),  # seconds since the record before
        st.lists(
            st.tuples(
                st.sampled_from(["a.x", "b.x", "c.x"]),
                st.floats(-6, 6),  # beyond its record's time: the clock was set back in between
                st.sampled_from([0.0, 1.0, 2.0, 3.5]),
                st.sampled_from([Quality.GOOD, Quality.SUSPECT]),
            ),
            max_size=4,
        ),
    ),
    max_size=30,
)


def recorded(steps: list[tuple[int, list[tuple[str, float, float, Quality]]]]) -> list[Recorded]:
    records, now = [], 0
    for seq, (step, taken) in enumerate(steps, 1):
        now += step
        readings = [reading(name, now + earlier, value, quality) for name, earlier, value, quality in taken]
        records.append((seq, readings, T0 + now * SECOND))
    return records


@pytest.mark.parametrize("policy", [change(1.0, WINDOW_S), snapshots()], ids=["change", "snapshot"])
@given(steps=RECORDS)
def test_beginning_anywhere_with_what_is_in_reach_gives_the_same(
    policy: Policy, steps: list[tuple[int, list[tuple[str, float, float, Quality]]]]
) -> None:
    records = recorded(steps)
    whole = policy.begin()
    for at, record in enumerate(records):
        before = records[:at]
        far = [n for n, each in enumerate(before) if abs(each[2] - before[-1][2]) >= policy.reach_ns]
        memory = policy.begin()
        for earlier in before[far[-1] + 1 if far else 0 :]:
            memory.take(*earlier)
        assert memory.take(*record) == whole.take(*record)
