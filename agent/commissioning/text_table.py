"""A CSV file as a sheet: its encoding and its separator are found out.

Excel in China saves CSV as GBK (GB18030 is its superset), other programs as
UTF-8 with or without a mark, and "Unicode text" is UTF-16 with tabs. GB18030
accepts nearly any bytes, so that a UTF-8 file with one broken byte would pass as
Chinese nonsense; the encoding is therefore judged line by line, and the lines
that don't fit it are told.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from agent.commissioning.sheet import COLUMNS_MAX, ROWS_MAX, Cell, Sheet, plain
from agent.commissioning.vocabulary import field_of
from config.fault import Findings, Place

BYTES_MAX: Final = 20_000_000
_SEPARATORS: Final = ",;\t"
_SAMPLE_LINES: Final = 200
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ENCODING_NAMES: Final = {"utf-8": "UTF-8", "gb18030": "GBK"}


def read_text_table(raw: bytes, file: str, findings: Findings) -> Sheet | None:
    """Return a CSV file's rows; None after telling why it cannot be read."""
    text = _decode(raw, file, findings)
    if text is None:
        return None
    if "\0" in text:
        findings.fault(Place(file), "table-not-text")
        return None
    return _rows(text, file, findings)


def _decode(raw: bytes, file: str, findings: Findings) -> str | None:
    if raw.startswith(_UTF16_MARKS):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            findings.fault(Place(file), "table-encoding", encoding="UTF-16", bytes="")
            return None
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    lines = raw.split(b"\n")
    encoding = _encoding(lines)
    broken = [(number, error) for number, line in enumerate(lines, 1) if (error := _error(line, encoding))]
    for number, error in broken:
        column = len(error.object[: error.start].decode(encoding)) + 1
        wrong = error.object[error.start : error.start + 4].hex(" ").upper()
        place = Place(file, number, column)
        findings.fault(place, "table-encoding", encoding=_ENCODING_NAMES[encoding], bytes=wrong)
    return None if broken else raw.decode(encoding)


def _encoding(lines: Iterable[bytes]) -> str:
    """Return the encoding that fits more of the lines which tell one from the other."""
    telling = [line for line in lines if not line.isascii()]
    as_utf8 = sum(_error(line, "utf-8") is None for line in telling)
    as_gbk = sum(_error(line, "gb18030") is None for line in telling)
    # Chinese text in GBK is valid UTF-8 only by a rare accident; the reverse happens often.
    return "utf-8" if 2 * as_utf8 >= len(telling) or as_utf8 > as_gbk else "gb18030"


def _error(line: bytes, encoding: str) -> UnicodeDecodeError | None:
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        return error
    return None


def _rows(text: str, file: str, findings: Findings) -> Sheet | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text.split("\n")))
    rows: list[list[Cell]] = []
    begun = 1
    try:
        for row in reader:
            if len(rows) >= ROWS_MAX or len(row) > COLUMNS_MAX:
                fields = {"rows": ROWS_MAX, "columns": COLUMNS_MAX}
                findings.fault(Place(file, begun), "table-too-large", **fields)
                return None
            rows.append([Cell(Place(file, begun, column), text) for column, text in enumerate(row, 1)])
            begun = reader.line_num + 1
    except csv.Error:
        findings.fault(Place(file, begun), "table-quote-open")
        return None
    return Sheet(file, rows)


def _separator(lines: Sequence[str]) -> str:
    """Return the separator under which most names of columns are known, else most rows are alike."""

    def fitness(separator: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(lines[:_SAMPLE_LINES], delimiter=separator))
        except csv.Error:
            return 0, 0
        known = max((sum(field_of(plain(cell)) is not None for cell in row) for row in rows), default=0)
        lengths = [len(row) for row in rows if len(row) > 1]
        return known, max((lengths.count(length) for length in lengths), default=0)

    return max(_SEPARATORS, key=fitness)
