"""What a row says of where its point stands: address, way of counting, register table."""

from dataclasses import replace
from typing import Final

from agent.commissioning import wire_words
from agent.commissioning.address import Base, Written, read_address
from agent.commissioning.row_cells import RowCells
from agent.commissioning.vocabulary import Field
from config.source import Table

_HEX_WORDS: Final = frozenset({"hex", "h", "十六进制", "16进制"})
_ZERO_WORDS: Final = frozenset({"从0起", "0起", "0-based", "zero-based", "从0开始"})
_ONE_WORDS: Final = frozenset({"从1起", "1起", "1-based", "one-based", "从1开始"})


def address_field(cells: RowCells) -> Field:
    """Return the column that says where the point stands; the one that is marked, where there are several."""
    return next(
        (f for f in (Field.ADDRESS_ZERO, Field.ADDRESS_MODICON, Field.ADDRESS) if cells.has(f)), Field.ADDRESS
    )


def addresses_of(cells: RowCells) -> tuple[Written | None, Written | None]:
    """Return the address, and a second one in the manner of Modicon where the table gives both."""
    field = address_field(cells)
    if not cells.has(field):
        cells.fault(field, "table-address-missing")
        return None, None
    words = {
        word for f in (field, Field.ADDRESS) for word in cells.qualifier(f).lower().replace(",", " ").split()
    }
    written = cells.parse(field, lambda text: read_address(text, is_hex=bool(words & _HEX_WORDS)))
    second = None
    if field is Field.ADDRESS_ZERO:
        written = _marked(written, Base.ZERO)
        second = _marked(cells.parse(Field.ADDRESS_MODICON, read_address), Base.MODICON)
    elif field is Field.ADDRESS_MODICON:
        written = _marked(written, Base.MODICON)
    elif words & _ZERO_WORDS:
        written = _marked(written, Base.ZERO)
    elif words & _ONE_WORDS:
        written = _marked(written, Base.ONE)
    return written, second


def _marked(written: Written | None, base: Base) -> Written | None:
    if written is None or written.base is not None:
        return written
    return replace(written, base=base)


def table_of(cells: RowCells, written: Written | None) -> Table | None:
    """Return the register table that the row names, in a column of its own or by its address."""
    by_area = cells.parse(Field.TABLE, wire_words.area)
    by_code = cells.parse(Field.FUNCTION, wire_words.function_table)
    if by_area is not None and by_code is not None and by_area is not by_code:
        cells.fault(Field.FUNCTION, "table-area-differs", area=by_area.value, read=by_code.value)
    return by_area or by_code or (written.table if written else None)
