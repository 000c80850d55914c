"""From the rows of a point table to stanzas of a plant file, and which line comes of which row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.commissioning.address import modicon
from agent.commissioning.flow import decimal, flow, quantity
from agent.commissioning.ids import Names, slug
from agent.commissioning.point_row import LinkName, PointRow
from config.fault import Place
from config.position import merge
from config.source import Table

DATATYPE_USUAL: Final = "float"
"""What a plant file takes a node's value for where it says nothing."""

_LETTER: Final = {
    Table.COIL: "c",
    Table.DISCRETE_INPUT: "d",
    Table.INPUT_REGISTER: "i",
    Table.HOLDING_REGISTER: "h",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of YAML, and the row it comes from. `point` is the id of the point whose entry it is."""

    text: str
    row: Place | None = None
    point: str = ""


@dataclass(frozen=True, slots=True)
class Stanza:
    """The lines to paste into a plant file; ids of the connections that they use but do not hold."""

    lines: tuple[Line, ...]
    devices: Mapping[str, int]  # device id → how many points
    uses: tuple[str, ...]
    node_connections: frozenset[str] = frozenset()  # those of them that are reached by OPC UA nodes

    @property
    def text(self) -> str:
        """The YAML."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Device:
    id: str
    connection: str
    rows: tuple[PointRow, ...]


def write_stanza(rows: Sequence[PointRow], heading: Iterable[str]) -> Stanza:
    """Return the stanza of all rows: connections that the table itself names by host, then devices.

    Rows of one station and one device of the table become one device.
    """
    links = _connections(rows)
    devices = _devices(rows, links)
    made = {links[row.link]: row.link for row in rows if row.link.host is not None}
    lines = [Line(f"# {text}") for text in heading]
    if made:
        lines.append(Line("connections:"))
        lines += [Line(f"  {id_}: {flow(_settings(link))}") for id_, link in made.items()]
    lines.append(Line("devices:"))
    for device in devices:
        lines += _device_lines(device)
    uses = dict.fromkeys(device.connection for device in devices if device.connection not in made)
    counts = {device.id: len(device.rows) for device in devices}
    by_node = frozenset(device.connection for device in devices if device.rows[0].node)
    return Stanza(tuple(lines), counts, tuple(uses), by_node)


def _connections(rows: Iterable[PointRow]) -> Mapping[LinkName, str]:
    names = Names(row.link.connection for row in rows if row.link.connection)
    links: dict[LinkName, str] = {}
    for row in rows:
        if row.link not in links:
            links[row.link] = row.link.connection or names.new(slug(row.device) or "plc")
    return links


def _settings(link: LinkName) -> Mapping[str, object]:
    port = {} if link.port == LinkName("").port else {"port": link.port}
    return {"modbus-tcp": {"host": link.host, **port}}


def _devices(rows: Sequence[PointRow], links: Mapping[LinkName, str]) -> list[_Device]:
    groups: dict[tuple[object, ...], list[PointRow]] = {}
    for row in rows:
        groups.setdefault((links[row.link], row.station, row.device_id or row.device), []).append(row)
    names = Names()
    devices = []
    for group in groups.values():
        first = group[0]
        connection = links[first.link]
        by_unit = f"{connection}-{first.station}" if first.station is not None else connection
        wanted = first.device_id or slug(first.device) or by_unit
        devices.append(_Device(names.new(wanted), connection, tuple(_with_tags(group))))
    return devices


def _with_tags(rows: Sequence[PointRow]) -> Iterable[PointRow]:
    """A device's tag is its own where all rows agree; else the column has tags of points."""
    if len({row.device_tag for row in rows}) == 1:
        return rows
    return (replace(row, tag=row.tag or row.device_tag, device_tag=None) for row in rows)


def _device_lines(device: _Device) -> list[Line]:
    first = device.rows[0]
    lines = [Line(f"  {device.id}:", first.place)]
    lines += [
        Line(f"    {key}: {flow(value)}", first.place) for key, value in _device_settings(device).items()
    ]
    ids = _point_ids(device.rows)
    lines.append(Line("    points:", first.place))
    lines += [_point_line(device.id, ids[row.place], row) for row in device.rows]
    limited = [row for row in device.rows if row.limits or row.extra.limits]
    if limited:
        lines.append(Line("    rules:", limited[0].place))
        lines += [Line(f"      {ids[row.place]}: {flow(_limits(row))}", row.place) for row in limited]
    return lines


def _device_settings(device: _Device) -> Mapping[str, object]:
    first = device.rows[0]
    station = first.station
    by_unit = {"zh": f"{device.connection} 站号 {station}", "en": f"{device.connection} unit {station}"}
    settings: dict[str, object] = {
        "name": first.device or (by_unit if station is not None else device.id),
        "connection": device.connection,
    }
    if first.device_tag:
        settings["tag"] = first.device_tag
    counting: Mapping[str, object] = {}
    if station is not None:
        counting = {"modbus": {"address_base": 0}}  # its own counting of addresses was settled before
        settings |= {"unit": station, **counting}
    said = next((row.extra.device for row in device.rows if row.extra.device), {})
    return _laid_over(_laid_over(settings, said), counting)


def _laid_over(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Return what the columns say, with what the last column says over it."""
    merged = merge(dict(below), dict(above))
    assert isinstance(merged, dict)  # it is, of two mappings
    return merged


def _point_ids(rows: Sequence[PointRow]) -> Mapping[Place, str]:
    # Ids that the table gives come first: no other may take them away.
    names = Names(row.point_id for row in rows if row.point_id)
    return {row.place: row.point_id or names.new(_wanted_id(row)) for row in rows}


def _wanted_id(row: PointRow) -> str:
    by_place = f"{_LETTER[row.table]}{row.address}" if row.table is not None else "point"
    bit = f"-{row.bit}" if row.bit is not None else ""
    return slug(row.tag) or slug(row.name_en) or slug(row.name) or f"{by_place}{bit}"


def _point_line(device: str, id_: str, row: PointRow) -> Line:
    name: object = {"zh": row.name, "en": row.name_en} if row.name_en else row.name
    point: dict[str, object] = {"name": name}
    if row.tag:
        point["tag"] = row.tag
    if row.datatype not in (None, DATATYPE_USUAL):
        point["datatype"] = row.datatype
    if row.unit:
        point["unit"] = row.unit
    if row.range:
        point["range"] = row.range
    if row.period_s is not None:
        point["period"] = f"{decimal(row.period_s)} s"
    if row.node:
        point["opcua"] = {"path" if row.node.startswith("/") else "id": row.node}
    elif row.table is not None and row.address is not None:
        point["modbus"] = _modbus(row, row.table, row.address)
    said = f"{row.written.text}, " if row.written else ""
    as_modicon = modicon(row.table, row.address) if row.table and row.address is not None else ""
    where = said if as_modicon in said else f"{said}{as_modicon}, "
    comment = f"{where}第 {row.place.line} 行 / row {row.place.line}"
    text = f"      {id_}: {flow(_laid_over(point, row.extra.point))}  # {comment}"
    return Line(text, row.place, f"{device}.{id_}")


def _modbus(row: PointRow, table: Table, address: int) -> Mapping[str, object]:
    source: dict[str, object] = {"table": table.value, "address": address}
    if row.type is not None and not table.holds_bits:
        source["type"] = row.type.value
    if row.length is not None:
        source["length"] = row.length.number
    if row.bit is not None:
        source["bit"] = row.bit
    if row.order is not None and not table.holds_bits:
        source["order"] = row.order.value
    if row.scale != 1:
        source["scale"] = row.scale
    if row.offset:
        source["offset"] = row.offset
    return source


def _limits(row: PointRow) -> Mapping[str, object]:
    said = {"standard": row.standard, "clause": row.clause}
    behind = {key: text for key, text in said.items() if text}
    limits: dict[str, object] = {
        kind.value: {"limit": quantity(limit.number, limit.unit or row.unit), **behind}
        for kind, limit in row.limits.items()
    }
    return _laid_over(limits, row.extra.limits)
