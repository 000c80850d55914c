"""Range algebra against plain sets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from buffering.ranges import Range, Ranges, count, cut_open, existing, merge, prune, subtract

HORIZON = 40  # stands for "every record to come"
numbers = st.sets(st.integers(1, 20), max_size=12)
spans = st.tuples(st.integers(1, 20), st.integers(0, 8)).map(lambda span: Range(span[0], span[0] + span[1]))


def ranges_of(members: set[int], *, open_from: int | None = None) -> Ranges:
    closed = merge(Range(number, number) for number in members)
    return closed if open_from is None else (*closed, Range(open_from, None))


def members_of(ranges: Ranges) -> list[int]:
    return [number for one in ranges for number in range(one.first, (one.last or HORIZON) + 1)]


@given(numbers, st.booleans(), spans)
def test_subtract_removes_exactly_the_numbers_given(members: set[int], is_open: bool, gone: Range) -> None:
    ranges = ranges_of(members, open_from=21 if is_open else None)
    expected = set(members_of(ranges)) - set(members_of((gone,)))
    assert members_of(subtract(ranges, gone)) == sorted(expected)


@given(numbers, st.integers(21, 30))
def test_what_is_subtracted_from_the_front_of_the_open_range_leaves_it_open(
    members: set[int], last: int
) -> None:
    left = subtract(ranges_of(members, open_from=21), Range(21, last))
    assert left == ranges_of(members, open_from=last + 1)


@given(st.lists(spans, max_size=6))
def test_merge_yields_the_fewest_ranges_with_the_same_numbers(parts: list[Range]) -> None:
    expected = {number for part in parts for number in members_of((part,))}
    merged = merge(parts)
    assert members_of(merged) == sorted(expected)
    assert count(merged) == len(expected)
    assert all(one.last + 1 < two.first for one, two in pairwise(merged) if one.last)


@given(numbers, st.integers(0, 35))
def test_a_cut_at_the_head_loses_nothing_and_parts_before_from_after(members: set[int], head: int) -> None:
    ranges = ranges_of(members, open_from=21)
    cut = cut_open(ranges, head)
    assert members_of(cut) == members_of(ranges)
    assert [one.first for one in cut if one.is_open] == [max(21, head + 1)]


def test_a_cut_at_a_head_that_is_not_in_the_open_range_changes_nothing() -> None:
    ranges = (Range(3, 5), Range(9, None))
    assert cut_open(ranges, 8) == ranges


@given(numbers, st.integers(15, 35))
def test_only_records_up_to_the_head_exist(members: set[int], head: int) -> None:
    present = existing(ranges_of(members, open_from=21), head)
    assert members_of(present) == sorted(members | set(range(21, head + 1)))
    assert not any(one.is_open for one in present)


@given(numbers, st.integers(1, 30))
def test_pruned_records_are_no_longer_to_send(members: set[int], first_kept: int) -> None:
    ranges = ranges_of(members, open_from=21)
    expected = [number for number in members_of(ranges) if number >= first_kept]
    assert members_of(prune(ranges, first_kept)) == expected
