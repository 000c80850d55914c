"""The rules of the poll plan one by one; see test_spans.py for all of them at once."""

import time

import pytest

from config.source import RegisterType, Table
from drivers.modbus.plan import Block, plan_blocks
from tests.drivers.plant import device, register_point


def names(block: Block) -> list[str]:
    return [point.id for point in block.points]


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


def test_a_gap_of_registers_that_the_manual_declares_is_read() -> None:
    points = (register_point("a", 0), register_point("b", 20))
    (block,) = plan_blocks([device(*points, readable=((0, 0x30),))])
    assert (block.first, block.count) == (0, 21)


def test_a_forbidden_range_is_not_read_even_in_a_gap() -> None:
    points = (register_point("a", 0), register_point("b", 3))
    blocks = plan_blocks([device(*points, max_gap=9, forbidden=((2, 3),))])
    assert [(block.first, block.count) for block in blocks] == [(0, 1), (3, 1)]


def test_what_one_device_forbids_holds_for_its_whole_unit() -> None:
    one = device(register_point("a", 0), register_point("b", 3), max_gap=9)
    other = device(register_point("c", 9, period_s=5.0), max_gap=9, forbidden=((2, 3),))
    assert len(plan_blocks([one, other])) == 3


@pytest.mark.parametrize(
    ("addresses", "asked"),
    [
        ([0, 1, 2], [(0, 2), (2, 2)]),  # 2 alone takes 3, which may be crossed on the way to 4
        ([2], [(2, 2)]),
        ([5], [(4, 2)]),  # nothing is known of 6, so it starts one earlier
    ],
)
def test_where_the_count_must_be_even_a_register_that_exists_makes_it_so(
    addresses: list[int], asked: list[tuple[int, int]]
) -> None:
    others = [register_point(f"o{n}", n, period_s=5.0) for n in (3, 4)]
    points = [register_point(f"p{n}", n) for n in addresses]
    blocks = plan_blocks([device(*points, *others, even_count=True, max_registers=3)])
    assert [(block.first, block.count) for block in blocks if block.period_s != 5.0] == asked


def test_a_point_that_cannot_be_read_evenly_is_in_no_block() -> None:
    assert plan_blocks([device(register_point("alone", 7), even_count=True)]) == ()


def test_a_value_longer_than_the_device_sends_is_in_no_block() -> None:
    wide = register_point("wide", 0, RegisterType.FLOAT64)
    assert plan_blocks([device(wide, max_registers=3)]) == ()


def test_the_time_to_plan_grows_with_the_points_and_no_faster() -> None:
    """It happens on the event loop, whenever a hole is learnt: no number of points may hold it up."""

    def planning_s(size: int) -> float:
        bits = [register_point(f"b{n}", n, RegisterType.BIT, table=Table.COIL) for n in range(size)]
        apart = [register_point(f"r{n}", 3 * n) for n in range(size // 2)]
        whole = [device(*bits, *apart, max_gap=2)]
        takes_s = []
        for _ in range(3):
            begun_s = time.process_time()
            plan_blocks(whole)
            takes_s.append(time.process_time() - begun_s)
        return min(takes_s)

    assert planning_s(4000) < 20 * planning_s(500)  # measured: 9; weighing every run, it was 64 and more
