"""What only a table as a whole tells: how its addresses count, and what stands in it twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from agent.commissioning.address import (
    ADDRESSES,
    Base,
    Written,
    evident_base,
    may_be_coil,
    on_wire,
    readings,
    uses_area_prefix,
)
from agent.commissioning.point_row import PointRow
from config.fault import Findings, Objection
from config.node_id import parse_address
from config.source import RegisterType, Table

_COUNTING = {
    Base.ZERO: {"zh": "从 0 起", "en": "counted from 0"},
    Base.ONE: {"zh": "从 1 起", "en": "counted from 1"},
    Base.MODICON: {"zh": "40001 式", "en": "in the 40001 style"},
}


def settle_addresses(
    rows: Sequence[PointRow], base: Base | None, findings: Findings
) -> tuple[list[PointRow], frozenset[Base]]:
    """Return the rows with table and zero-based address, and how their addresses count.

    Rows with faults are left out, the faults told. `base` holds where a row has no mark of its own.
    """
    found: dict[tuple[object, ...], Base | None] = {}
    for key, of_unit in _by_unit(row for row in rows if row.written and row.written.base is None).items():
        unmarked = [(row.written, row.table) for row in of_unit if row.written]
        found[key] = base or evident_base(unmarked)
        if found[key] is None and any(row.is_sound for row in of_unit):
            _tell_ambiguous(of_unit, findings)
    _tell_unclear_prefix(rows, findings)
    settled: list[PointRow] = []
    counted: set[Base] = set()
    for row in rows:
        if not row.is_sound:
            continue  # its faults are told; it served as evidence
        if row.written is None:
            settled.append(row)
            continue
        how = row.written.base or found[_unit_of(row)]
        if how is not None and (placed := _placed(row, row.written, how, findings)) is not None:
            settled.append(placed)
            counted.add(how)
    return settled, frozenset(counted)


def _unit_of(row: PointRow) -> tuple[object, ...]:
    return (row.place.file, *row.unit_key)


def _by_unit(rows: Iterable[PointRow]) -> Mapping[tuple[object, ...], list[PointRow]]:
    units: dict[tuple[object, ...], list[PointRow]] = {}
    for row in rows:
        units.setdefault(_unit_of(row), []).append(row)
    return units


def _tell_ambiguous(rows: Sequence[PointRow], findings: Findings) -> None:
    example = next((row for row in rows if row.written and row.written.number), rows[0])
    assert example.written is not None  # only rows with an unmarked address come here
    (one, first), (other, second) = readings(example.written)
    findings.fault(
        example.address_place or example.place,
        "table-address-ambiguous",
        value=example.written.text,
        count=len(rows),
        one=_COUNTING[one],
        other=_COUNTING[other],
        first=_both_ways(first),
        second=_both_ways(second),
        one_base=one.value,
        other_base=other.value,
    )


def _both_ways(address: int) -> str:
    return f"{address} (0x{address:04X})"


def _tell_unclear_prefix(rows: Iterable[PointRow], findings: Findings) -> None:
    prefixed = {row.place.file for row in rows if row.written and uses_area_prefix(row.written)}
    for row in rows:
        if row.written is not None and row.place.file in prefixed and may_be_coil(row.written):
            place = row.address_place or row.place
            findings.fault(place, "table-address-0x", value=row.written.text)


def _placed(row: PointRow, written: Written, base: Base, findings: Findings) -> PointRow | None:
    place = row.address_place or row.place
    try:
        table, address = on_wire(written, base, row.table)
        second = on_wire(row.modicon, Base.MODICON, table) if row.modicon else (table, address)
    except Objection as objection:
        findings.fault(place, objection.code, value=written.text, **objection.fields)
        return None
    if address + row.registers > ADDRESSES and table is not None and not table.holds_bits:
        findings.fault(place, "table-address-outside", value=written.text, base=base.value)
        return None
    if row.modicon is not None and second != (table, address):
        findings.fault(place, "table-addresses-differ", value=written.text, other=row.modicon.text)
        return None
    if table is None:
        findings.fault(row.place, "table-area-missing", value=written.text)
        return None
    placed = replace(row, table=table, address=address)
    if table.holds_bits:
        placed = replace(placed, type=RegisterType.BIT, order=None)
    code = _wrong_type(row, placed, table, written)
    if code is not None:
        fields = {"value": written.text, "table": table.value, "registers": placed.registers}
        findings.fault(place, code, type=row.type.value if row.type else "", **fields)
        return None
    return placed


def _wrong_type(row: PointRow, placed: PointRow, table: Table, written: Written) -> str | None:
    if table.holds_bits:
        if row.type not in (None, RegisterType.BIT):
            return "table-type-in-bit-table"
        return "table-bit-of-bit" if row.bit is not None else None
    if row.type is None:
        return None if "modbus" in row.extra.point else "table-type-missing"
    if row.type is RegisterType.BIT and row.bit is None:
        return "table-bit-missing"
    if written.last is not None and written.last - written.number + 1 != placed.registers:
        return "table-address-span"
    return None


def tell_tags_twice(rows: Sequence[PointRow], findings: Findings) -> None:
    """Tell tags that stand twice, whether in small or capital letters."""
    tags: dict[str, PointRow] = {}
    for row in rows:
        if row.tag is not None and (first := tags.setdefault(row.tag.casefold(), row)) is not row:
            findings.fault(row.place, "table-tag-twice", tag=row.tag, first=str(first.place))


def tell_devices_differ(rows: Sequence[PointRow], findings: Findings) -> None:
    """Tell rows of one device that do not say the same of it; most say nothing."""
    devices: dict[tuple[object, ...], PointRow] = {}
    for row in rows:
        if row.extra.device:
            first = devices.setdefault((*row.unit_key, row.device_id or row.device), row)
            if first.extra.device != row.extra.device:
                fields = {"device": row.device_id or row.device or "–", "first": str(first.place)}
                findings.fault(row.place, "table-device-differs", **fields)


def tell_nodes_twice(rows: Sequence[PointRow], findings: Findings) -> list[PointRow]:
    """Tell OPC UA nodes that two rows read, at the second one; return the other rows."""
    nodes: dict[tuple[object, ...], PointRow] = {}
    alone: list[PointRow] = []
    for row in rows:
        if row.node is None:
            alone.append(row)
            continue
        key = (row.link, parse_address(row.node), row.element)
        if (first := nodes.setdefault(key, row)) is row:
            alone.append(row)
        else:
            fields = {"first": str(first.place), "name": first.tag or first.name}
            findings.fault(row.address_place or row.place, "table-node-twice", value=row.node, **fields)
    return alone


def tell_overlaps(rows: Sequence[PointRow], findings: Findings) -> list[PointRow]:
    """Tell registers that two rows read, of rows whose addresses are settled; return the other rows."""
    tables: dict[tuple[object, ...], list[PointRow]] = {}
    for row in rows:
        if row.address is not None:
            tables.setdefault((*row.unit_key, row.table), []).append(row)
    alone = {row.place for of_table in tables.values() for row in _tell_overlaps(of_table, findings)}
    return [row for row in rows if row.address is None or row.place in alone]


def _tell_overlaps(rows: list[PointRow], findings: Findings) -> list[PointRow]:
    """Tell every row that overlaps with one before it, once: a column of one address is no avalanche."""
    alone: list[PointRow] = []
    reached: list[PointRow] = []  # of these, those that reach beyond the present address
    for row in sorted(rows, key=lambda row: (row.address or 0, row.place)):
        assert row.address is not None  # only rows with one come here
        reached = [other for other in reached if _end(other) > row.address]
        clash = next((other for other in reached if not _may_share(other, row)), None)
        if clash is not None:
            earlier, later = sorted((clash, row), key=lambda row: row.place)
            _tell_overlap(earlier, later, findings)
        else:
            alone.append(row)
            reached.append(row)
    return alone


def _end(row: PointRow) -> int:
    return (row.address or 0) + row.registers


def _may_share(one: PointRow, other: PointRow) -> bool:
    """Return whether both may read these registers: different bits of one, or a word and its parts."""
    if one.bit is not None and other.bit is not None:
        return one.bit != other.bit
    return any(row.bit is not None or "modbus" in row.extra.point for row in (one, other))


def _tell_overlap(earlier: PointRow, later: PointRow, findings: Findings) -> None:
    written = later.written.text if later.written else ""
    code = "table-address-twice" if earlier.address == later.address else "table-addresses-overlap"
    if earlier.bit is not None and later.bit is not None:
        code = "table-bit-twice"
    place = later.address_place or later.place
    findings.fault(place, code, value=written, first=str(earlier.place), name=earlier.tag or earlier.name)
