"""One table of one unit: what is read of it now, and what its answers have taught.

A block that is refused twice in a row is searched (see search.py), one test at a
time and no more than one in a slot, while everything that is known to be
readable is read. What turns out to be missing is not asked for any more, but tried
again: every few seconds for the first minutes, so that a PLC that was being
programmed comes back at once, then ever more seldom, up to once a day.

A block of which nothing can be read is left as it is and asked for in every
slot: it costs no more than the plan wanted, and it is the quickest to return.

Where slots are further apart than that, a refused block is asked for between them
as well: a register that is read once an hour is not searched for an hour later.

Knows nothing of links and waits for nothing; times are nanoseconds of the
monotonic clock.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from drivers.modbus.plan import Block, Layout
from drivers.modbus.search import Search, Verdict
from drivers.modbus.spans import Limits, Range, Span, join_spans

PACE_MAX_NS: Final = 1_000_000_000
"""A search asks once in a slot; once a second where slots are further apart."""
REFUSALS: Final = 2
"""Refusals in a row before a search begins: one alone may be chance."""
RETRY_FIRST_NS: Final = 4_000_000_000
RETRIES_SOON: Final = 45
"""So often at the first interval, three minutes in all: as long as a download to a PLC takes."""
RETRY_CAP_NS: Final = 86_400_000_000_000


@dataclass(slots=True)
class Retry:
    """When something that was refused is worth another question."""

    due_ns: int
    wait_ns: int = RETRY_FIRST_NS
    refusals: int = 0

    def put_off(self, now_ns: int) -> None:
        """It was refused again: wait twice as long, once that has happened for some minutes."""
        self.refusals += 1
        if self.refusals >= RETRIES_SOON:
            self.wait_ns = min(2 * self.wait_ns, RETRY_CAP_NS)
        self.due_ns = now_ns + self.wait_ns


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something that people should know. `code` as in a Note; the points and registers that it is about."""

    code: str
    points: tuple[str, ...]
    registers: tuple[Range, ...]


