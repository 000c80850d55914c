"""Poll plan: which reads fetch the points of a connection's devices.

A plan is computed when the plant file is loaded, and again where a device turns
out to lack registers; polling only walks it. Points are planned together where
they share unit, table and period, whichever device they belong to; what one
device of a unit does not stand holds for the whole unit.

Reading across a small gap costs less than a second request, but a PLC answers
exception 02 to the whole block if one register in the gap does not exist, and
some registers are cleared by reading them; so gaps are crossed only where every
device of the unit allows it, and never over a forbidden range or a known hole.

Limits: Modbus Application Protocol V1.1b3, sections 6.1 to 6.4.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from config.model import Device, Point
from config.source import RegisterSource, Table
from drivers.modbus.spans import Limits, Range, Span, join_spans, order, pad

REGISTERS_PER_READ_MAX: Final = 125
BITS_PER_READ_MAX: Final = 2000
BITS_PER_REGISTER: Final = 16


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


@dataclass(frozen=True, slots=True)
class Layout:
    """The points of one table of one unit, by their period, and how they may be read."""

    unit_id: int
    table: Table
    limits: Limits
    spans: dict[float, tuple[Span, ...]] = field(default_factory=dict)

    def blocks(self) -> Iterator[Block]:
        """Yield the fewest reads that fetch every point that can be read at all."""
        for period_s, spans in self.spans.items():
            for run in join_spans(spans, self.limits)[0]:
                yield self.block(period_s, run)

    def block(self, period_s: float, run: Sequence[Span]) -> Block:
        """Return the read of `run`; its bare range where the limits know of no way to read it."""
        bare = run[0].first, max(span.end for span in run)
        first, end = self.limits.frame(*bare) or bare
        points = tuple(span.point for span in run)
        return Block(self.unit_id, self.table, first, end - first, period_s, points)


def plan_blocks(devices: Iterable[Device]) -> tuple[Block, ...]:
    """Return the blocks that read the Modbus points of `devices`, each point in exactly one."""
    return tuple(block for layout in lay_out(devices) for block in layout.blocks())


def lay_out(devices: Iterable[Device]) -> tuple[Layout, ...]:
    """Return which Modbus points of `devices` can be read together, unit by unit."""
    found: dict[tuple[int, Table], dict[float, list[Span]]] = {}
    sharing: dict[int, list[Device]] = {}
    for device in devices:
        sources = [(p, p.source) for p in device.points if isinstance(p.source, RegisterSource)]
        for point, source in sources:
            periods = found.setdefault((source.unit_id, source.table), {})
            span = Span(source.address, source.address + source.registers, point)
            periods.setdefault(point.period_s, []).append(span)
        for unit_id in {source.unit_id for _, source in sources}:
            sharing.setdefault(unit_id, []).append(device)
    return tuple(
        Layout(
            unit_id,
            table,
            _limits(sharing[unit_id], table, [span.range for spans in periods.values() for span in spans]),
            {period_s: tuple(sorted(spans, key=order)) for period_s, spans in periods.items()},
        )
        for (unit_id, table), periods in found.items()
    )


def _limits(devices: Sequence[Device], table: Table, points: Sequence[Range]) -> Limits:
    """Return what every device of a unit stands."""
    registers = min(REGISTERS_PER_READ_MAX, *(device.max_registers for device in devices))
    bits = min(BITS_PER_READ_MAX, registers * BITS_PER_REGISTER)
    bare = Limits(
        gap=min(device.max_gap_registers for device in devices),
        count=bits if table.holds_bits else registers,
        even=not table.holds_bits and any(device.even_count for device in devices),
        forbidden=tuple(r for device in devices for r in device.forbidden),
        readable=tuple(r for device in devices for r in device.readable),
    )
    return pad(bare, points)
