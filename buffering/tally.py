"""What became of a lane's records for one destination: confirmed, waiting, parked, given up."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from buffering.beside import SEQ_MAX, Destined, Row
from buffering.ranges import Range, Ranges, subtract


@dataclass(frozen=True, slots=True)
class Amount:
    """So many records, with so many items."""

    records: int = 0
    items: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.records + other.records, self.items + other.items)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.records - other.records, self.items - other.items)


NONE: Final = Amount()


@dataclass(frozen=True, slots=True)
class Tally:
    """The records that are there, each counted once; their items, too.

    What is neither waiting, parked nor given up was acknowledged: nothing else takes a
    record out of the tables of what is to be sent. `refused` are single items of acknowledged
    records that the destination would not take, `left_out` what by declaration was never for it;
    both are known to the caller only.
    """

    confirmed: Amount = NONE
    waiting: Amount = NONE
    parked: Amount = NONE
    given_up: Amount = NONE
    refused: Amount = NONE
    left_out: Amount = NONE

    def without(self, refused: int) -> "Tally":
        """Return the tally with so many single items refused, and not confirmed."""
        items = Amount(0, min(refused, self.confirmed.items))
        return replace(self, confirmed=self.confirmed - items, refused=self.refused + items)

    def forgone(self, items: int) -> "Tally":
        """Return the tally with so many single items given up, and not confirmed."""
        amount = Amount(0, min(items, self.confirmed.items))
        return replace(self, confirmed=self.confirmed - amount, given_up=self.given_up + amount)

    def apart(self, left_out: Amount) -> "Tally":
        """Return the tally with so much of what was confirmed as never meant for the destination."""
        return replace(self, confirmed=self.confirmed - left_out, left_out=self.left_out + left_out)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.confirmed + other.confirmed,
            self.waiting + other.waiting,
            self.parked + other.parked,
            self.given_up + other.given_up,
            self.refused + other.refused,
            self.left_out + other.left_out,
        )


def tally(rows: Sequence[Row], destined: Sequence[Destined], given_up: Ranges) -> Tally:
    """Count a piece of a lane; `given_up` is what events say that the destination will not get."""
    seqs = [row.seq for row in rows]
    items = list(accumulate((row.count for row in rows), initial=0))

    def within(first: int, last: int | None) -> Amount:
        begin = bisect_left(seqs, first)
        end = max(begin, len(seqs) if last is None else bisect_right(seqs, last))
        return Amount(end - begin, items[end] - items[begin])

    for each in destined:
        given_up = subtract(given_up, Range(each.first, each.last))
    waiting = sum((within(each.first, each.last) for each in destined if not each.parked), NONE)
    parked = sum((within(each.first, each.last) for each in destined if each.parked), NONE)
    forgone = sum((within(each.first, each.last) for each in given_up), NONE)
    whole = Amount(len(rows), items[-1])
    return Tally(whole - waiting - parked - forgone, waiting, parked, forgone)


def in_two_places(destined: Sequence[Destined], *, first: int) -> Iterator[Range]:
    """Yield the numbers from `first` on that stand in two ranges of one destination."""
    end = 0
    for each in sorted(destined, key=lambda one: one.first):
        last = SEQ_MAX if each.last is None else each.last
        if first <= each.first <= end:
            yield Range(each.first, min(end, last))
        end = max(end, last)