class Ground:
    """The blocks of one layout, as far as its unit lets itself be read."""

    def __init__(self, layout: Layout, holes: frozenset[Range], now_ns: int) -> None:
        self.layout = layout
        self.learnt: list[Learnt] = []
        self._holes = {hole: Retry(now_ns + RETRY_FIRST_NS) for hole in holes}
        self._refusals: Counter[str] = Counter()  # in a row, by the block's name
        self._hopeless: dict[str, Retry] = {}  # blocks of which nothing can be read
        self._search: Search | None = None
        self._searched: Block | None = None
        self._joins_answered = True
        self._test_ns = 0
        self._tried: Range | None = None

    @property
    def holes(self) -> frozenset[Range]:
        """What is known not to be readable."""
        return frozenset(self._holes)

    def take_learnt(self) -> list[Learnt]:
        """Return what was learnt since this was last asked."""
        learnt, self.learnt = self.learnt, []
        return learnt

    def missing(self) -> list[Span]:
        """Return the points that cannot be read, as far as is known."""
        refused = [block for block in self.blocks() if block.name in self._hopeless]
        return self._left_out() + [span for block in refused for span in self._spans(block)]

    def blocks(self) -> list[Block]:
        """Return the blocks to ask for."""
        found: list[Block] = []
        for period_s, spans in self.layout.spans.items():
            found += [self._block(period_s, run) for run in self._runs(period_s, spans)]
        return found

    def unread(self) -> list[Block]:
        """Return the points that no block holds, those side by side together."""
        read = {id(point) for block in self.blocks() for point in block.points}
        found: list[Block] = []
        for period_s, spans in self.layout.spans.items():
            rest = [span for span in spans if id(span.point) not in read]
            found += [self._bare(period_s, run) for run in _side_by_side(rest)]
        return found

    def refused(self, block: Block, now_ns: int) -> bool:
        """Take a refusal of a block (exception 2 or 3); return whether the blocks are others now."""
        if self._searched is not None and set(map(id, block.points)) <= set(map(id, self._searched.points)):
            # What was answered in parts is refused together: leave the parts as they are for now.
            was, self._joins_answered = self._joins_answered, False
            return was
        self._refusals[block.name] += 1
        retry = self._hopeless.get(block.name)
        is_due = retry is None or now_ns >= retry.due_ns
        if self._searched is not None or self._refusals[block.name] < REFUSALS or not is_due:
            return False
        search = Search(self._spans(block), self._limits())
        if search.verdict is Verdict.ALL_REFUSED:
            self._give_up(block, now_ns)
            return False
        self._search, self._searched, self._joins_answered = search, block, True
        self._test_ns = now_ns + _pace_ns(block)
        return True

    def answered(self, block: Block) -> None:
        """Take an answer to a block."""
        if self._refusals:
            self._refusals.pop(block.name, None)
            if self._hopeless.pop(block.name, None) is not None:
                self._learn("points-back", self._spans(block))

    def again_ns(self, block: Block, now_ns: int) -> int:
        """Return when a block that was refused is to be asked for again, should no slot come before."""
        soonest_ns = now_ns + (PACE_MAX_NS if self._searched is None else RETRY_FIRST_NS)
        retry = self._hopeless.get(block.name)
        return soonest_ns if retry is None else max(retry.due_ns, soonest_ns)

    def next_test_ns(self) -> int | None:
        """Return when the next test is due; None where there is nothing to find out."""
        if self._search is not None:
            return self._test_ns
        dues = [retry.due_ns for retry in self._holes.values()]
        return max(min(dues), self._test_ns) if dues else None

    def test(self, now_ns: int) -> Block | None:
        """Return what to ask for now, beside the blocks, to learn more; its outcome must be told."""
        due_ns = self.next_test_ns()
        if due_ns is None or due_ns > now_ns:
            return None
        self._test_ns = now_ns + PACE_MAX_NS
        if self._search is not None and self._searched is not None:
            self._test_ns = now_ns + _pace_ns(self._searched)
            return self._block(self._searched.period_s, self._search.test)
        self._tried = min(self._holes, key=lambda hole: self._holes[hole].due_ns)
        block = self._across(self._tried)
        if block is None:  # nothing would be read there anyhow
            self._holes[self._tried].put_off(now_ns)
        return block

    def tested(self, now_ns: int, *, answered: bool | None) -> bool:
        """Take the outcome of the test (None: no answer at all); return whether the blocks are others now."""
        if self._search is None or self._searched is None:
            return self._tried_again(now_ns, answered=bool(answered))
        if answered is None:
            return False
        self._search.tell(answered=answered)
        if self._search.verdict is Verdict.SEARCHING:
            return answered
        search, block = self._search, self._searched
        self._search = self._searched = None
        self._refusals.pop(block.name, None)
        if search.verdict is Verdict.FOUND:
            self._holes |= {hole: Retry(now_ns + RETRY_FIRST_NS) for hole in search.holes}
            missing = [span for span in self._left_out() if span in search.run]
            self._learn("points-missing" if missing else "registers-missing", missing, search.holes)
        elif search.verdict is Verdict.ALL_REFUSED:
            self._give_up(block, now_ns)
        return True

    def _tried_again(self, now_ns: int, *, answered: bool) -> bool:
        hole, self._tried = self._tried, None
        if hole is None or hole not in self._holes:
            return False
        if not answered:
            self._holes[hole].put_off(now_ns)
            return False
        before = self._left_out()
        del self._holes[hole]
        for other in self._holes.values():  # what has brought one back may have brought the others
            other.due_ns = min(other.due_ns, now_ns)
        after = self._left_out()
        back = [span for span in before if span not in after]
        self._learn("points-back" if back else "registers-back", back, [hole])
        return True

    def _give_up(self, block: Block, now_ns: int) -> None:
        if block.name in self._hopeless:
            self._hopeless[block.name].put_off(now_ns)
        else:
            self._hopeless[block.name] = Retry(now_ns + RETRY_FIRST_NS)
            self._learn("block-refused", self._spans(block))
        self._refusals[block.name] = 0  # an answer is still looked out for

    def _left_out(self) -> list[Span]:
        limits = self._limits()
        return [span for spans in self.layout.spans.values() for span in join_spans(spans, limits)[1]]

    def _learn(
        self, code: str, spans: Sequence[Span], holes: Sequence[Range] | frozenset[Range] = ()
    ) -> None:
        registers = holes or {span.range for span in spans}
        self.learnt.append(Learnt(code, tuple(span.point.id for span in spans), tuple(sorted(registers))))

    def _limits(self, *more: Range) -> Limits:
        return replace(self.layout.limits, holes=frozenset((*self._holes, *more)))

    def _runs(self, period_s: float, spans: Sequence[Span]) -> Iterator[list[Span]]:
        if self._search is None or self._searched is None or self._searched.period_s != period_s:
            yield from join_spans(spans, self._limits())[0]
            return
        in_search = set(map(id, self._searched.points))
        yield from join_spans([s for s in spans if id(s.point) not in in_search], self._limits())[0]
        if not self._joins_answered:
            yield from self._search.answered
            return
        answered = [span for run in self._search.answered for span in run]
        doubtful = [s.range for s in self._search.run if s not in answered]
        yield from join_spans(answered, self._limits(*doubtful))[0]

    def _block(self, period_s: float, run: Sequence[Span]) -> Block:
        return replace(self.layout, limits=self._limits()).block(period_s, run)

    def _bare(self, period_s: float, run: Sequence[Span]) -> Block:
        first, end = run[0].first, max(span.end for span in run)
        points = tuple(span.point for span in run)
        return Block(self.layout.unit_id, self.layout.table, first, end - first, period_s, points)

    def _across(self, hole: Range) -> Block | None:
        """Return the block that would be read if `hole` were none; None where there would be none over it."""
        others = frozenset(self._holes) - {hole}
        bare = replace(self.layout, limits=replace(self.layout.limits, holes=others))
        alone = replace(self.layout.limits, holes=frozenset({hole}))
        return next((b for b in bare.blocks() if alone.is_refused(b.first, b.first + b.count)), None)

    def _spans(self, block: Block) -> list[Span]:
        points = set(map(id, block.points))
        return [span for span in self.layout.spans[block.period_s] if id(span.point) in points]


def _pace_ns(block: Block) -> int:
    return min(round(block.period_s * 1e9), PACE_MAX_NS)


def _side_by_side(spans: Sequence[Span]) -> Iterator[list[Span]]:
    run: list[Span] = []
    for span in spans:
        if run and span.first > max(one.end for one in run):
            yield run
            run = []
        run.append(span)
    if run:
        yield run
