"""A unit's table whose device lacks registers: slot by slot, what is asked and what is read.

Method: the device is a set of registers that are missing and a longest read. In
each slot all blocks are asked, and one test beside them where one is due.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.source import Table
from drivers.modbus.ground import RETRIES_SOON, RETRY_FIRST_NS, Ground
from drivers.modbus.holes import kept_key, pack_holes, unpack_holes
from drivers.modbus.plan import Block, Layout, lay_out
from tests.drivers.plant import device, register_point

SECOND = 10**9
DAY = 86400 * SECOND


def layout_of(*addresses: int, max_gap: int = 0, period_s: float = 1.0) -> Layout:
    points = [register_point(f"d.r{n}", n, period_s=period_s) for n in addresses]
    (layout,) = lay_out([device(*points, max_gap=max_gap)])
    return layout


@dataclass
class Site:
    """A ground with the device below it."""

    ground: Ground
    missing: set[int] = field(default_factory=set)
    longest: int = 125
    now_ns: int = 0
    refuses_all: bool = False
    requests: int = 0

    def answers(self, block: Block) -> bool:
        self.requests += 1
        end = block.first + block.count
        return (
            not self.refuses_all
            and block.count <= self.longest
            and not self.missing & set(range(block.first, end))
        )

    def slot(self) -> set[str]:
        """Let a second pass; return the points that were read in their blocks."""
        self.now_ns += SECOND
        self.requests = 0
        read: set[str] = set()
        for block in self.ground.blocks():
            if self.answers(block):
                self.ground.answered(block)
                read |= {point.id for point in block.points}
            else:
                self.ground.refused(block, self.now_ns)
        if (test := self.ground.test(self.now_ns)) is not None:
            self.ground.tested(self.now_ns, answered=self.answers(test))
        return read

    def slots(self, count: int) -> set[str]:
        for _ in range(count - 1):
            self.slot()
        return self.slot()

    @property
    def told(self) -> list[str]:
        return [learnt.code for learnt in self.ground.learnt]


def names(*addresses: int) -> set[str]:
    return {f"d.r{n}" for n in addresses}


def test_a_point_that_does_not_exist_is_isolated_while_ever_more_of_the_others_are_read() -> None:
    site = Site(Ground(layout_of(*range(100)), frozenset(), 0), missing={37})
    read, requests = [], []
    for _ in range(20):
        read.append(len(site.slot()))
        requests.append(site.requests)
    assert read[:3] == [0, 0, 0]  # refused twice, then the first half too
    assert read[4] >= 50
    assert read == sorted(read)
    assert site.slot() == names(*(n for n in range(100) if n != 37))
    assert max(requests) <= 4  # left of it, right of it, the test, and no more than one beyond
    assert [(b.first, b.count) for b in site.ground.blocks()] == [(0, 37), (38, 62)]
    (unread,) = site.ground.unread()
    assert unread.name == "1/holding-register/37+1"
    (learnt,) = site.ground.learnt
    assert (learnt.code, learnt.points, learnt.registers) == ("points-missing", ("d.r37",), ((37, 38),))


def test_one_refusal_alone_changes_nothing() -> None:
    site = Site(Ground(layout_of(*range(10)), frozenset(), 0), refuses_all=True)
    site.slot()
    site.refuses_all = False
    assert site.slot() == names(*range(10))
    assert site.ground.next_test_ns() is None


def test_a_hole_in_a_gap_costs_no_point_anything() -> None:
    site = Site(Ground(layout_of(0, 1, 4, 5, max_gap=2), frozenset(), 0), missing={2})
    assert site.slots(6) == names(0, 1, 4, 5)
    assert site.ground.unread() == []
    assert site.ground.holes == {(2, 4)}
    assert site.told == ["registers-missing"]


def test_a_plc_that_refuses_everything_for_a_while_is_back_as_soon_as_it_is() -> None:
    site = Site(Ground(layout_of(*range(40)), frozenset(), 0), refuses_all=True)
    site.slots(15)
    site.refuses_all = False
    site.slots(3)
    assert site.slot() == names(*range(40))
    assert len(site.ground.blocks()) == 1
    assert site.ground.holes == frozenset()
    assert site.told == []


def test_a_block_of_which_nothing_can_be_read_is_told_once_and_asked_in_every_slot() -> None:
    site = Site(Ground(layout_of(*range(4)), frozenset(), 0), missing=set(range(4)))
    site.slots(30)
    assert site.told == ["block-refused"]
    assert [b.name for b in site.ground.blocks()] == ["1/holding-register/0+4"]
    site.missing.clear()
    assert site.slot() == names(*range(4))
    assert site.told == ["block-refused", "points-back"]


def test_a_point_that_comes_into_being_is_found_within_the_minute_later_within_the_day() -> None:
    site = Site(Ground(layout_of(*range(10)), frozenset(), 0), missing={3})
    site.slots(20)
    learnt_ns = site.now_ns
    tests = []
    while site.now_ns < 3 * DAY:
        site.now_ns = site.ground.next_test_ns() or 0
        test = site.ground.test(site.now_ns)
        assert test is not None
        site.ground.tested(site.now_ns, answered=site.answers(test))
        tests.append(site.now_ns)
    assert tests[0] - learnt_ns <= RETRY_FIRST_NS
    assert max(later - sooner for sooner, later in pairwise(tests)) == DAY
    assert len(tests) < RETRIES_SOON + 15
    site.missing.clear()
    site.now_ns = (site.ground.next_test_ns() or 0) - SECOND
    site.slot()
    assert site.slot() == names(*range(10))
    assert site.ground.holes == frozenset()
    assert site.told == ["points-missing", "points-back"]


def test_many_holes_are_tried_again_one_a_second_and_not_in_a_burst() -> None:
    missing = set(range(0, 40, 2))
    site = Site(Ground(layout_of(*range(40)), frozenset((n, n + 1) for n in missing), 0), missing=missing)
    site.now_ns = RETRY_FIRST_NS
    blocks = len(site.ground.blocks())
    for _ in range(30):
        site.slot()
        assert site.requests <= blocks + 1


def test_holes_are_known_again_after_a_restart_but_not_for_another_plan() -> None:
    layout = layout_of(*range(10))
    kept = pack_holes({(3, 4)}, layout)
    assert unpack_holes(kept, layout) == {(3, 4)}
    assert unpack_holes(kept, layout_of(*range(11))) == frozenset()
    assert unpack_holes(kept, layout_of(*range(10), max_gap=1)) == frozenset()
    assert unpack_holes(None, layout) == frozenset()
    assert pack_holes([], layout) is None
    assert kept_key("plc", 3, Table.COIL) == "holes/plc/3/coil"
    ground = Ground(layout, unpack_holes(kept, layout), 0)
    assert [(b.first, b.count) for b in ground.blocks()] == [(0, 3), (4, 6)]


@pytest.mark.parametrize("period_s", [0.1, 5.0, 6 * 3600.0])
def test_a_search_asks_once_in_a_slot_but_at_least_once_a_second(period_s: float) -> None:
    ground = Ground(layout_of(*range(8), period_s=period_s), frozenset(), 0)
    (block,) = ground.blocks()
    ground.refused(block, 0)
    ground.refused(block, 0)
    pace_ns = round(min(period_s, 1.0) * 1e9)
    assert ground.test(pace_ns - 1) is None
    assert ground.test(pace_ns) is not None
    assert ground.test(pace_ns) is None


def test_a_test_without_an_answer_is_asked_again() -> None:
    ground = Ground(layout_of(*range(8)), frozenset(), 0)
    (block,) = ground.blocks()
    ground.refused(block, 0)
    ground.refused(block, 0)
    test = ground.test(SECOND)
    assert not ground.tested(SECOND, answered=None)
    assert ground.test(2 * SECOND) == test


@settings(max_examples=80, deadline=None)
@given(
    addresses=st.sets(st.integers(0, 60), min_size=1, max_size=40),
    max_gap=st.integers(0, 3),
    missing=st.sets(st.integers(0, 60), max_size=5),
    longest=st.integers(3, 125),
)
def test_in_the_end_all_that_exists_is_read_and_nothing_else_is_asked_for(
    addresses: set[int], max_gap: int, missing: set[int], longest: int
) -> None:
    site = Site(Ground(layout_of(*addresses, max_gap=max_gap), frozenset(), 0), missing, longest)
    for _ in range(600):
        site.slot()
        site.now_ns -= SECOND // 2  # so that ten minutes hold no more than five of re-tries
    read = site.slot()
    assert read >= names(*(addresses - missing))
    points = [point.id for block in (*site.ground.blocks(), *site.ground.unread()) for point in block.points]
    assert sorted(points) == sorted(names(*addresses))


@pytest.mark.parametrize("lasts_s", [5, 12, 60, 170])
def test_what_a_plc_lacks_while_it_is_loaded_is_read_again_within_5_s(lasts_s: int) -> None:
    addresses = (0, 5, 9)
    site = Site(Ground(layout_of(*addresses), frozenset(), 0), missing={5, 9})
    for _ in range(lasts_s):
        site.slot()
    site.missing.clear()
    for _ in range(6):
        read = site.slot()
    assert read == names(*addresses)
