"""A store as an agent leaves it: real recorder, real outbox, a clock that is moved by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.alarms.engine import Engine
from agent.recorder import Recorder
from agent.records import Catalogue
from agent.store_events import StoreEvents
from buffering.outbox import Keeping, Outbox
from buffering.record import Stream
from config.model import Plant
from drivers.reading import Quality, Scan, Value
from tests.agent.parts import HandClock, scan, scan_plan
from tests.buffering.test_heads import Key

KEY = Key()


@dataclass
class Desk:
    """A recorder on an outbox."""

    outbox: Outbox
    recorder: Recorder
    clock: HandClock
    plant: Plant
    engine: Engine

    async def read(self, point_id: str, value: Value, quality: Quality = Quality.GOOD) -> None:
        """Take one reading, with the alarms that follow from it, and make both durable."""
        taken = self.scan_of(point_id, value, quality)
        self.recorder.scan(taken)
        outcome = self.engine.evaluate(taken)
        if outcome is not None:
            self.recorder.alarms(outcome)
        await self.recorder.flush()

    def scan_of(self, point_id: str, value: Value, quality: Quality = Quality.GOOD) -> Scan:
        """Return a scan of one point at this moment."""
        [point] = [each for each in self.plant.points if each.id == point_id]
        return scan(scan_plan(point), self.clock, value, quality)

    async def deliver(self, stream: Stream, destination: str = "bureau") -> None:
        """Let a destination confirm the next message of a stream."""
        self.outbox.ack(await self.outbox.next_message(destination, stream))

    async def sign(self) -> None:
        """Sign the heads, and make the signatures durable."""
        self.outbox.upkeep.sign(now_ns=self.clock.now_ns())
        await self.recorder.flush()


@asynccontextmanager
async def recording(
    folder: Path,
    plant: Plant,
    clock: HandClock,
    *,
    destinations: Sequence[str] = ("bureau",),
    keeping: Keeping = Keeping(),  # noqa: B008 - frozen
    signer: Key | None = KEY,
    gateway: str = "gw-1",
) -> AsyncIterator[Desk]:
    """Run a recorder from a start to a stop in order."""
    outbox = await Outbox.open(
        folder,
        gateway=gateway,
        destinations=set(destinations),
        now_ns=clock.now_ns(),
        keeping=keeping,
        describe=StoreEvents(),
        signer=signer,
    )
    recorder = Recorder(outbox, Catalogue.of(plant), clock, commit_interval_s=0.5, on_slow=lambda _: None)
    recorder.start(version="0", plant_sha256="0" * 64)
    desk = Desk(outbox, recorder, clock, plant, Engine(plant))
    try:
        yield desk
        await recorder.stopped()
    finally:
        await outbox.close()
