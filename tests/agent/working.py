"""An agent's inside at work: pipeline, recorder and a real outbox, on a clock that is moved by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from agent.alarms.engine import Engine
from agent.area_check import AreaCheck
from agent.latest import LatestValues
from agent.pipeline import Pipeline
from agent.recorder import Recorder
from agent.records import Catalogue, Packer
from agent.self_reports import SelfReports
from agent.supervise import Supervisor
from buffering.beside import StoreBeside
from buffering.outbox import Outbox
from buffering.record import Lane
from config.model import Plant
from drivers.reading import Quality, Scan, ScanPlan, Value
from tests.agent.parts import HandClock

Json = dict[str, Any]
Read = Value | tuple[Value, Quality]
PACKER = Packer()


class Agent:
    """Takes readings, and tells what was stored of it."""

    def __init__(self, plant: Plant, outbox: Outbox, clock: HandClock, folder: Path) -> None:
        self._folder = folder
        self._seen = {lane: outbox.head(lane) for lane in Lane}
        self.plant, self.outbox, self.clock = plant, outbox, clock
        self.kicks = 0
        self.supervisor = Supervisor(clock)
        self.engine = Engine(plant)
        self.recorder = Recorder(
            outbox, Catalogue.of(plant), clock, commit_interval_s=1, on_slow=lambda _slow: None
        )
        self.latest = LatestValues(plant)
        self.pipeline = Pipeline(
            self.engine,
            self.latest,
            self.recorder,
            self.supervisor,
            clock,
            reports=SelfReports(plant),
            check=AreaCheck(plant, self.engine, self.latest, clock),
            on_alarm=self._kicked,
        )
        self.pipeline.start(outbox.state)
        self._points = {point.id: point for point in plant.points}
        self._plans: dict[tuple[str, ...], ScanPlan] = {}

    def read(self, **given: Read) -> None:
        """Read points of one device together: `co_1__concentration=30.0`."""
        names = tuple(name.replace("__", ".").replace("_", "-") for name in given)
        if names not in self._plans:
            self._plans[names] = ScanPlan("line", "1", tuple(self._points[name] for name in names), 1.0)
        pairs = [each if isinstance(each, tuple) else (each, Quality.GOOD) for each in given.values()]
        values, qualities = (tuple(part) for part in zip(*pairs, strict=True))
        taken = Scan(
            self._plans[names],
            self.clock.now_ns(),
            self.clock.monotonic_ns(),
            True,
            values,
            qualities if any(qualities) else None,
        )
        self.pipeline.take(taken)

    def wait(self, seconds: float) -> None:
        """Let time pass, with every deadline at its time."""
        end_ns = self.clock.monotonic_ns() + round(seconds * 1e9)
        while (due_ns := self.engine.next_deadline_ns()) is not None and due_ns <= end_ns:
            self.clock.move(max(0, due_ns - self.clock.monotonic_ns()) / 1e9)
            self.pipeline.tick()
        self.clock.move((end_ns - self.clock.monotonic_ns()) / 1e9)

    def each_second(self, seconds: int, **given: Read) -> None:
        """Read the same once a second."""
        for _ in range(seconds):
            self.wait(1)
            self.read(**given)

    async def alarms(self) -> list[Json]:
        """Return what has happened to alarms since the last call."""
        return [content["alarm"] for content in await self._told(Lane.ALARM)]

    async def events(self, *kinds: str) -> list[Json]:
        """Return the events since the last call, of these kinds."""
        return [event for event in await self._told(Lane.EVENT) if not kinds or event["kind"] in kinds]

    async def _told(self, lane: Lane) -> list[Json]:
        await self.recorder.flush()
        first, self._seen[lane] = self._seen[lane] + 1, self.outbox.head(lane)
        with closing(StoreBeside(self._folder / "outbox.db")) as store:
            return [
                PACKER.unpack(row.payload)
                for row in store.rows(self.outbox.opened.epoch, lane, first, limit=1000)
            ]

    def _kicked(self) -> None:
        self.kicks += 1


@asynccontextmanager
async def working(
    folder: Path, plant: Plant, clock: HandClock, *, stops: bool = True
) -> AsyncIterator[Agent]:
    """Run an agent on the store in `folder`; `stops`: it ends in order, and not by a power cut."""
    outbox = await Outbox.open(folder, gateway="G", destinations=["bureau"], now_ns=clock.now_ns())
    try:
        agent = Agent(plant, outbox, clock, folder)
        yield agent
        if stops:
            await agent.recorder.stopped()
    finally:
        await outbox.close()


def happened(alarms: list[Json]) -> list[str]:
    """Return rule and happening of each."""
    return [f"{alarm['rule']} {alarm['event']}" for alarm in alarms]
