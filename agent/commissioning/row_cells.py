"""The cells of one row by their fields: what a cell cannot mean is told at its place."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from agent.commissioning.header import Column, Header
from agent.commissioning.notation import EMPTY
from agent.commissioning.sheet import Cell, Row
from agent.commissioning.vocabulary import Field
from config.fault import Findings, Objection, Place

Value = TypeVar("Value")

_ONE_PER_ROW = frozenset(
    {Field.TAG, Field.NAME, Field.POINT, Field.ADDRESS, Field.ADDRESS_ZERO, Field.ADDRESS_MODICON, Field.BIT}
)
"""What every row says for itself: a merged cell there is a mistake, elsewhere it means "the same for all"."""


class RowCells:
    """One row. `is_faulty` once something of it was told."""

    def __init__(self, row: Row, header: Header, defaults: Mapping[Field, Cell], findings: Findings) -> None:
        self._row = row
        self._header = header
        self._defaults = defaults
        self._findings = findings
        self.place = Place(header.place.file, row[0].place.line if row else 1)
        self.is_faulty = False

    @property
    def filled(self) -> frozenset[Field]:
        """The fields whose own cells hold something, merged cells from above not counted."""
        return frozenset(
            field
            for field, column in self._header.columns.items()
            if (cell := self._own(column)) is not None and not _is_empty(cell) and not cell.merged_from
        )

    def has(self, field: Field) -> bool:
        """Return whether there is something to read, in the row or as a default."""
        return self._cell(field) is not None

    def has_column(self, field: Field) -> bool:
        """Return whether the table has a column for it."""
        return field in self._header.columns

    def is_said_beside(self, field: Field) -> bool:
        """Return whether the row says nothing of a field, and --set does."""
        cell = self._cell(field)
        return cell is not None and cell is self._defaults.get(field)

    def column(self, field: Field) -> dict[str, str]:
        """Return a field's column for people."""
        column = self._header.columns.get(field)
        return column.shown if column else {"zh": f"--set {field.value}", "en": f"--set {field.value}"}

    def qualifier(self, field: Field) -> str:
        """Return what stands in brackets behind the column's name."""
        column = self._header.columns.get(field)
        return column.qualifier if column else ""

    def place_of(self, field: Field) -> Place:
        """Return a field's place: its cell, else where it should stand, else the row."""
        if (cell := self._cell(field)) is not None:
            return cell.place
        column = self._header.columns.get(field)
        return Place(self.place.file, self.place.line, column.index + 1) if column else self.place

    def text(self, field: Field) -> str | None:
        """Return a text for people; None where there is none."""
        cell = self._sound(field)
        return cell.name if cell else None

    def parse(self, field: Field, read: Callable[[str], Value]) -> Value | None:
        """Return what `read` makes of the cell in plain characters; None where it is empty or was told."""
        return self._read(field, lambda cell: read(cell.value))

    def parse_exact(self, field: Field, read: Callable[[str], Value]) -> Value | None:
        """Do the same with the cell's own characters: `m³` stays, where a node id or a clause holds it."""
        return self._read(field, lambda cell: read(cell.name))

    def _read(self, field: Field, read: Callable[[Cell], Value]) -> Value | None:
        cell = self._sound(field)
        if cell is None:
            return None
        try:
            return read(cell)
        except Objection as objection:
            self.fault(field, objection.code, **objection.fields)
            return None

    def fault(self, field: Field, code: str, **fields: object) -> None:
        """Tell what is wrong with a field of this row."""
        self.is_faulty = True
        cell = self._cell(field)
        shown = {"column": self.column(field), "value": cell.name if cell else "", **fields}
        self._findings.fault(self.place_of(field), code, **shown)

    def _sound(self, field: Field) -> Cell | None:
        cell = self._cell(field)
        if cell is None:
            return None
        trouble = cell.trouble
        first = cell.merged_from
        if first is not None and (first.line == cell.place.line or field in _ONE_PER_ROW):
            trouble = "table-merged"
        if trouble is not None:
            self.fault(field, trouble)
            return None
        return cell

    def _cell(self, field: Field) -> Cell | None:
        column = self._header.columns.get(field)
        own = self._own(column) if column else None
        if own is not None and not _is_empty(own):
            return own
        return self._defaults.get(field)

    def _own(self, column: Column) -> Cell | None:
        return self._row[column.index] if column.index < len(self._row) else None


def _is_empty(cell: Cell) -> bool:
    return cell.value.lower() in EMPTY
