"""Which column holds what: the row of column names is found below titles, in any order of columns.

A header may take two rows, a group's name above the names of its columns
(量程 over 下限 and 上限): where its cells are merged, both are read as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from agent.commissioning.sheet import Cell, Row, Sheet, column_letters
from agent.commissioning.vocabulary import ADDRESSES, AMBIGUOUS, IGNORED, Field, bare, field_of, usual
from config.fault import Findings, Place

SEARCHED_ROWS: Final = 40
_NAMES: Final = (Field.TAG, Field.NAME, Field.POINT, Field.DEVICE_TAG)
_RANGES: Final = (Field.RANGE, Field.RANGE_LOW, Field.RANGE_HIGH)
_LIMITS: Final = {Field.UPPER: Field.HI, Field.LOWER: Field.LO}


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is used."""

    field: Field
    index: int  # from 0
    label: str  # as the table has it, in plain characters
    rank: int = 0  # 0: the most usual name of the field

    @property
    def qualifier(self) -> str:
        """What stands in brackets behind the name: `ms` of `周期(ms)`."""
        return self.label.partition("(")[2].rstrip(") ").strip()

    @property
    def shown(self) -> dict[str, str]:
        """The column for people."""
        letters = column_letters(self.index + 1)
        return {"zh": f"{letters} 列“{self.label}”", "en": f"column {letters} ({self.label})"}


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one sheet; data begin at the row with the index `data_begin`."""

    place: Place
    data_begin: int
    columns: Mapping[Field, Column]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: int
    height: int
    labels: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def fields(self) -> frozenset[Field]:
        return frozenset(column.field for column in self.columns)

    @property
    def is_complete(self) -> bool:
        return not self.fields.isdisjoint(ADDRESSES) and not self.fields.isdisjoint(_NAMES)


def find_header(
    sheet: Sheet, mapped: Mapping[str, Field], findings: Findings, *, is_only: bool
) -> Header | None:
    """Return the header of a sheet; None where there is none.

    In the only sheet that is a fault; among several, a sheet without one (a cover,
    a list of revisions) is passed over with a warning.
    """
    best = _best(sheet, mapped)
    if best is None or not best.is_complete:
        place = Place(sheet.file, best.row + 1 if best else 1)
        held = [column.label for column in best.columns] if best else []
        if is_only or len(held) > 2:
            fields = {"found": tuple(held) or ("–",), "needed": usual((Field.TAG, Field.ADDRESS))}
            findings.fault(place, "table-header-missing", **fields)
        else:
            findings.warn(place, "table-sheet-passed-over")
        return None
    place = Place(sheet.file, best.row + 1)
    columns = _settle(best, place, findings)
    used = {column.index for column in columns.values()}
    known = {column.index for column in best.columns if column.field in IGNORED | AMBIGUOUS}
    unused = tuple(
        label for index, label in enumerate(best.labels) if label and index not in used and index not in known
    )
    return Header(place, best.row + best.height, columns, unused)


def _best(sheet: Sheet, mapped: Mapping[str, Field]) -> _Candidate | None:
    candidates: list[_Candidate] = []
    for index, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        candidates.append(_candidate(index, 1, [cell.value for cell in row], mapped))
        if index + 1 < len(sheet.rows) and any(cell.merged_from for cell in row):
            labels = _two_rows(row, sheet.rows[index + 1], mapped)
            candidates.append(_candidate(index, 2, labels, mapped))
    candidates = [candidate for candidate in candidates if candidate.columns]
    # Where two are equal the earlier stays: a header may be repeated on each printed page. One row is
    # better than two that say no more: the upper one is a title then.
    return max(
        candidates,
        key=lambda c: (c.is_complete, len(c.fields), -len(c.fields & AMBIGUOUS), -c.height),
        default=None,
    )


def _two_rows(upper: Row, lower: Sequence[Cell], mapped: Mapping[str, Field]) -> list[str]:
    labels = []
    for above, below in zip_longest(upper, lower):
        first = above.value if above else ""
        second = below.value if below and not _is_one(above, below) else ""
        whole = f"{first}{second}"
        # A group such as 通讯参数 over 站号 adds nothing; one such as 量程 over 下限 decides.
        is_known = _field(whole, mapped) is not None
        labels.append(second if not is_known and _field(second, mapped) else whole)
    return labels


def _is_one(above: Cell | None, below: Cell) -> bool:
    """Return whether two cells, one below the other, belong to one merged area."""
    if above is None or below.merged_from is None:
        return False
    return below.merged_from in (above.place, above.merged_from)


def _candidate(index: int, height: int, labels: Sequence[str], mapped: Mapping[str, Field]) -> _Candidate:
    columns = []
    for number, label in enumerate(labels):
        if found := _field(label, mapped):
            columns.append(Column(found[0], number, label, found[1]))
    return _Candidate(index, height, tuple(labels), tuple(columns))


def _field(label: str, mapped: Mapping[str, Field]) -> tuple[Field, int] | None:
    """Return what a column holds, and how usual its name is; what the engineer says is before all."""
    field = mapped.get(bare(label))
    return (field, -1) if field else field_of(label)


def _settle(candidate: _Candidate, place: Place, findings: Findings) -> Mapping[Field, Column]:
    """Return one column per field: what is ambiguous or there twice is decided or told."""
    held = candidate.fields
    settled: dict[Field, Column] = {}
    for column in sorted(candidate.columns, key=lambda column: column.rank):
        field = column.field
        where = Place(place.file, place.line, column.index + 1)
        if field in AMBIGUOUS:
            field = _LIMITS.get(field, field) if not held.isdisjoint(_RANGES) else field
        if field in AMBIGUOUS:
            code = "table-column-level" if field is Field.LEVEL else "table-column-ambiguous"
            findings.fault(where, code, column=column.shown, label=column.label)
        if field in AMBIGUOUS or field in IGNORED:
            continue
        column = replace(column, field=field)
        if (first := settled.setdefault(field, column)) is not column and first.rank == column.rank:
            fields = {"column": column.shown, "first": first.shown, "label": column.label}
            findings.fault(where, "table-column-twice", **fields)
    return settled
