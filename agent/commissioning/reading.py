"""A device read once, block by block: the registers as they came beside what they mean.

The same plan, guard, decoding and judgement as in the running agent, so that what is
seen here is what will be stored.
"""

from dataclasses import dataclass

from config.model import Device, Point
from config.source import RegisterSource
from drivers.clock import Clock
from drivers.condition import Conditions
from drivers.errors import NoReply, UnitFault
from drivers.modbus.decode import Decode, compile_block
from drivers.modbus.opening import OpenLink
from drivers.modbus.plan import Block, plan_blocks
from drivers.reading import Quality, Scan, ScanPlan, Value


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


class DeviceReader:
    """Reads one device, again and again; what it says of itself (condition.py) holds between rounds."""

    def __init__(self, device: Device, clock: Clock, *, timeout_s: float, retries: int = 0) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._retries = retries
        self._conditions = Conditions([device])
        self._blocks = [
            (
                block,
                ScanPlan(device.connection_id, block.name, block.points, block.period_s),
                compile_block(block),
            )
            for block in plan_blocks([device])
        ]

    async def read(self, link: OpenLink) -> tuple[BlockReading, ...]:
        """Return every block, in order of addresses. Raises Lost when the connection breaks."""
        answers = [await self._answer(link, block, plan, decode) for block, plan, decode in self._blocks]
        for answer in answers:
            self._conditions.judge(answer.scan)
        # Once more: a status word may stand behind the values of which it speaks.
        return tuple(_reading(answer, self._conditions.judge(answer.scan)) for answer in answers)

    async def _answer(self, link: OpenLink, block: Block, plan: ScanPlan, decode: Decode) -> "_Answer":
        begun_ns = self._clock.monotonic_ns()
        data, fault = b"", None
        try:
            data = await self._ask(link, block)
        except UnitFault as unit_fault:
            fault = unit_fault
        ended_ns = self._clock.monotonic_ns()
        if fault is None:
            values, qualities = decode(data)
        else:
            quality = Quality.COMM_FAULT if isinstance(fault, NoReply) else Quality.DEVICE_FAULT
            values, qualities = (None,) * len(block.points), (quality,) * len(block.points)
        scan = Scan(plan, self._clock.now_ns(), ended_ns, self._clock.synchronised(), values, qualities)
        return _Answer(block, (ended_ns - begun_ns) / 1e9, data, scan, fault)

    async def _ask(self, link: OpenLink, block: Block) -> bytes:
        for _ in range(self._retries):
            try:
                return await link.read(block, self._timeout_s)
            except NoReply:
                continue
        return await link.read(block, self._timeout_s)


@dataclass(frozen=True, slots=True)
class _Answer:
    block: Block
    latency_s: float
    data: bytes
    scan: Scan
    fault: UnitFault | None


def _reading(answer: _Answer, scan: Scan) -> BlockReading:
    qualities = scan.qualities or (Quality.GOOD,) * len(scan.values)
    points = tuple(
        PointReading(point, _raw(answer.block, answer.data, point) if answer.data else "", value, quality)
        for point, value, quality in zip(answer.block.points, scan.values, qualities, strict=True)
    )
    return BlockReading(answer.block, answer.latency_s, hexadecimal(answer.data), points, answer.fault)


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
