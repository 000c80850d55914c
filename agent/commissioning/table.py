"""`points import`: a contractor's point table in, stanzas of a plant file or all of its faults out."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agent.commissioning.address import Base
from agent.commissioning.header import Header, find_header
from agent.commissioning.point_row import PointRow
from agent.commissioning.proof import prove
from agent.commissioning.row_cells import RowCells
from agent.commissioning.row_reader import RowReader
from agent.commissioning.settle import (
    settle_addresses,
    tell_devices_differ,
    tell_nodes_twice,
    tell_overlaps,
    tell_tags_twice,
)
from agent.commissioning.sheet import Cell, Row, Sheet
from agent.commissioning.stanza import Stanza, write_stanza
from agent.commissioning.text_length import settle_lengths
from agent.commissioning.text_table import BYTES_MAX, read_text_table
from agent.commissioning.vocabulary import ADDRESSES, Field
from config.fault import Findings, Place

_SPARE: Final = ("备用", "预留", "spare", "reserved", "reserve")
_SIGNATURES: Final = ("编制", "审核", "校对", "批准", "日期", "注", "说明", "备注")
_LARGE_SCALE: Final = 10
_BASE_WORDS: Final = {
    Base.ZERO: "地址从 0 起 / addresses count from 0",
    Base.ONE: "地址从 1 起 / addresses count from 1",
    Base.MODICON: "地址为 40001 式 / addresses in the 40001 style",
}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the engineer says beside the table."""

    mapped: Mapping[str, Field] = field(default_factory=dict)  # bare column name → field
    defaults: Mapping[Field, str] = field(default_factory=dict)  # where a cell or its column is missing
    base: Base | None = None
    sheet: str | None = None
    kept_units: frozenset[str] = frozenset()
    bit_base: int = 0
    plant: Path | None = None


def import_table(path: Path, options: ImportOptions, findings: Findings) -> Stanza | None:
    """Return the stanza; None where there is any fault: all of them are in `findings`."""
    raw = _read(path, findings)
    if raw is None:
        return None
    sheets = _chosen(_sheets(raw, str(path), findings), options, findings)
    rows = [row for sheet in sheets for row in _rows(sheet, options, findings, is_only=len(sheets) == 1)]
    if not rows and not findings.faults:
        findings.fault(Place(str(path)), "table-empty")
    rows = settle_lengths(rows, findings)
    settled, bases = settle_addresses(rows, options.base, findings)
    tell_tags_twice(rows, findings)
    tell_devices_differ(rows, findings)
    settled = tell_nodes_twice(tell_overlaps(settled, findings), findings)
    _tell_orderless(rows, findings)
    _advise(settled, findings)
    if not settled:
        return None
    sha256 = hashlib.sha256(raw).hexdigest()
    counting = "；".join(_BASE_WORDS[base] for base in sorted(bases))
    heading = (f"{path.name}  SHA-256 {sha256}", *([counting] if counting else []))
    stanza = write_stanza(settled, heading)
    prove(stanza, options.plant, findings)
    return None if findings.faults else stanza


def _read(path: Path, findings: Findings) -> bytes | None:
    place = Place(str(path))
    try:
        with path.open("rb") as stream:
            raw = stream.read(BYTES_MAX + 1)
    except FileNotFoundError:
        findings.fault(place, "file-missing")
    except IsADirectoryError:
        findings.fault(place, "file-is-folder")
    except OSError as error:
        findings.fault(place, "file-unreadable", reason=error.strerror)
    else:
        if len(raw) <= BYTES_MAX:
            return raw
        findings.fault(place, "table-file-too-large", megabytes=BYTES_MAX // 10**6)
    return None


def _sheets(raw: bytes, file: str, findings: Findings) -> tuple[Sheet, ...]:
    # openpyxl costs a fifth of a second: only who brings an .xlsx pays for it.
    if raw[:2] == b"PK" or raw[:4] == b"\xd0\xcf\x11\xe0":
        from agent.commissioning.workbook import read_workbook

        return read_workbook(raw, file, findings)
    sheet = read_text_table(raw, file, findings)
    return (sheet,) if sheet else ()


def _chosen(sheets: tuple[Sheet, ...], options: ImportOptions, findings: Findings) -> tuple[Sheet, ...]:
    if options.sheet is None:
        return sheets
    chosen = tuple(sheet for sheet in sheets if sheet.file.endswith(f"[{options.sheet}]"))
    if sheets and not chosen:
        names = tuple(sheet.file.partition("[")[2].rstrip("]") for sheet in sheets)
        findings.fault(
            Place(sheets[0].file.partition("[")[0]), "table-no-such-sheet", value=options.sheet, known=names
        )
    return chosen


def _rows(sheet: Sheet, options: ImportOptions, findings: Findings, *, is_only: bool) -> Iterator[PointRow]:
    header = find_header(sheet, options.mapped, findings, is_only=is_only)
    if header is None:
        return
    if header.unused:
        findings.warn(header.place, "table-columns-unused", columns=header.unused)
    defaults = {
        wanted: Cell(Place(f"--set {wanted.value}={text}"), text) for wanted, text in options.defaults.items()
    }
    reader = RowReader(kept_units=options.kept_units, bit_base=options.bit_base)
    for row in sheet.rows[header.data_begin :]:
        cells = RowCells(row, header, defaults, findings)
        if _is_point(cells, row, header, findings):
            yield reader.read(cells)


def _is_point(cells: RowCells, row: Row, header: Header, findings: Findings) -> bool:
    """Return whether a row is about a point; a heading or a spare one is passed over with a warning."""
    filled = cells.filled
    if not filled or _repeats_header(row, header):
        return False
    if len(filled) == 1 and filled.isdisjoint(ADDRESSES):
        text = next(cell.name for cell in row if cell.value)
        if not text.startswith(_SIGNATURES):
            findings.warn(cells.place, "table-heading-row", value=text)
        return False
    words = {(cells.text(wanted) or "").lower() for wanted in (Field.TAG, Field.NAME) if wanted in filled}
    if words & set(_SPARE):
        findings.warn(cells.place, "table-spare-row")
        return False
    return True


def _repeats_header(row: Row, header: Header) -> bool:
    columns = header.columns.values()
    return all(column.index < len(row) and row[column.index].value == column.label for column in columns)


def _tell_orderless(rows: list[PointRow], findings: Findings) -> None:
    """Ask back for the byte order of numbers of several registers, once for all of them.

    Half of the devices send the low word first, and a float read the other way is plausible at times.
    """
    orderless = [row for row in rows if row.is_sound and row.needs_order]
    if orderless:
        first = orderless[0]
        findings.fault(first.order_place or first.place, "table-order-missing", count=len(orderless))


def _advise(rows: list[PointRow], findings: Findings) -> None:
    """Warn of what is taken by a common rule, and may have been meant otherwise."""
    large = [row for row in rows if row.scale >= _LARGE_SCALE]
    if large:
        findings.warn(large[0].place, "table-scale-large", scale=large[0].scale, count=len(large))
