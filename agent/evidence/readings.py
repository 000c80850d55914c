"""A store's readings of some time, record by record, with bounded memory and in short transactions.

There is no index by time, and times need not rise: a clock may have been set.
So the times of every record are looked at, in their own columns, and only
payloads that can hold something are read.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from agent.evidence.catalogues import Catalogues, KnownPoint, unnamed
from agent.evidence.history import UNREADABLE
from agent.evidence.surviving import past_damage
from agent.records import Json, Packer
from buffering.beside import SEQ_MAX, SLICE_RECORDS, Row, StoreBeside
from buffering.record import Lane
from buffering.records import Times
from drivers.reading import Quality, Value

TIMES_AT_ONCE: Final = 4096
_WORDS: Final[dict[int, str]] = {quality.value: quality.word for quality in Quality}


@dataclass(frozen=True, slots=True)
class Period:
    """The time [from_ns, to_ns)."""

    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading; (epoch, seq, index) is its name."""

    index: int
    block: str
    point: KnownPoint
    utc_ns: int
    value: Value
    quality: int
    source_ns: int | None

    @property
    def quality_word(self) -> str:
        """The quality's word; a number that this version does not know stands for itself."""
        return _WORDS.get(self.quality, str(self.quality))


@dataclass(frozen=True, slots=True)
class ReadingRecord:
    """A record's readings within the time that was asked for; None: the record cannot be read."""

    epoch: int
    seq: int
    readings: tuple[StoredReading, ...] | None


@dataclass(slots=True)
class _Run:
    """Records that follow on each other."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A record of the lane `reading` that can hold something of the time asked for; None: it is damaged."""

    epoch: int
    seq: int
    content: Json | None


def recorded(
    store: StoreBeside, catalogues: Catalogues, period: Period, *, tell: Callable[[int], None]
) -> Iterator[ReadingRecord]:
    """Yield the readings of a time record by record, in the order of recording.

    `tell` hears how far it got, as times of records. Raises StoreFailed: the disk fails.
    """
    for record in unpacked(store, period, tell=tell):
        readings = None
        if record.content is not None:
            with suppress(*UNREADABLE):
                readings = tuple(_readings(record.content, catalogues, period))
        yield ReadingRecord(record.epoch, record.seq, readings)


def unpacked(store: StoreBeside, period: Period, *, tell: Callable[[int], None]) -> Iterator[Unpacked]:
    """Yield the records that can hold readings of a time. Raises StoreFailed: the disk fails."""
    packer = Packer()
    for epoch, lane in store.lanes():
        for row in _rows(store, epoch, period, tell) if lane is Lane.READING else ():
            if isinstance(row, int):
                yield Unpacked(epoch, row, None)
                continue
            content = None
            if hashlib.sha256(row.payload).digest() == row.sha256:
                with suppress(*UNREADABLE):
                    content = packer.unpack(row.payload)
            yield Unpacked(epoch, row.seq, content)


def _rows(store: StoreBeside, epoch: int, period: Period, tell: Callable[[int], None]) -> Iterator[Row | int]:
    """Yield the rows that can hold something; the bare number of one that lies on a damaged page."""
    for run in _runs(store, epoch, period, tell):
        yield from past_damage(partial(_fetch, store, epoch), run.first, run.last, limit=SLICE_RECORDS)


def _runs(store: StoreBeside, epoch: int, period: Period, tell: Callable[[int], None]) -> Iterator[_Run]:
    """Yield runs of records with times within the period; what cannot be read may be within it."""
    run: _Run | None = None
    for each in past_damage(partial(_times, store, epoch, tell), 1, limit=TIMES_AT_ONCE):
        seq = each if isinstance(each, int) else each.seq
        if isinstance(each, Times) and not (each.first_ns < period.to_ns and each.last_ns >= period.from_ns):
            continue
        if run is not None and seq == run.last + 1 and seq - run.first < SLICE_RECORDS:
            run.last = seq
            continue
        if run is not None:
            yield run
        run = _Run(seq, seq)
    if run is not None:
        yield run


def _times(
    store: StoreBeside, epoch: int, tell: Callable[[int], None], first: int, limit: int
) -> Sequence[Times]:
    times = store.times(epoch, Lane.READING, first, SEQ_MAX, limit=limit)
    if times:
        tell(times[-1].last_ns)
    return times


def _fetch(store: StoreBeside, epoch: int, first: int, limit: int) -> Sequence[Row]:
    return store.rows(epoch, Lane.READING, first, limit=limit)


def _readings(content: Json, catalogues: Catalogues, period: Period) -> Iterator[StoredReading]:
    """Yield the readings within the time. Raises one of UNREADABLE."""
    key = str(content["catalogue"])
    points = catalogues.points(key)
    plans = [
        (block, [points[n] if n < len(points) else unnamed(key, n) for n in numbers])
        for _, block, numbers in content["plans"]
    ]
    index = 0
    for plan, utc_ns, _, _, values, qualities, sources_ns in content["scans"]:
        block, of_plan = plans[plan]
        if period.from_ns <= utc_ns < period.to_ns:
            for place, (point, value) in enumerate(zip(of_plan, values, strict=True)):
                quality = qualities[place] if qualities else 0
                source_ns = sources_ns[place] if sources_ns else None
                yield StoredReading(index + place, block, point, utc_ns, value, quality, source_ns)
        index += len(values)
