"""Parts for the agent's tests: a clock that is moved by hand, a small plant, scans."""

import asyncio
import heapq
from collections.abc import Sequence
from pathlib import Path

from config.modbus_link import ModbusTcp
from config.model import (
    Clause,
    Confidence,
    Device,
    LimitKind,
    LimitRule,
    Plant,
    Point,
    Priority,
    Text,
)
from config.settings import BufferSettings
from config.source import RegisterSource, RegisterType, Table
from drivers.reading import Quality, Scan, ScanPlan, Value

SECOND = 10**9
BEGIN_NS = 1_790_000_000 * SECOND


class HandClock:
    """Stands still until it is moved; waiting ends when the hand has come by."""

    def __init__(self) -> None:
        self.mono_ns = 1_000_000 * SECOND
        self.utc_ns = BEGIN_NS
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._serial = 0

    def now_ns(self) -> int:
        return self.utc_ns

    def monotonic_ns(self) -> int:
        return self.mono_ns

    def synchronised(self) -> bool:
        return True

    async def sleep_until(self, mono_ns: int) -> None:
        if mono_ns <= self.mono_ns:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._serial += 1
        heapq.heappush(self._waiting, (mono_ns, self._serial, future))
        await future

    def move(self, seconds: float) -> None:
        """Go on by so many seconds; whoever waited for a time in between goes on."""
        self.mono_ns += round(seconds * SECOND)
        self.utc_ns += round(seconds * SECOND)
        while self._waiting and self._waiting[0][0] <= self.mono_ns:
            future = heapq.heappop(self._waiting)[2]
            if not future.done():
                future.set_result(None)


def point(name: str = "co-1.concentration", index: int = 0, *, unit: str = "ppm") -> Point:
    source = RegisterSource(1, Table.HOLDING_REGISTER, index, RegisterType.UINT16)
    return Point(name, index, Text("浓度", "concentration"), unit, "float", (0.0, 1000.0), source, 1.0)


def limit(
    of: Point,
    kind: LimitKind,
    at: float,
    *,
    deadband: float = 0.0,
    on: float = 0.0,
    off: float = 0.0,
    latched: bool = False,
) -> LimitRule:
    clause = Clause("GB 6222-2005", "", Confidence.LAW)
    rule_id = f"{of.id}.{kind.value}"
    return LimitRule(rule_id, of, kind, at, deadband, on, off, Priority.CRITICAL, clause, latched=latched)


def device(
    name: str, points: Sequence[Point], rules: Sequence[LimitRule], connection: str = "line"
) -> Device:
    return Device(
        id=name,
        name=Text(f"{name} 探测器", f"{name} detector"),
        profile=None,
        verified=False,
        connection_id=connection,
        unit_id=1,
        area=None,
        tag=None,
        points=tuple(points),
        rules=tuple(rules),
    )


def plant(*devices: Device) -> Plant:
    return Plant(
        id="YC-TEST-1",
        name=Text("试验厂", "Test plant"),
        region="140800",
        timezone="Asia/Shanghai",
        areas={},
        connections={d.connection_id: ModbusTcp(host="127.0.0.1") for d in devices},
        devices={d.id: d for d in devices},
        uplinks={},
        buffer=BufferSettings(),
        path=Path("plant.yaml"),
        text_sha256="0" * 64,
    )


def scan_plan(*points: Point) -> ScanPlan:
    return ScanPlan("line", "1/holding-register/0+1", points, 1.0)


def scan(plan: ScanPlan, clock: HandClock, value: Value, quality: Quality = Quality.GOOD) -> Scan:
    """Return a scan of a plan with one point."""
    qualities = None if quality is Quality.GOOD else (quality,)
    return Scan(plan, clock.now_ns(), clock.monotonic_ns(), True, (value,), qualities)
