"""How many registers a text takes: `STRING[20]` says it, or a column 长度, or --set.

The type counts characters, two to a register, --set registers. A column may count
either: its name says which, `长度(字节)`, or the cell, or the lengths of the numbers
beside it (2 for a float32: registers; 4: bytes). Where nothing does it is asked back,
for a text that is read twice as long ends in its neighbours.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from agent.commissioning import notation
from agent.commissioning.point_row import Length, PointRow
from agent.commissioning.row_cells import RowCells
from agent.commissioning.vocabulary import Field
from config.fault import Findings, Objection
from config.source import RegisterType, Table

LENGTH_MAX: Final = 125
_BYTES: Final = 2  # in a register
_SHORT: Final = re.compile(r"^(\d+)\s*(.*)$")
_PER_REGISTER: Final = {
    **dict.fromkeys(("寄存器", "个寄存器", "字", "word", "words", "register", "registers"), 1),
    **dict.fromkeys(
        ("字节", "个字节", "字符", "个字符", "byte", "bytes", "characters", "char", "chars"), _BYTES
    ),
}
_OF_TYPE: Final = re.compile(r"[\[(](\d+)[\])]$")


def without_length(text: str) -> tuple[str, int | None]:
    """Return a type's name and the length behind it: `STRING[20]` is STRING of 20 characters."""
    match = _OF_TYPE.search(text.replace(" ", ""))
    return (text.replace(" ", "")[: match.start()], int(match[1])) if match else (text, None)


def length_of(cells: RowCells, type_: RegisterType | None, table: Table | None) -> Length | None:
    """Return what a row says of how long its value is; None where it says nothing, or the fault was told."""
    is_text = type_ is RegisterType.STRING and not (table is not None and table.holds_bits)
    if not is_text:
        return cells.parse(Field.LENGTH, lambda text: _legible(text, cells)) if _is_number(type_) else None
    own = cells.parse(Field.LENGTH, lambda text: _read(text, cells))
    by_type = cells.parse(Field.TYPE, lambda text: without_length(text)[1])
    if by_type is None:
        return own
    length = Length(math.ceil(by_type / _BYTES), place=cells.place_of(Field.TYPE))
    if own is not None and own.is_settled and own.number != length.number:
        cells.fault(Field.LENGTH, "table-length-differs", registers=own.number, other=length.number)
    return length


def _is_number(type_: RegisterType | None) -> bool:
    return type_ is not None and type_ is not RegisterType.BIT and not type_.is_text


def _read(text: str, cells: RowCells) -> Length:
    match = _SHORT.match(text.lower())
    if match is None:
        raise Objection("table-length-unreadable")
    number, unit = notation.whole_number(match[1]), match[2] or cells.qualifier(Field.LENGTH).lower()
    if cells.is_said_beside(Field.LENGTH):
        unit = match[2] or "register"
    if unit and unit not in _PER_REGISTER:
        raise Objection("table-length-unreadable")
    registers = math.ceil(number / _PER_REGISTER[unit]) if unit else number
    return Length(registers, is_settled=bool(unit), place=cells.place_of(Field.LENGTH))


def _legible(text: str, cells: RowCells) -> Length | None:
    """Return the length of a number, as evidence for the texts beside it; what is no length is none."""
    try:
        return _read(text, cells)
    except Objection:
        return None


def settle_lengths(rows: Sequence[PointRow], findings: Findings) -> list[PointRow]:
    """Return the rows with the lengths of their texts in registers; what leaves a doubt is told."""
    per_register = {file: _evident(row for row in rows if row.place.file == file) for file in _files(rows)}
    return [_settled(row, per_register[row.place.file], findings) for row in rows]


def _files(rows: Iterable[PointRow]) -> dict[str, None]:
    return dict.fromkeys(row.place.file for row in rows)


def _evident(rows: Iterable[PointRow]) -> int | None:
    """Return how many of a column's units make a register, where the numbers in it all say the same."""
    said = {
        row.length.number / row.type.registers
        for row in rows
        if row.length is not None
        and not row.length.is_settled
        and row.type is not None
        and not row.type.is_text
    }
    return next((each for each in (1, _BYTES) if said == {each}), None)


def _settled(row: PointRow, per_register: int | None, findings: Findings) -> PointRow:
    if row.type is not RegisterType.STRING or (row.table is not None and row.table.holds_bits):
        return replace(row, length=None)
    length, code = row.length, "table-length-missing"
    if length is None and (row.says_length or not row.is_sound):
        return row
    if length is not None and not length.is_settled:
        code = "table-length-unit"
        length = Length(math.ceil(length.number / per_register)) if per_register else None
    if length is not None and not 1 <= length.number <= LENGTH_MAX:
        code, length = "table-length-outside", None
    if length is not None:
        return replace(row, length=length)
    said = row.length.number if row.length else 0
    place = (row.length.place if row.length else None) or row.place
    findings.fault(place, code, value=said, most=LENGTH_MAX, half=math.ceil(said / _BYTES))
    return replace(row, length=None, is_sound=False)
