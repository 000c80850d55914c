"""Addresses as contractors write them, and what they stand for on the wire.

40011 may be the eleventh holding register (the manner of Modicon, whose leading
digit names the table) or the register with the number 40011; 100 may be counted
from 0 or from 1. A mark decides: the column's name, `4x0011`, six digits, a
hexadecimal number, `--address-base`. Without one, only evidence that leaves no
doubt is taken: an address 0, or five digits whose leading digit agrees with the
function code in more than one table. Anything else is asked back, with both
readings shown, because a table shifted by one register reads plausible nonsense.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from config.fault import Objection
from config.source import Table

ADDRESSES: Final = 65536
_OF_DIGIT: Final = {
    "0": Table.COIL,
    "1": Table.DISCRETE_INPUT,
    "3": Table.INPUT_REGISTER,
    "4": Table.HOLDING_REGISTER,
}
_DIGIT: Final = {table: digit for digit, table in _OF_DIGIT.items()}

_PREFIXED: Final = re.compile(r"^([134])x-?(\d{1,6})$", re.IGNORECASE)
_HEX: Final = re.compile(r"^(?:0x|\$|&h)([0-9a-f]{1,4})$|^([0-9a-f]{1,5})h$", re.IGNORECASE)
_BARE_HEX: Final = re.compile(r"^[0-9a-f]{1,4}$", re.IGNORECASE)
_PLC_INTERNAL: Final = re.compile(r"^[a-f]\d+$", re.IGNORECASE)  # D100
_SPAN: Final = re.compile(r"^(.+?)\s*(?:~|-|/|,|至|到)\s*(.+)$")
_BIT: Final = re.compile(r"^(.*)[.:](\d{1,2})$")


class Base(StrEnum):
    """How addresses count; the words are those of `--address-base`."""

    ZERO = "0"
    ONE = "1"
    MODICON = "modicon"


@dataclass(frozen=True, slots=True)
class Written:
    """An address as it stands in a cell. `base` is its own mark, None where it has none."""

    text: str
    number: int
    digits: str = ""  # of the number alone, as written
    base: Base | None = None
    table: Table | None = None  # where a mark names it
    bit: int | None = None
    last: int | None = None  # of a span, `40001-40002`


def read_address(text: str, *, is_hex: bool = False) -> Written:
    """Return an address from a cell in plain characters. Raises Objection `table-address-unreadable`."""
    span = _SPAN.match(text)
    if span is not None:
        first, last = read_address(span[1], is_hex=is_hex), read_address(span[2], is_hex=is_hex)
        return replace(first, text=text, last=last.number)
    with_bit = None if is_hex else _BIT.match(text)
    if with_bit is not None:
        return replace(read_address(with_bit[1]), text=text, bit=int(with_bit[2]))
    return _one(text.replace(" ", ""), is_hex=is_hex)


def _one(text: str, *, is_hex: bool) -> Written:
    if match := _PREFIXED.match(text):
        # 4x40011 and 4x0011 are both met.
        digits = match[2][1:] if len(match[2]) >= 5 and match[2][0] == match[1] else match[2]
        return Written(text, int(digits), digits, Base.MODICON, _OF_DIGIT[match[1]])
    if match := _HEX.match(text):
        return Written(text, int(match[1] or match[2], 16), "", Base.ZERO)
    if is_hex and _BARE_HEX.match(text):
        return Written(text, int(text, 16), "", Base.ZERO)
    if text.isascii() and text.isdigit() and len(text) <= 6:
        if len(text) == 6 and text[0] in _OF_DIGIT:  # beyond what an address on the wire can be
            return Written(text, int(text[1:]), text, Base.MODICON, _OF_DIGIT[text[0]])
        return Written(text, int(text), text)
    looks_hex = _BARE_HEX.match(text) and not _PLC_INTERNAL.match(text)
    raise Objection("table-address-hex" if looks_hex else "table-address-unreadable")


def uses_area_prefix(written: Written) -> bool:
    """Return whether an address is written as `4x0011`: then 0x0011 beside it need not be hexadecimal."""
    return _PREFIXED.match(written.text) is not None


def may_be_coil(written: Written) -> bool:
    """Return whether an address taken as hexadecimal might be a coil's: `0x0011`."""
    return re.match(r"^0x\d+$", written.text, re.IGNORECASE) is not None


def looks_modicon(written: Written) -> bool:
    """Return whether an unmarked address has the five digits of the 40001 style."""
    digits = written.digits
    return len(digits) == 5 and digits[0] in _OF_DIGIT and int(digits[1:]) > 0


def digit_table(written: Written) -> Table | None:
    """Return the table that the leading digit of five names."""
    return _OF_DIGIT.get(written.digits[0]) if looks_modicon(written) else None


def evident_base(addresses: Sequence[tuple[Written, Table | None]]) -> Base | None:
    """Return how the unmarked addresses of one unit count, where their own evidence leaves no doubt.

    Each comes with the table that its row says (None: it says none).
    """
    if any(written.number == 0 for written, _ in addresses):
        return Base.ZERO
    tables = {table for _, table in addresses}
    agrees = all(table is not None and digit_table(written) is table for written, table in addresses)
    return Base.MODICON if agrees and len(tables) > 1 else None


def on_wire(written: Written, base: Base, table: Table | None) -> tuple[Table | None, int]:
    """Return table and zero-based address. `table` is what the row says besides.

    Raises Objection where the address cannot be of that base, lies outside the
    table, or names another table than its row.
    """
    base = written.base or base
    number, named = written.number, written.table
    if base is Base.MODICON and named is None:
        number, named = _modicon(written, table)
    if named is not None and table is not None and named is not table:
        raise Objection("table-address-other-table", named=named.value, said=table.value)
    address = number if base is Base.ZERO else number - 1
    if not 0 <= address < ADDRESSES:
        raise Objection("table-address-outside", base=base.value)
    return named or table, address


def _modicon(written: Written, table: Table | None) -> tuple[int, Table | None]:
    if looks_modicon(written):
        return int(written.digits[1:]), digit_table(written)
    if table is Table.COIL and written.number < 10_000:
        return written.number, table  # 00011 that a spreadsheet made 11
    raise Objection("table-address-not-modicon")


def modicon(table: Table, address: int) -> str:
    """Return a zero-based address in the manner of Modicon: 40001, or 410000 beyond five digits."""
    number = address + 1
    return f"{_DIGIT[table]}{number:04d}" if number < 10_000 else f"{_DIGIT[table]}{number:05d}"


def readings(written: Written) -> tuple[tuple[Base, int], ...]:
    """Return the two likeliest readings of an unmarked address: base and zero-based address."""
    if looks_modicon(written):
        return (Base.MODICON, int(written.digits[1:]) - 1), (Base.ZERO, written.number)
    return (Base.ZERO, written.number), (Base.ONE, written.number - 1)
