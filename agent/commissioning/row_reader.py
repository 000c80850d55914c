"""From the cells of a row to a `PointRow`; every fault of the row is told, not only the first."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agent.commissioning import notation
from agent.commissioning.address import Written
from agent.commissioning.point_row import LinkName, PointRow, RowLimit
from agent.commissioning.row_address import address_field, addresses_of, table_of
from agent.commissioning.row_cells import RowCells
from agent.commissioning.row_extra import Extra, read_extra
from agent.commissioning.row_type import node_datatype, tell_node_contradictions, type_and_order
from agent.commissioning.text_length import length_of
from agent.commissioning.vocabulary import Field
from config.fault import Objection
from config.host import checked_host
from config.model import LimitKind
from config.node_id import parse_address
from config.source import RegisterType, Table

STATION_MAX: Final = 255
PORT_DEFAULT: Final = 502
_KINDS: Final = {
    Field.HIHI: LimitKind.HIHI,
    Field.HI: LimitKind.HI,
    Field.LO: LimitKind.LO,
    Field.LOLO: LimitKind.LOLO,
}
_IDENTIFIER: Final = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")
_WORD_SIZED: Final = (RegisterType.UINT16, RegisterType.INT16)


class RowReader:
    """Reads the rows of one sheet. `kept_units` are taken as they are written."""

    def __init__(self, *, kept_units: frozenset[str] = frozenset(), bit_base: int = 0) -> None:
        self._kept_units = kept_units
        self._bit_base = bit_base

    def read(self, cells: RowCells) -> PointRow:
        """Return the row's point, without what is at fault in it; the faults are told."""
        tag = cells.text(Field.TAG)
        device_tag = cells.text(Field.DEVICE_TAG)
        name = cells.text(Field.NAME) or tag or cells.text(Field.POINT) or device_tag
        if name is None and not cells.is_faulty:
            cells.fault(Field.NAME if cells.has(Field.NAME) else Field.TAG, "table-row-nameless")
        link = _link(cells)
        has_node = cells.has(Field.NODE)
        node = cells.parse_exact(Field.NODE, _node)
        written, modicon_ = (None, None) if has_node else addresses_of(cells)
        table = None if has_node else table_of(cells, written)
        extra = cells.parse_exact(Field.EXTRA, read_extra) or Extra()
        type_, order = (None, None) if has_node else type_and_order(cells, table)
        datatype = node_datatype(cells, extra.point) if has_node else None
        bit = None if has_node else self._bit(cells, written, type_, table)
        if bit is not None:
            type_ = RegisterType.BIT
        is_number = type_ is not RegisterType.BIT and not (type_ is not None and type_.is_text)
        is_scaled = is_number and not has_node
        range_, range_unit = self._range(cells) if is_number else (None, "")
        unit = self._unit(cells, range_unit) if is_number else ""
        limits = self._limits(cells)
        if has_node:
            tell_node_contradictions(cells, datatype, range_)
        row = PointRow(
            place=cells.place,
            name=name or "",
            link=link or LinkName(None),
            tag=tag,
            name_en=cells.text(Field.NAME_EN),
            point_id=cells.parse(Field.POINT, _id),
            device=cells.text(Field.DEVICE),
            device_id=cells.parse(Field.DEVICE_ID, _id),
            device_tag=device_tag,
            station=None if has_node else _station(cells),
            node=node,
            written=written,
            address_place=cells.place_of(Field.NODE if has_node else address_field(cells)),
            table=table,
            modicon=modicon_,
            type=type_,
            length=None if has_node else length_of(cells, type_, table),
            datatype=datatype,
            order=order,
            order_place=cells.place_of(Field.ORDER if cells.has_column(Field.ORDER) else Field.TYPE),
            bit=bit,
            range=range_,
            unit=unit,
            scale=_scale(cells) if is_scaled else 1.0,
            offset=(cells.parse(Field.OFFSET, notation.number) or 0.0) if is_scaled else 0.0,
            limits=limits,
            standard=cells.text(Field.STANDARD),
            clause=cells.text(Field.CLAUSE),
            period_s=cells.parse(
                Field.PERIOD, lambda text: notation.seconds(text, cells.qualifier(Field.PERIOD))
            ),
            extra=extra,
        )
        return replace(row, is_sound=not cells.is_faulty)

    def _bit(
        self, cells: RowCells, written: Written | None, type_: RegisterType | None, table: Table | None
    ) -> int | None:
        own = cells.parse(Field.BIT, _bit_number)
        bit = own if own is not None else (written.bit if written else None)
        field = Field.BIT if own is not None else address_field(cells)
        if table is not None and table.holds_bits:
            if bit is not None:
                cells.fault(field, "table-bit-of-bit", table=table.value)
            return None
        if bit is None:
            if type_ is RegisterType.BIT and table is not None:
                cells.fault(Field.BIT, "table-bit-missing")
            return None
        if type_ not in (None, RegisterType.BIT, *_WORD_SIZED):
            cells.fault(field, "table-bit-of-number", type=type_.value if type_ else "")
            return None
        if not 0 <= bit - self._bit_base <= 15:
            cells.fault(field, "table-bit-outside", bit=bit)
            return None
        return bit - self._bit_base

    def _range(self, cells: RowCells) -> tuple[tuple[float, float] | None, str]:
        if (whole := cells.parse(Field.RANGE, notation.measuring_range)) is not None:
            low, high, unit = whole
            return (low, high), unit or cells.qualifier(Field.RANGE)
        low_end = cells.parse(Field.RANGE_LOW, notation.amount)
        high_end = cells.parse(Field.RANGE_HIGH, notation.amount)
        if low_end is None or high_end is None:
            if (low_end is None) != (high_end is None) and not cells.is_faulty:
                cells.fault(Field.RANGE_HIGH if low_end else Field.RANGE_LOW, "table-range-half")
            return None, ""
        unit = high_end[1] or low_end[1] or cells.qualifier(Field.RANGE_HIGH)
        try:
            return notation.ascending(low_end[0], high_end[0]), unit
        except Objection as objection:
            cells.fault(Field.RANGE_HIGH, objection.code, **objection.fields)
            return None, ""

    def _unit(self, cells: RowCells, of_range: str) -> str:
        unit = cells.parse(Field.UNIT, self._read_unit)
        if not of_range:
            return unit or ""
        try:
            with_range = self._read_unit(of_range)
        except Objection as objection:
            if unit is None:
                cells.fault(Field.RANGE, objection.code, **{**objection.fields, "value": of_range})
            return unit or ""
        if unit is not None and unit != with_range:
            cells.fault(Field.UNIT, "table-unit-differs", unit=unit, of_range=with_range)
        return unit or with_range

    def _read_unit(self, text: str) -> str:
        return notation.unit(text, self._kept_units)

    def _limits(self, cells: RowCells) -> dict[LimitKind, RowLimit]:
        limits = {}
        for field, kind in _KINDS.items():
            if (amount := cells.parse(field, notation.amount)) is None:
                continue
            number, written = amount
            written = written or cells.qualifier(field)
            try:
                limits[kind] = RowLimit(number, self._read_unit(written) if written else "")
            except Objection as objection:
                cells.fault(field, objection.code, **{**objection.fields, "value": written})
        return limits


