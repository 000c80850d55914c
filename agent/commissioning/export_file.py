"""A point table as a file: CSV that Excel opens rightly, or xlsx that prints on one page's width."""

import csv
import io
from datetime import datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from agent.commissioning.export import PointTable
from agent.commissioning.sheet import FORMULA_MARK
from agent.commissioning.width import width

BOM: Final = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for the system's own code page."""

_COLUMN_WIDTH_MAX: Final = 40
_FORMULA_STARTS: Final = ("=", "+", "@")


def as_csv(table: PointTable) -> bytes:
    """Return the table as CSV in UTF-8 with a mark, lines ended as Windows does."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[title] for title in table.titles])
    writer.writerow(table.headings)
    writer.writerows([[_harmless(_marked(cell)) for cell in row] for row in table.rows])
    writer.writerows([[line] for line in ("", *table.signatures)])
    return BOM + text.getvalue().encode()


def _harmless(cell: str) -> str:
    """Return a text that Excel does not run as a formula; importing takes the mark off again."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _marked(cell: str) -> str:
    """Return a text whose own first mark is not taken for ours."""
    return f"'{cell}" if FORMULA_MARK.match(cell) else cell


def as_xlsx(table: PointTable, created: datetime) -> bytes:
    """Return the table as an Excel file; every cell is text, so that 00001 stays 00001."""
    book = Workbook()
    book.properties.created = book.properties.modified = created
    sheet = book.worksheets[0]
    sheet.title = "测点表"
    for title in table.titles:
        _add(sheet, (title,))
    _add(sheet, table.headings)
    head = len(table.titles) + 1
    for row in table.rows:
        _add(sheet, tuple(map(_marked, row)))
    _dress(sheet, table, head)
    _add(sheet, ("",))
    for line in table.signatures:
        _add(sheet, (line,))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add(sheet: Worksheet, texts: tuple[str, ...]) -> None:
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column, text)
        cell.data_type = "s"  # or a name that begins with = would be a formula
        cell.number_format = "@"


def _dress(sheet: Worksheet, table: PointTable, head: int) -> None:
    thin = Side(style="thin", color="999999")
    for row in sheet.iter_rows(min_row=head, max_row=head + len(table.rows)):
        for cell in row:
            cell.border = Border(thin, thin, thin, thin)
    for cell in sheet[head]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDDDDD")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for column, heading in enumerate(table.headings, 1):
        widest = max([width(heading), *(width(row[column - 1]) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(widest + 2, _COLUMN_WIDTH_MAX)
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
