"""Readings as a table that Excel opens rightly: CSV in UTF-8 with a mark, lines ended as Windows does."""

import csv
from collections.abc import Iterator
from datetime import tzinfo
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
    """Writes rows as they come; nothing is kept."""

    def __init__(self, stream: IO[bytes], zone: tzinfo, language: Language) -> None:
        self._zone = zone
        self._language = language
        self._stream = stream
        self._writer = csv.writer(_Encoded(stream), lineterminator="\r\n")
        stream.write(BOM)
        self._writer.writerow(HEADINGS[language])

    def add(self, record: ReadingRecord, readings: Iterator[StoredReading]) -> int:
        """Write some readings of a record; return how many."""
        rows = [self._row(record, reading) for reading in readings]
        self._writer.writerows(rows)
        return len(rows)

    def _row(self, record: ReadingRecord, reading: StoredReading) -> tuple[str, ...]:
        point = reading.point
        return (
            shown(reading.utc_ns, self._zone),
            _harmless(point.id),
            _harmless(point.name.get(self._language, "")),
            _harmless(point.tag),
            _value(reading.value),
            _harmless(point.unit),
            reading.quality_word,
            "" if reading.source_ns is None else shown(reading.source_ns, self._zone),
            # One text: Excel rounds a number of 16 digits, and an epoch has 16.
            f"{record.epoch}/reading/{record.seq}/{reading.index}",
        )


class _Encoded:
    """Text in, UTF-8 out: csv wants a text stream, and standard output must take the mark as bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.encode("utf-8", "backslashreplace"))


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value)


def _harmless(text: str) -> str:
    """Return a text that Excel does not run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
