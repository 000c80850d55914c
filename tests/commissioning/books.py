"""Excel files made for one test each, by the library that Excel's users would not notice."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER = ("位号", "名称", "设备", "站号", "功能码", "地址(从0起)", "类型", "量程", "单位")
ROWS = (
    ("PT-1", "压力", "除尘器", 1, 3, 0, "uint16", "0-1", "MPa"),
    ("TT-2", "温度", "除尘器", 1, 3, 1, "uint16", "0-1", "℃"),
    ("LT-3", "液位", "除尘器", 1, 3, 2, "uint16", "0-1", "mm"),
)


def book(
    folder: Path,
    *,
    header: Sequence[str] = HEADER,
    rows: Sequence[Sequence[object]] = ROWS,
    change: Callable[[Worksheet], None] = lambda _: None,
    others: Callable[[Workbook], None] = lambda _: None,
) -> Path:
    """Save a workbook with one table, `change`d as a contractor would, and other sheets."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "点表"
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    others(workbook)
    path = folder / "table.xlsx"
    workbook.save(path)
    return path


def repacked(path: Path, part: str, content: bytes) -> Path:
    """Replace one part inside an Excel file."""
    with ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = content
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path
