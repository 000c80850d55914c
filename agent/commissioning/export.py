"""A plant's points as a table for people to sign: what `points import` reads, and reads back as it was.

The table has the resolved points, whatever profile they come from. What has no
column of its own (sentinels, an alarm's delays, how a device lets itself be read)
stands in the last one, in the grammar of the plant file: see export_extra.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.commissioning.address import modicon
from agent.commissioning.export_extra import extra_of
from agent.commissioning.flow import flow, number
from agent.commissioning.vocabulary import SPELLINGS, Field
from config.model import Device, LimitKind, LimitRule, Plant, Point
from config.source import ByteOrder, NodeSource

COLUMNS: Final = (
    Field.TAG,
    Field.NAME,
    Field.NAME_EN,
    Field.DEVICE_ID,
    Field.DEVICE,
    Field.DEVICE_TAG,
    Field.POINT,
    Field.CONNECTION,
    Field.STATION,
    Field.TABLE,
    Field.FUNCTION,
    Field.ADDRESS_ZERO,
    Field.ADDRESS_MODICON,
    Field.BIT,
    Field.TYPE,
    Field.ORDER,
    Field.RANGE,
    Field.UNIT,
    Field.SCALE,
    Field.OFFSET,
    Field.HIHI,
    Field.HI,
    Field.LO,
    Field.LOLO,
    Field.STANDARD,
    Field.CLAUSE,
    Field.PERIOD,
    Field.NODE,
    Field.EXTRA,
)
_HEADINGS: Final = {Field.PERIOD: "采集周期(s)", Field.EXTRA: "其他(YAML)"}
_KINDS: Final = {
    Field.HIHI: LimitKind.HIHI,
    Field.HI: LimitKind.HI,
    Field.LO: LimitKind.LO,
    Field.LOLO: LimitKind.LOLO,
}

Cells = Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class PointTable:
    """A table to be written: title lines, the names of its columns, rows, and lines for signatures."""

    titles: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    signatures: tuple[str, ...] = ("编制：", "审核：", "批准：", "日期：")


def point_table(plant: Plant, *, date: str) -> PointTable:
    """Return the table of all points; `date` is printed as it is."""
    used = [
        field
        for field in COLUMNS
        if field not in _MAY_BE_LEFT_OUT or any(field in cells for cells in _all_cells(plant))
    ]
    rows = tuple(tuple(cells.get(field, "") for field in used) for cells in _all_cells(plant))
    return PointTable(
        (
            f"{plant.name.zh} 测点表 / {plant.name.en}: table of points",
            f"{plant.path.name}  SHA-256 {plant.text_sha256}  {date}  {len(rows)} 点 / points",
        ),
        tuple(_HEADINGS.get(field, SPELLINGS[field][0]) for field in used),
        rows,
    )


_MAY_BE_LEFT_OUT: Final = frozenset({Field.DEVICE_TAG, Field.NODE, Field.EXTRA})


def _all_cells(plant: Plant) -> Iterable[Cells]:
    for device in plant.devices.values():
        rules: dict[str, list[LimitRule]] = {}
        for rule in device.rules:
            rules.setdefault(rule.point.id, []).append(rule)
        connection = plant.connections[device.connection_id]
        for point in device.points:
            of_point = rules.get(point.id, ())
            extra = extra_of(device, point, of_point, connection)
            cells = {
                **_identity(device, point),
                **_source(point),
                **_limits(of_point),
                Field.EXTRA: flow(extra) if extra else "",
            }
            yield {field: text for field, text in cells.items() if text}


def _identity(device: Device, point: Point) -> Cells:
    inherited = point.tag == device.tag
    return {
        Field.TAG: "" if inherited else point.tag or "",
        Field.NAME: point.name.zh,
        Field.NAME_EN: "" if point.name.en == point.name.zh else point.name.en,
        Field.DEVICE_ID: device.id,
        Field.DEVICE: device.name.zh,
        Field.DEVICE_TAG: device.tag or "",
        Field.POINT: point.id.partition(".")[2],
        Field.CONNECTION: device.connection_id,
        Field.RANGE: f"{number(point.range[0])}~{number(point.range[1])}" if point.range else "",
        Field.UNIT: point.unit,
        Field.PERIOD: number(point.period_s),
    }


def _source(point: Point) -> Cells:
    source = point.source
    if isinstance(source, NodeSource):
        return {Field.NODE: source.node_id, Field.TYPE: point.datatype}
    has_order = not source.table.holds_bits and source.order is not ByteOrder.ABCD
    has_order = has_order or source.registers > 1
    return {
        Field.STATION: str(source.unit_id),
        Field.TABLE: source.table.value,
        Field.FUNCTION: f"{source.table.function_code:02d}",
        Field.ADDRESS_ZERO: str(source.address),
        Field.ADDRESS_MODICON: modicon(source.table, source.address),
        Field.BIT: "" if source.bit is None else str(source.bit),
        Field.TYPE: source.type.value,
        Field.ORDER: source.order.value if has_order else "",
        Field.SCALE: "" if source.scale == 1 else number(source.scale),
        Field.OFFSET: number(source.offset) if source.offset else "",
    }


def _limits(rules: Sequence[LimitRule]) -> Cells:
    by_kind = {rule.kind: rule for rule in rules}
    cells = {field: number(by_kind[kind].limit) for field, kind in _KINDS.items() if kind in by_kind}
    standards = dict.fromkeys(rule.clause.standard for rule in rules if rule.clause.standard)
    clauses = dict.fromkeys(rule.clause.clause for rule in rules if rule.clause.clause)
    return {**cells, Field.STANDARD: "；".join(standards), Field.CLAUSE: "；".join(clauses)}
