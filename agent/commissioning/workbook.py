"""An Excel file as sheets: read with openpyxl, after a look at what it would unfold to.

An .xlsx is a zip of XML. Before the library sees it, the parts are unpacked into
nothing and counted, because the sizes that a zip announces need not be true; a
point table of twenty thousand rows stays far below the limit. Entities are
refused by defusedxml, which openpyxl uses by itself. Nothing in the file is ever
executed: of a formula only the result that Excel stored with it is read.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from agent.commissioning.sheet import COLUMNS_MAX, ROWS_MAX, Cell, Sheet
from config.fault import Findings, Place

UNPACKED_BYTES_MAX: Final = 40_000_000
PARTS_MAX: Final = 1000
_CHUNK: Final = 1 << 16

_OLD_MAGIC: Final = b"\xd0\xcf\x11\xe0"  # .xls and .et, and every file under a password
_WORKBOOK_PART: Final = "xl/workbook.xml"
_BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a compression that nobody uses
    OSError,
    RuntimeError,  # a part under a password
    ValueError,
)
_ERRORS: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"})
_ZEROS: Final = re.compile(r"^0+$")
_UNREADABLE: Final = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
)
"""What openpyxl lets through when the parts of a file do not fit each other."""


def read_workbook(raw: bytes, file: str, findings: Findings) -> tuple[Sheet, ...]:
    """Return the sheets that are not hidden; empty after telling why they cannot be read."""
    place = Place(file)
    if raw.startswith(_OLD_MAGIC):
        findings.fault(place, "table-old-excel")
        return ()
    if code := _refusal(raw):
        findings.fault(place, code, megabytes=UNPACKED_BYTES_MAX // 10**6)
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what it would lose if it wrote the file again
            stored = load_workbook(io.BytesIO(raw), data_only=True)
            written = load_workbook(io.BytesIO(raw))
    except _UNREADABLE as error:
        is_bomb = isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException)
        findings.fault(place, "table-entities" if is_bomb else "table-damaged")
        return ()
    return tuple(_sheets(stored, written, file, findings))


def _refusal(raw: bytes) -> str | None:
    """Return the code of what keeps the file from being unpacked at all."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_MAX:
                return "table-unpacks-too-large"
            if _WORKBOOK_PART not in {part.filename for part in parts}:
                return "table-not-xlsx"
            for part in parts:
                with archive.open(part) as stream:
                    while chunk := stream.read(_CHUNK):
                        unpacked += len(chunk)
                        if unpacked > UNPACKED_BYTES_MAX:
                            return "table-unpacks-too-large"
    except _BROKEN_ZIP:
        return "table-damaged"
    return None


def _sheets(stored: Workbook, written: Workbook, file: str, findings: Findings) -> Iterator[Sheet]:
    for sheet in stored.worksheets:
        name = f"{file}[{sheet.title}]"
        if sheet.sheet_state != "visible":
            findings.warn(Place(name), "table-sheet-hidden")
        elif sheet.max_row > ROWS_MAX or sheet.max_column > COLUMNS_MAX:
            fields = {"rows": ROWS_MAX, "columns": COLUMNS_MAX}
            findings.fault(Place(name, sheet.max_row, sheet.max_column), "table-too-large", **fields)
        else:
            formulas = written[sheet.title]
            assert isinstance(formulas, Worksheet)  # worksheets of one file by their titles
            yield Sheet(name, _rows(sheet, formulas, name))


def _rows(sheet: Worksheet, written: Worksheet, name: str) -> list[list[Cell]]:
    merged = _merged(sheet)
    rows: list[list[Cell]] = []
    for number, (row, formulas) in enumerate(
        zip(sheet.iter_rows(), written.iter_rows(values_only=True), strict=True), 1
    ):
        cells: list[Cell] = []
        for column, (cell, formula) in enumerate(zip(row, formulas, strict=True), 1):
            place = Place(name, number, column)
            if first := merged.get((number, column)):
                above = rows[first[0] - 1] if first[0] < number else cells
                source = above[first[1] - 1]
                cells.append(Cell(place, source.text, source.trouble, source.place))
            else:
                cells.append(_cell(place, cell.value, formula, cell.number_format))
        rows.append(cells)
    return rows


def _merged(sheet: Worksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return row and column of every cell that another one covers, with those of the one that does."""
    return {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, ROWS_MAX) + 1)
        for column in range(area.min_col, min(area.max_col, COLUMNS_MAX) + 1)
        if (row, column) != (area.min_row, area.min_col)
    }


def _cell(place: Place, value: object, formula: object, number_format: str) -> Cell:
    trouble = None
    if isinstance(formula, str) and formula.startswith("=") and value is None:
        return Cell(place, formula, "table-formula")
    if isinstance(value, date | time | timedelta):
        trouble = "table-date"
    elif value in _ERRORS:
        trouble = "table-error-value"
    return Cell(place, _text(value, number_format), trouble)


def _text(value: object, number_format: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and _ZEROS.match(number_format):
        return f"{value:0{len(number_format)}d}"  # 1 that Excel shows as 00001
    if isinstance(value, float):
        # Excel computes with 15 digits and shows no more: 0.1 + 0.2 is 0.3 there.
        return f"{value:.15g}"
    return str(value)
