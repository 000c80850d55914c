"""Poll plan: which reads fetch the points of a connection's devices.

A plan is computed once, when the plant file is loaded; polling only walks it.
Points are planned together where they share unit, table and period, whichever
device they belong to. Reading across a small gap costs less than a second
request, but a PLC answers exception 02 to the whole block if one register in
the gap does not exist, and some registers are cleared by reading them; so gaps
are bridged only as far as every device involved allows.

Limits: Modbus Application Protocol V1.1b3, sections 6.1 to 6.4.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from config.model import Device, Point
from config.source import RegisterSource, Table

REGISTERS_PER_READ_MAX: Final = 125
BITS_PER_READ_MAX: Final = 2000
BITS_PER_REGISTER: Final = 16


@dataclass(frozen=True, slots=True)
class Span:
    """The addresses [first, end) that hold one point."""

    first: int
    end: int
    point: Point


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one read may go, in addresses (registers, or bits in a bit table)."""

    gap: int  # may be read though no point needs them
    count: int  # per read


@dataclass(frozen=True, slots=True)
class Block:
    """One request on the wire, and the points that its answer serves, lowest address first."""

    unit_id: int
    table: Table
    first: int
    count: int
    period_s: float
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """The block's name in scans and logs, e.g. `1/holding-register/0+10`."""
        return f"{self.unit_id}/{self.table.value}/{self.first}+{self.count}"


def plan_blocks(devices: Iterable[Device]) -> tuple[Block, ...]:
    """Return the blocks that read every Modbus point of `devices`, each point in exactly one."""
    spans: dict[_Group, list[Span]] = {}
    limits: dict[_Group, Limits] = {}
    for device in devices:
        for point in device.points:
            if isinstance(point.source, RegisterSource):
                group = _Group(point.source.unit_id, point.source.table, point.period_s)
                spans.setdefault(group, []).append(_span(point, point.source))
                limits[group] = _tighter(limits.get(group), device, point.source.table)
    return tuple(
        Block(group.unit_id, group.table, run[0].first, _end(run) - run[0].first, group.period_s, points)
        for group in spans
        for run in join_spans(spans[group], limits[group])
        for points in [tuple(span.point for span in run)]
    )


def join_spans(spans: Iterable[Span], limits: Limits) -> Iterator[list[Span]]:
    """Yield the fewest runs of spans that can each be read at once, lowest address first.

    A span is never split: the high word of one answer joined to the low word
    of the next is a value the device never had.
    """
    run: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.first, s.end)):
        assert 0 < span.end - span.first <= limits.count, span  # config refused the rest
        if run and not _joins(span, run, limits):
            yield run
            run = []
        run.append(span)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class _Group:
    unit_id: int
    table: Table
    period_s: float


def _span(point: Point, source: RegisterSource) -> Span:
    return Span(source.address, source.address + source.registers, point)


def _tighter(limits: Limits | None, device: Device, table: Table) -> Limits:
    if table.holds_bits:
        own = Limits(
            device.max_gap_registers, min(BITS_PER_READ_MAX, device.max_registers * BITS_PER_REGISTER)
        )
    else:
        own = Limits(device.max_gap_registers, min(REGISTERS_PER_READ_MAX, device.max_registers))
    return own if limits is None else Limits(min(limits.gap, own.gap), min(limits.count, own.count))


def _joins(span: Span, run: list[Span], limits: Limits) -> bool:
    end = _end(run)
    length = max(end, span.end) - run[0].first
    return span.first - end <= limits.gap and length <= limits.count


def _end(run: list[Span]) -> int:
    # Points may overlap (a status word and its bits), so the last does not always reach furthest.
    return max(span.end for span in run)
