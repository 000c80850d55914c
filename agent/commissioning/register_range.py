"""Which registers a person means by `0-63`, `40001-40064` or `0x0100-0x011F`: one table and its addresses.

40001 may be the first holding register or the register with the number 40001.
Both readings are asked back, as they are for a point table (address.py).
"""

from agent.commissioning.address import Base, Written, looks_modicon, on_wire, read_address
from config.source import Table


class AmbiguousRange(Exception):
    """Addresses that look like the 40001 style, and nobody said so; `table` and `first` as they read then."""

    def __init__(self, text: str, table: Table, first: int) -> None:
        super().__init__(text)
        self.text = text
        self.table = table
        self.first = first


def registers_meant(text: str, table: Table | None, base: Base | None) -> tuple[Table, list[int]]:
    """Return a table and its addresses, zero-based, each once, in the order that they are named.

    Raises AmbiguousRange; ValueError where it is no list of addresses of one table.
    """
    tables: dict[Table | None, None] = {}
    addresses: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = [read_address(end.strip()) for end in ((first, last) if dash else (first, first))]
        (low_table, low), (high_table, high) = (_placed(end, table, base) for end in ends)
        if low > high:
            raise ValueError(text)
        tables |= {low_table: None, high_table: None}
        addresses |= dict.fromkeys(range(low, high + 1))
    if len(tables) != 1:
        raise ValueError(text)
    return next(iter(tables)) or Table.HOLDING_REGISTER, list(addresses)


def _placed(written: Written, table: Table | None, base: Base | None) -> tuple[Table | None, int]:
    if written.base is None and base is None and looks_modicon(written):
        named, address = on_wire(written, Base.MODICON, None)
        assert named is not None  # its first digit says it
        raise AmbiguousRange(written.text, named, address)
    return on_wire(written, base or Base.ZERO, table)
