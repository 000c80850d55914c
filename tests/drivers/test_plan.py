"""The poll plan against brute force, and its rules one by one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.source import RegisterType, Table
from drivers.modbus.plan import Block, Limits, Span, join_spans, plan_blocks
from tests.drivers.plant import device, register_point

ANY = register_point("any", 0)

spans_of_a_few_points = st.lists(
    st.builds(lambda first, size: Span(first, first + size, ANY), st.integers(0, 14), st.integers(1, 2)),
    min_size=1,
    max_size=6,
)
tight_limits = st.builds(Limits, gap=st.integers(0, 3), count=st.integers(2, 8))


def names(block: Block) -> list[str]:
    return [point.id for point in block.points]


def allowed(run: tuple[Span, ...], limits: Limits) -> bool:
    """Whether one read may fetch all of `run`, said as plainly as possible."""
    wanted = {address for span in run for address in range(span.first, span.end)}
    gaps = "".join("x" if a in wanted else "." for a in range(min(wanted), max(wanted) + 1)).split("x")
    return max(wanted) - min(wanted) < limits.count and max(map(len, gaps)) <= limits.gap


def fewest(spans: tuple[Span, ...], limits: Limits) -> int:
    """The fewest reads, by trying every set of spans that may be read with the first one."""
    if not spans:
        return 0
    first, rest = spans[0], spans[1:]
    return min(
        1 + fewest(tuple(s for n, s in enumerate(rest) if n not in chosen), limits)
        for size in range(len(rest) + 1)
        for chosen in combinations(range(len(rest)), size)
        if allowed((first, *(rest[n] for n in chosen)), limits)
    )


@given(spans_of_a_few_points, tight_limits)
def test_the_plan_covers_every_point_once_within_limits_in_the_fewest_reads(
    spans: list[Span], limits: Limits
) -> None:
    runs = list(join_spans(spans, limits))
    assert sorted((s.first, s.end) for run in runs for s in run) == sorted((s.first, s.end) for s in spans)
    assert all(allowed(tuple(run), limits) for run in runs)
    assert len(runs) == fewest(tuple(spans), limits)


def test_points_side_by_side_are_read_at_once() -> None:
    points = [register_point(f"p{n}", 2 * n, RegisterType.FLOAT32) for n in range(4)]
    (block,) = plan_blocks([device(*points)])
    assert (block.first, block.count, block.name) == (0, 8, "1/holding-register/0+8")


def test_a_32_bit_value_is_never_split_across_two_reads() -> None:
    points = [register_point(f"p{n}", 2 * n, RegisterType.UINT32) for n in range(70)]
    blocks = plan_blocks([device(*points)])
    assert [block.count for block in blocks] == [124, 16]


def test_a_gap_is_not_read_unless_the_plant_file_allows_it() -> None:
    points = (register_point("a", 0), register_point("b", 3))
    assert len(plan_blocks([device(*points)])) == 2
    assert len(plan_blocks([device(*points, max_gap=1)])) == 2
    (block,) = plan_blocks([device(*points, max_gap=2)])
    assert (block.first, block.count) == (0, 4)


def test_devices_that_share_a_unit_are_planned_together_within_the_stricter_limits() -> None:
    one = device(register_point("a", 0), register_point("c", 2), max_gap=5)
    other = device(register_point("b", 1), register_point("d", 5), max_gap=1)
    assert [names(block) for block in plan_blocks([one, other])] == [["a", "b", "c"], ["d"]]


@pytest.mark.parametrize(
    "other",
    [
        register_point("other", 1, unit_id=2),
        register_point("other", 1, table=Table.INPUT_REGISTER),
        register_point("other", 1, period_s=5.0),
    ],
    ids=["unit", "table", "period"],
)
def test_different_units_tables_and_periods_are_never_read_together(other: object) -> None:
    assert len(plan_blocks([device(register_point("a", 0), other)])) == 2  # type: ignore[arg-type]


def test_a_read_holds_at_most_125_registers_or_2000_bits() -> None:
    registers = [register_point(f"r{n}", n) for n in range(126)]
    bits = [register_point(f"b{n}", n, RegisterType.BIT, table=Table.COIL) for n in range(2001)]
    assert [b.count for b in plan_blocks([device(*registers, *bits)])] == [125, 1, 2000, 1]


def test_a_device_with_a_small_buffer_gets_small_reads() -> None:
    points = [register_point(f"p{n}", n) for n in range(10)]
    assert [b.count for b in plan_blocks([device(*points, max_registers=4)])] == [4, 4, 2]


def test_overlapping_points_share_a_read() -> None:
    word, bit = register_point("word", 4), register_point("bit", 4, RegisterType.BIT, bit=3)
    wide = register_point("wide", 3, RegisterType.UINT32)
    (block,) = plan_blocks([device(word, bit, wide)])
    assert (block.first, block.count, sorted(names(block))) == (3, 2, ["bit", "wide", "word"])
