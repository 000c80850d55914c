"""Readings as a table that Excel opens rightly: CSV in UTF-8 with a mark, lines ended as Windows does."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from functools import lru_cache, partial
from typing import IO, Final, Literal

from agent.evidence.readings import ReadingRecord, StoredReading
from agent.evidence.zone import shown
from drivers.reading import Value

Language = Literal["zh", "en"]

BOM: Final = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for the system's own code page."""

HEADINGS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("时间", "测点", "名称", "位号", "数值", "单位", "质量", "设备时间", "记录"),
    "en": ("time", "point", "name", "tag", "value", "unit", "quality", "source time", "record"),
}

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """Writes the rows of a record at once; nothing else is kept."""

    def __init__(self, stream: IO[bytes], zone: tzinfo, language: Language) -> None:
        self._language = language
        self._stream = stream
        self._shown = lru_cache(maxsize=16)(partial(shown, zone=zone))  # all points of a scan share its time
        stream.write(BOM)
        self._write([HEADINGS[language]])

    def add(self, record: ReadingRecord, readings: Iterator[StoredReading]) -> int:
        """Write some readings of a record; return how many."""
        rows = [self._row(record, reading) for reading in readings]
        self._write(rows)
        return len(rows)

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._stream.write(text.getvalue().encode("utf-8", "backslashreplace"))

    def _row(self, record: ReadingRecord, reading: StoredReading) -> tuple[str, ...]:
        point = reading.point
        return (
            self._shown(reading.utc_ns),
            _harmless(point.id),
            _harmless(point.name.get(self._language, "")),
            _harmless(point.tag),
            _value(reading.value),
            _harmless(point.unit),
            reading.quality_word,
            "" if reading.source_ns is None else self._shown(reading.source_ns),
            # One text: Excel rounds a number of 16 digits, and an epoch has 16.
            f"{record.epoch}/reading/{record.seq}/{reading.index}",
        )


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value)


def _harmless(text: str) -> str:
    """Return a text that Excel does not run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
