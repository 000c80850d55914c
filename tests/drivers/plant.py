"""Small plants for driver tests: points, devices, and a recorder of what a driver emits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from config.connection import Connection
from config.model import Device, Point, Text
from config.source import NodeSource, RegisterSource, RegisterType, Table
from drivers.build import build_driver
from drivers.clock import Clock, SystemClock
from drivers.driver import Driver, LinkStatus
from drivers.reading import Quality, Scan
from drivers.surroundings import Note, Surroundings

HOLDING = Table.HOLDING_REGISTER


def register_point(
    name: str,
    address: int,
    kind: RegisterType = RegisterType.UINT16,
    *,
    unit_id: int = 1,
    table: Table = HOLDING,
    period_s: float = 0.1,
    within: tuple[float, float] | None = None,
    **source: Any,
) -> Point:
    """Return a Modbus point; `within` is its measuring range, `source` the rest of its RegisterSource."""
    where = RegisterSource(unit_id, table, address, kind, **source)
    return Point(name, 0, Text(name, name), "", "float", within, where, period_s)


def node_point(
    name: str,
    node_id: str,
    *,
    period_s: float = 0.1,
    within: tuple[float, float] | None = None,
    datatype: str = "float",
) -> Point:
    """Return an OPC UA point."""
    return Point(name, 0, Text(name, name), "", datatype, within, NodeSource(node_id), period_s)


def device(
    *points: Point, unit_id: int | None = 1, max_gap: int = 0, max_registers: int = 125, **more: Any
) -> Device:
    """Return a device with these points; `more` is the rest of its fields."""
    name = f"device-{unit_id}"
    return Device(
        name,
        Text(name, name),
        None,
        True,
        "line",
        unit_id,
        None,
        None,
        points,
        (),
        max_gap_registers=max_gap,
        max_registers=max_registers,
        **more,
    )


class Recorder:
    """Everything a driver says, and a way to wait for it."""

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.statuses: list[LinkStatus] = []
        self.notes: list[Note] = []
        self.learnt: list[Note] = []  # of an OPC UA server, at its first session
        self._news = asyncio.Event()

    def emit(self, scan: Scan) -> None:
        self.scans.append(scan)
        self._news.set()

    def on_link(self, status: LinkStatus) -> None:
        self.statuses.append(status)
        self._news.set()

    def on_note(self, note: Note) -> None:
        (self.learnt if note.code == "namespaces-learnt" else self.notes).append(note)
        self._news.set()

    async def until(self, condition: Callable[[], bool], within_s: float = 8.0) -> None:
        """Wait until the condition holds; looked at after every scan and every status."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def scan(self, matches: Callable[[Scan], bool]) -> Scan:
        """Wait for a scan, from now on, that matches."""
        seen = len(self.scans)
        await self.until(lambda: any(matches(scan) for scan in self.scans[seen:]))
        return next(scan for scan in self.scans[seen:] if matches(scan))

    async def status(self, code: str) -> LinkStatus:
        """Wait until the link's last status is this fault's code, or "up"."""
        await self.until(lambda: self.link == code)
        return self.statuses[-1]

    @property
    def link(self) -> str | None:
        """The link's last status: "up" or its fault's code."""
        return self.link_history[-1] if self.statuses else None

    @property
    def link_history(self) -> list[str]:
        return ["up" if s.fault is None else s.fault.code for s in self.statuses]

    def of(self, unit_id: int) -> list[Scan]:
        """The scans of one Modbus unit."""
        return [scan for scan in self.scans if scan.plan.block.startswith(f"{unit_id}/")]


def good(scan: Scan) -> bool:
    return scan.qualities is None


def all_are(quality: Quality) -> Callable[[Scan], bool]:
    """Match scans in which every point has this quality."""
    return lambda scan: scan.qualities is not None and set(scan.qualities) == {quality}


@asynccontextmanager
async def running(
    settings: Connection, devices: Iterable[Device], **surroundings: Any
) -> AsyncIterator[Recorder]:
    """Run the driver of one connection, and stop it at the end."""
    recorder = Recorder()
    driver = make_driver(settings, devices, recorder, **surroundings)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(driver.run(recorder.emit))
        try:
            yield recorder
        finally:
            task.cancel()


def make_driver(
    settings: Connection,
    devices: Iterable[Device],
    recorder: Recorder,
    *,
    clock: Clock | None = None,
    **surroundings: Any,
) -> Driver:
    around = Surroundings(
        clock or SystemClock(), Random(7), recorder.on_link, recorder.on_note, **surroundings
    )
    return build_driver("line", settings, tuple(devices), around)
