"""What a plan asks of its line: requests a second, and the share of the line's time.

One exchange on a serial line takes: the request's bytes, the 3.5 characters of
silence by which the unit knows that it is complete, the unit's own time, the
answer's bytes, and the silence before the next request. Bytes and silences follow
from the settings. The unit's own time is assumed, unless the plant file says it
(`answer_time`); over a network so is the way there and back.

Source: Modbus over Serial Line V1.02, sections 2.5.1.1 and 6.1.

Pure: no clock, no wire.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from config.modbus_link import Modbus, ModbusDtu, ModbusRtu, ModbusTcp, SerialLine
from config.model import Device, Point
from drivers.modbus.claims import data_bytes
from drivers.modbus.plan import Block, lay_out
from drivers.modbus.spans import join_spans

DEVICE_S: Final = 0.02
"""What an instrument on a serial line mostly takes to answer: 5 to 50 ms."""
LAN_S: Final = 0.01
"""There and back in a plant's network, a PLC's cycle included."""
MOBILE_S: Final = 0.1
"""There and back over 4G to a DTU."""

REQUEST_BYTES: Final = 8  # unit, function, address, count, CRC
ANSWER_EXTRA_BYTES: Final = 5  # unit, function, byte count, CRC
SILENCE_CHARACTERS: Final = 3.5
SILENCE_MIN_S: Final = 0.00175  # above 19200 bit/s


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer, in seconds."""

    stated_s: float  # follows from the settings
    device_s: float = 0.0  # assumed of an instrument on a serial line
    network_s: float = 0.0  # assumed of the way there and back

    @property
    def whole_s(self) -> float:
        """All of it."""
        return self.stated_s + self.assumed_s

    @property
    def assumed_s(self) -> float:
        """What nobody has stated."""
        return self.device_s + self.network_s


@dataclass(frozen=True, slots=True)
class LinePlan:
    """One connection: what is asked of it, and how much of its time that takes."""

    connection_id: str
    blocks: tuple[Block, ...]
    left_out: tuple[Point, ...]  # no read can hold them
    exchanges: tuple[Exchange, ...]  # one per block
    links: int  # that carry requests at the same time
    requests_per_s: float
    share: float  # of the line's time
    firm_share: float  # the same without what is assumed of a network

    @property
    def assumed_s(self) -> float:
        """What was assumed of one exchange, in seconds."""
        return max((exchange.assumed_s for exchange in self.exchanges), default=0.0)


def plan_line(connection_id: str, settings: Modbus, devices: Sequence[Device]) -> LinePlan:
    """Return what polling `devices` asks of their connection."""
    layouts = lay_out(devices)
    blocks = tuple(block for layout in layouts for block in layout.blocks())
    left_out = [
        span.point
        for layout in layouts
        for spans in layout.spans.values()
        for span in join_spans(spans, layout.limits)[1]
    ]
    exchanges = tuple(exchange_of(settings, block) for block in blocks)
    pairs = list(zip(blocks, exchanges, strict=True))
    links = 1
    if isinstance(settings, ModbusTcp):  # a unit is asked on one link at a time
        links = max(1, min(settings.max_connections, len({block.unit_id for block in blocks})))
    return LinePlan(
        connection_id,
        blocks,
        tuple(left_out),
        exchanges,
        links,
        requests_per_s=sum(1 / block.period_s for block in blocks),
        share=sum(exchange.whole_s / block.period_s for block, exchange in pairs) / links,
        firm_share=sum((e.whole_s - e.network_s) / block.period_s for block, e in pairs) / links,
    )


def exchange_of(settings: Modbus, block: Block) -> Exchange:
    """Return how long one block keeps its line."""
    answer_bytes = ANSWER_EXTRA_BYTES + data_bytes(block.table.function_code, block.count)
    stated_s = settings.byte_s * (REQUEST_BYTES + answer_bytes)
    if isinstance(settings, SerialLine):
        silence_s = max(SILENCE_CHARACTERS * settings.byte_s, SILENCE_MIN_S)
        stated_s += silence_s + max(silence_s, settings.pause, settings.turnaround)
    else:
        stated_s += settings.pause
    if settings.answer_time is not None:
        return Exchange(stated_s + settings.answer_time)
    device_s = DEVICE_S if isinstance(settings, SerialLine) else 0.0
    return Exchange(stated_s, device_s, _network_s(settings))


def _network_s(settings: Modbus) -> float:
    if isinstance(settings, ModbusRtu):
        return 0.0
    if isinstance(settings, ModbusDtu):
        return MOBILE_S
    return LAN_S + (LAN_S + settings.settle if settings.per_request else 0.0)
