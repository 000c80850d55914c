"""The fewest reads against brute force: every limit at once, on a few points that may overlap.

Method: brute force tries every set of points that one read may fetch, said as
plainly as possible from the limits alone.
"""

from collections.abc import Iterator
from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.modbus.spans import Limits, Range, Span, join_spans, pad
from tests.drivers.plant import register_point

ANY = register_point("any", 0)
ADDRESSES = 18

Spans = tuple[Span, ...]


def span(first: int, size: int) -> Span:
    return Span(first, first + size, ANY)


ranges = st.builds(lambda first, size: (first, first + size), st.integers(0, ADDRESSES), st.integers(1, 4))
holes = st.builds(lambda first, size: (first, first + size), st.integers(0, ADDRESSES), st.integers(0, 3))
spans_of_a_few_points = st.lists(
    st.builds(span, st.integers(0, ADDRESSES - 4), st.integers(1, 3)), min_size=1, max_size=6
)
tight_limits = st.builds(
    Limits,
    gap=st.integers(0, 3),
    count=st.integers(1, 8),
    even=st.booleans(),
    forbidden=st.lists(ranges, max_size=1).map(tuple),
    readable=st.lists(ranges, max_size=1).map(tuple),
    holes=st.frozensets(holes, max_size=2),
)


def inside(address: int, ranges: tuple[Range, ...]) -> bool:
    return any(first <= address < end for first, end in ranges)


def may_be_asked(first: int, end: int, limits: Limits) -> bool:
    holds_a_hole = any(
        (first <= low and high <= end) if low < high else (first <= low - 1 and low < end)
        for low, high in limits.holes
    )
    is_uneven = limits.even and (end - first) % 2 == 1
    return end - first <= limits.count and not holds_a_hole and not is_uneven


def letter(address: int, wanted: set[int], limits: Limits) -> str:
    if inside(address, limits.forbidden):
        return "!"
    if address in wanted:
        return "."
    return "-" if inside(address, limits.readable) else "x"


def allowed(run: Spans, limits: Limits) -> bool:
    """Whether one read may fetch all of `run`."""
    wanted = {address for one in run for address in range(one.first, one.end)}
    first, end = min(wanted), max(wanted) + 1
    crossed = "".join(letter(a, wanted, limits) for a in range(first, end))
    if "!" in crossed or any(gap.count("x") > limits.gap for gap in crossed.split(".")):
        return False
    frames = [(first, end)]
    frames += [(first, end + 1)] if limits.even and end in limits.padding else []
    frames += [(first - 1, end)] if limits.even and first - 1 in limits.padding else []
    return any(may_be_asked(*frame, limits) for frame in frames)


def ways(spans: Spans, limits: Limits) -> Iterator[tuple[int, int]]:
    """Yield what each way to read costs: points left out, reads."""
    if not spans:
        yield 0, 0
        return
    first, rest = spans[0], spans[1:]
    for left_out, reads in ways(rest, limits):
        yield left_out + 1, reads
    for size in range(len(rest) + 1):
        for chosen in combinations(range(len(rest)), size):
            if allowed((first, *(rest[n] for n in chosen)), limits):
                for left_out, reads in ways(tuple(s for n, s in enumerate(rest) if n not in chosen), limits):
                    yield left_out, reads + 1


@settings(max_examples=600, deadline=None)
@example([span(0, 1), span(1, 1), span(2, 2)], Limits(0, 8, even=True))  # one alone is odd, two are not
@example([span(0, 3), span(3, 3)], Limits(0, 8, even=True))
@example([span(0, 2), span(4, 2)], Limits(3, 8, holes=frozenset({(2, 4)})))
@example([span(0, 2), span(2, 2)], Limits(0, 8, holes=frozenset({(2, 2)})))
@given(spans_of_a_few_points, tight_limits)
def test_every_point_is_read_once_within_all_limits_in_the_fewest_reads(
    spans: list[Span], limits: Limits
) -> None:
    limits = pad(limits, [s.range for s in spans])
    runs, left_out = join_spans(spans, limits)
    assert sorted(s.range for run in (*runs, left_out) for s in run) == sorted(s.range for s in spans)
    assert all(allowed(tuple(run), limits) for run in runs)
    for run in runs:
        frame = limits.frame(run[0].first, max(s.end for s in run))
        assert frame is not None
        assert may_be_asked(*frame, limits)
    assert (len(left_out), len(runs)) == min(ways(tuple(spans), limits))
