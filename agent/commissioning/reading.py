"""A device read once, block by block: the registers as they came beside what they mean.

The same plan, the same guard and the same decoding as in the running agent, so
that what is seen here is what will be stored.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from config.model import Device, Point
from config.source import RegisterSource
from drivers.clock import Clock
from drivers.errors import NoReply, UnitFault
from drivers.modbus.decode import compile_block
from drivers.modbus.opening import OpenLink
from drivers.modbus.plan import Block, plan_blocks
from drivers.reading import Quality, Value


@dataclass(frozen=True, slots=True)
class PointReading:
    """One point: its registers in hexadecimal (a bit as 0 or 1), and what they mean."""

    point: Point
    raw: str
    value: Value
    quality: Quality


@dataclass(frozen=True, slots=True)
class BlockReading:
    """What became of one request. Without an answer, `fault` says why, and no point has a value."""

    block: Block
    latency_s: float
    raw: str
    points: tuple[PointReading, ...]
    fault: UnitFault | None = None


async def read_device(
    link: OpenLink, device: Device, clock: Clock, *, timeout_s: float, retries: int = 0
) -> AsyncIterator[BlockReading]:
    """Yield every block of a device, in order of addresses. Raises Lost when the connection breaks."""
    for block in plan_blocks([device]):
        begun_ns = clock.monotonic_ns()
        try:
            data = await _ask(link, block, timeout_s, retries)
        except UnitFault as fault:
            took_s = (clock.monotonic_ns() - begun_ns) / 1e9
            yield BlockReading(block, took_s, "", _nothing(block.points, fault), fault)
        else:
            took_s = (clock.monotonic_ns() - begun_ns) / 1e9
            yield BlockReading(block, took_s, hexadecimal(data), _readings(block, data))


async def _ask(link: OpenLink, block: Block, timeout_s: float, retries: int) -> bytes:
    for _ in range(retries):
        try:
            return await link.read(block, timeout_s)
        except NoReply:
            continue
    return await link.read(block, timeout_s)


def _readings(block: Block, data: bytes) -> tuple[PointReading, ...]:
    values, qualities = compile_block(block)(data)
    judged = qualities or (Quality.GOOD,) * len(values)
    return tuple(
        PointReading(point, _raw(block, data, point), value, quality)
        for point, value, quality in zip(block.points, values, judged, strict=True)
    )


def _nothing(points: Sequence[Point], fault: UnitFault) -> tuple[PointReading, ...]:
    quality = Quality.COMM_FAULT if isinstance(fault, NoReply) else Quality.DEVICE_FAULT
    return tuple(PointReading(point, "", None, quality) for point in points)


def _raw(block: Block, data: bytes, point: Point) -> str:
    source = point.source
    assert isinstance(source, RegisterSource), point.id  # a Modbus device has no other
    start = source.address - block.first
    if block.table.holds_bits:
        return str(data[start // 8] >> start % 8 & 1)
    return hexadecimal(data[2 * start : 2 * (start + source.registers)])


def hexadecimal(data: bytes) -> str:
    """Return bytes as registers are written in manuals: `0A11 42C5`."""
    return data.hex(" ", -2).upper()