def _link(cells: RowCells) -> LinkName | None:
    connection = cells.parse(Field.CONNECTION, _id)
    host = cells.parse(Field.HOST, _host)
    port = cells.parse(Field.PORT, _in_range(1, 65535, "table-port-outside"))
    if connection is None and host is None:
        if not cells.has(Field.CONNECTION) and not cells.has(Field.HOST):
            cells.fault(Field.CONNECTION, "table-connection-missing")
        return None
    return LinkName(connection, host, port or PORT_DEFAULT)


def _node(text: str) -> str:
    parse_address(text)
    return text


def _host(text: str) -> str:
    try:
        return checked_host(text)
    except Objection as objection:
        raise Objection(f"table-{objection.code}", **objection.fields) from objection


def _id(text: str) -> str:
    word = text.lower().rpartition(".")[2]
    if _IDENTIFIER.match(word) is None:
        raise Objection("table-id-unreadable")
    return word


def _station(cells: RowCells) -> int | None:
    station = cells.parse(Field.STATION, _station_number)
    if station is None and not cells.has(Field.STATION):
        cells.fault(Field.STATION, "table-station-missing")
    return station


def _station_number(text: str) -> int:
    digits = text.strip("#号 ").lower()
    station = (
        int(digits, 16) if digits.startswith("0x") and len(digits) == 4 else notation.whole_number(digits)
    )
    if not 0 <= station <= STATION_MAX:
        raise Objection("table-station-outside", most=STATION_MAX)
    return station


def _in_range(least: int, most: int, code: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = notation.whole_number(text)
        if not least <= value <= most:
            raise Objection(code, least=least, most=most)
        return value

    return read


def _bit_number(text: str) -> int:
    return notation.whole_number(text.lower().removeprefix("bit").removeprefix("b").strip("第位. "))


def _scale(cells: RowCells) -> float:
    """Return the factor, from whichever of the three columns says it."""
    given = {
        Field.SCALE: cells.parse(Field.SCALE, notation.scale),
        Field.DIVISOR: cells.parse(Field.DIVISOR, lambda text: notation.scale(f"/{text}")),
        Field.DECIMALS: cells.parse(Field.DECIMALS, _by_decimals),
    }
    written = {field: factor for field, factor in given.items() if factor is not None}
    if len(set(written.values())) > 1:
        field, factor = list(written.items())[-1]
        first = next(iter(written.values()))
        cells.fault(field, "table-scale-differs", scale=factor, other=first)
    return next(iter(written.values()), 1.0)


def _by_decimals(text: str) -> float:
    places = notation.whole_number(text)
    if not 0 <= places <= 9:
        raise Objection("table-decimals-outside")
    return float(f"1e-{places}")
