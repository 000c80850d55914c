"""`python -m simulator.bureau.completeness bureau.db DESTINATION`: what a platform lacks, by its books alone.

Written after docs/guarantees.md ("Gapless"): numbers count up, one that came in parts is there when
its shares leave no stretch open and its readings come to what they say, and whatever will never come
is named by an event. Prints each number of which that is not so; exit 1 if there is one.
"""

import contextlib
import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

MESSAGES: Final = (
    "SELECT number, part_number, part_of, part_items, epoch, lane, first, last FROM message"
    " WHERE destination = ? AND number IS NOT NULL ORDER BY number"
)
READINGS: Final = "SELECT count(*) FROM reading WHERE destination = ? AND epoch = ? AND seq BETWEEN ? AND ?"
EVENTS: Final = "SELECT json FROM event WHERE destination = ?"
LEAP: Final = 1_000_000

Stretch = tuple[Fraction, Fraction]
"""Of a message, of which the whole is from 0 to 1."""


@dataclass(slots=True)
class _Number:
    """What came under one number: its shares, and how many items they say there are."""

    shares: list[Stretch] = field(default_factory=list)
    items: int = 0
    there: int = 0


@dataclass(slots=True)
class _Told:
    """What events name as never to come: numbers, with how many items of each; and whether numbers leapt."""

    items: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    leaps: bool = False


def faults(path: Path, destination: str) -> Iterator[str]:
    """Yield every number that a destination's books lack, whole or in part, and no event explains."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        told = _told(db, destination)
        due = 1
        for number, found in _numbers(db, destination).items():
            if told.leaps and number > due and number % LEAP == 1:
                due = number
            yield from (f"{lacking}: missing" for lacking in range(due, number) if lacking not in told.items)
            due = number + 1
            refused = told.items.get(number, 0)
            if (gap := open_stretch(found.shares)) is not None and not refused:
                yield f"{number}: nothing came of the stretch from {gap[0]} to {gap[1]}"
            elif found.items > found.there + refused:
                yield f"{number}: {found.there} of {found.items} came, {refused} are explained"


def _numbers(db: sqlite3.Connection, destination: str) -> dict[int, _Number]:
    numbers: dict[int, _Number] = defaultdict(_Number)
    for number, part, of, items, epoch, lane, first, last in db.execute(MESSAGES, (destination,)):
        numbers[number].shares.append(stretch(part, of))
        if items and lane == "reading":
            numbers[number].items = items
            numbers[number].there = db.execute(READINGS, (destination, epoch, first, last)).fetchone()[0]
    return numbers


def stretch(part: int | None, of: int | None) -> Stretch:
    """Return what a part stands for; without a number it is the whole."""
    width = Fraction(1, of or 1)
    return (part or 1) * width - width, (part or 1) * width


def open_stretch(shares: Iterable[Stretch]) -> Stretch | None:
    """Return the first stretch between 0 and 1 that no share covers."""
    reached = Fraction(0)
    for begin, end in sorted(shares):
        if begin > reached:
            return reached, begin
        reached = max(reached, end)
    return None if reached >= 1 else (reached, Fraction(1))


def _told(db: sqlite3.Connection, destination: str) -> _Told:
    told = _Told()
    for (text,) in db.execute(EVENTS, (destination,)):
        event = json.loads(text)
        told.leaps = told.leaps or event.get("kind") == "epoch"
        if event.get("destination") != destination:
            continue
        for each in (event, *event.get("refused", ())):
            if each.get("number") is not None:
                told.items[each["number"]] += each.get("items", 1)
    return told


def main(path: Path, destination: str) -> int:
    """Print every fault; return the exit code."""
    found = list(faults(path, destination))
    print(*found, sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
