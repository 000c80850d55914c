"""Bisecting a refused read, against devices that lack registers or dislike long reads.

Method: the device is a set of registers that exist and a longest read; the search
asks it until it has a verdict. Whatever exists must have been answered by then.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.modbus.search import Search, Verdict
from drivers.modbus.spans import Limits, Range, Span, join_spans
from tests.drivers.plant import register_point

ANY = register_point("any", 0)
LIMITS = Limits(gap=20, count=125)


def run_of(*ranges: Range) -> list[Span]:
    return [Span(first, end, ANY) for first, end in ranges]


def singles(*addresses: int) -> list[Span]:
    return run_of(*((address, address + 1) for address in addresses))


class Oracle:
    """A device that refuses a read which touches a missing register, or is too long."""

    def __init__(self, *missing: int, longest: int = 125) -> None:
        self.missing = set(missing)
        self.longest = longest
        self.asked: list[Range] = []

    def answers(self, run: list[Span]) -> bool:
        first, end = run[0].first, max(span.end for span in run)
        self.asked.append((first, end))
        return end - first <= self.longest and not self.missing & set(range(first, end))


def searched(run: list[Span], device: Oracle, limits: Limits = LIMITS) -> Search:
    search = Search(run, limits)
    while search.verdict is Verdict.SEARCHING:
        search.tell(answered=device.answers(search.test))
    return search


def test_one_missing_register_among_a_hundred_is_found_in_few_reads() -> None:
    device = Oracle(37)
    search = searched(singles(*range(100)), device)
    assert search.holes == {(37, 38)}
    assert len(device.asked) <= 2 * 7 + 1  # two halves on each of 7 levels, and the whole once more


def test_a_register_missing_in_a_gap_is_found_before_any_value_is_split_off() -> None:
    device = Oracle(11)
    search = searched(run_of((0, 2), (2, 4), (4, 10), (12, 16)), device)
    assert search.holes == {(10, 12)}
    assert device.asked == [(0, 10), (0, 16), (12, 16)]


def test_a_float_of_which_one_half_is_missing_is_missing() -> None:
    assert searched(run_of((0, 2), (2, 4), (4, 6)), Oracle(5)).holes == {(4, 6)}


def test_a_device_that_wants_shorter_reads_gets_them() -> None:
    search = searched(singles(*range(20)), Oracle(longest=10))
    assert search.holes == {(10, 10)}
    assert [len(run) for run in join_spans(search.run, Limits(0, 125, holes=search.holes))[0]] == [10, 10]


def test_a_device_that_refuses_everything_teaches_nothing() -> None:
    search = searched(singles(*range(8)), Oracle(*range(8)))
    assert search.verdict is Verdict.ALL_REFUSED


def test_when_the_whole_is_answered_again_what_was_learnt_is_forgotten() -> None:
    device = Oracle(*range(8))
    search = Search(singles(*range(8)), LIMITS)
    for _ in range(5):
        search.tell(answered=device.answers(search.test))
    device.missing.clear()  # the PLC's programmer is done
    while search.verdict is Verdict.SEARCHING:
        search.tell(answered=device.answers(search.test))
    assert search.verdict is Verdict.PASSED
    assert device.asked[-1] == (0, 8)
    assert len(device.asked) == 7


def test_one_value_alone_cannot_be_searched() -> None:
    assert Search(run_of((4, 8)), LIMITS).verdict is Verdict.ALL_REFUSED


def test_where_the_count_must_be_even_no_half_is_odd() -> None:
    device = Oracle(6)
    limits = Limits(gap=0, count=125, even=True)
    search = searched(singles(*range(8)), device, limits)
    assert all((end - first) % 2 == 0 for first, end in device.asked)
    assert search.holes == {(6, 8)}


@settings(max_examples=300, deadline=None)
@example(singles(*range(30)), {0, 29}, 30)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=2, max_size=25).map(
        lambda steps: run_of(
            *(
                (sum(sum(s) for s in steps[:n]) + gap, sum(sum(s) for s in steps[: n + 1]))
                for n, (gap, _) in enumerate(steps)
            )
        )
    ),
    st.sets(st.integers(0, 60), max_size=4),
    st.integers(4, 125),
)
def test_every_value_that_exists_is_answered_during_the_search_and_no_other(
    run: list[Span], missing: set[int], longest: int
) -> None:
    device = Oracle(*missing, longest=longest)
    search = Search(run, LIMITS)
    if device.answers(run):
        return  # nothing to search for
    search = searched(run, device)
    exists = [s for s in run if not missing & set(range(s.first, s.end))]
    assert [s for part in sorted(search.answered, key=lambda p: p[0].range) for s in part] == exists
    assert search.verdict is (Verdict.FOUND if exists else Verdict.ALL_REFUSED)
    lacking = {s.range for s in run if s not in exists}
    assert not exists or lacking <= search.holes
    if longest >= run[-1].end - run[0].first:
        assert all(missing & set(range(*hole)) for hole in search.holes)  # nothing sound is called a hole
