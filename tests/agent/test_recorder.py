"""What reaches the outbox, when, and with which state."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.alarms.engine import Engine
from agent.recorder import Recorder
from agent.records import READINGS_PER_RECORD_MAX, Catalogue, Packer, readings
from agent.slow_alarm import SlowAlarm
from buffering.outbox import Outbox
from buffering.record import Lane, Stream
from config.model import AlarmSettings, LimitKind
from tests.agent.parts import HandClock, device, limit, plant, point, scan, scan_plan

CO = point()
PLAN = scan_plan(CO)
UNATTENDED = AlarmSettings(is_annunciated=False)  # nobody has to acknowledge
PLANT = replace(plant(device("co-1", [CO], [limit(CO, LimitKind.HI, 24)])), alarms=UNATTENDED)
PACKER = Packer()


class Desk:
    """A recorder on a real outbox, with a clock that is moved by hand."""

    def __init__(self, outbox: Outbox, clock: HandClock) -> None:
        self.outbox = outbox
        self.clock = clock
        self.slow: list[SlowAlarm] = []
        self.engine = Engine(PLANT)
        self.recorder = Recorder(
            outbox, Catalogue.of(PLANT), clock, commit_interval_s=1, on_slow=self.slow.append
        )

    def read(self, value: float) -> None:
        read = scan(PLAN, self.clock, value)
        self.recorder.scan(read)
        outcome = self.engine.evaluate(read)
        if outcome is not None:
            self.recorder.alarms(outcome)

    async def stored(self, stream: Stream) -> list[dict[str, Any]]:
        """Return the payloads that wait in one stream."""
        message = await self.outbox.next_message("bureau", stream)
        return [PACKER.unpack(record.payload) for record in await self.outbox.read(message)]


@asynccontextmanager
async def desk(folder: Path) -> AsyncGenerator[Desk, None]:
    clock = HandClock()
    outbox = await Outbox.open(folder, gateway="G", destinations=["bureau"], now_ns=clock.now_ns())
    try:
        yield Desk(outbox, clock)
    finally:
        await outbox.close()


async def test_a_value_that_nobody_foresaw_takes_nothing_with_it(tmp_path: Path) -> None:
    odd = "正常".encode("gbk").decode("utf-8", "surrogateescape")
    async with desk(tmp_path) as at:
        await at.outbox.go_live("bureau")
        at.recorder.event({"kind": "odd", "text": odd, "at": 1 << 80, "kinds": {int}})
        at.recorder.scan(replace(scan(PLAN, at.clock, 5.0), values=(odd,), source_ns=(-(1 << 70),)))
        at.read(30.0)
        [alarm] = await at.stored(Stream.ALARM)
        [record] = await at.stored(Stream.LIVE)
    assert alarm["alarm"]["value"] == 30.0
    values = [values for _, _, _, _, values, _, _ in record["scans"]]
    assert values == [["\\udcd5\\udcfd\\udcb3\\udca3"], [30.0]]


async def test_scans_between_two_commits_are_one_record_that_reads_back_as_it_was(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for value in (1.0, 2.0, 3.0):
            at.read(value)
            at.clock.move(0.1)
        await at.recorder.flush()
        assert at.outbox.head(Lane.READING) == 1
        [content] = await at.stored(Stream.LIVE)
        back = list(readings(content, Catalogue.of(PLANT).points))
        assert [(r.index, r.point.id, r.value) for r in back] == [
            (0, "co-1.concentration", 1.0),
            (1, "co-1.concentration", 2.0),
            (2, "co-1.concentration", 3.0),
        ]


async def test_an_alarm_commits_at_once_and_takes_the_readings_before_it_along(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.read(10.0)
        at.read(30.0)
        [alarm] = await at.stored(Stream.ALARM)
        assert alarm["alarm"]["event"] == "raised"
        assert at.outbox.head(Lane.READING) == 1
        assert "alarm/co-1.concentration.hi" in at.outbox.state


async def test_an_alarms_state_is_gone_from_the_store_when_it_has_cleared(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        at.read(30.0)
        at.read(10.0)
        await at.recorder.flush()
        assert "alarm/co-1.concentration.hi" not in at.outbox.state


async def test_a_burst_becomes_several_records(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for _ in range(READINGS_PER_RECORD_MAX + 1):
            at.read(1.0)
        await at.recorder.flush()
        assert at.outbox.head(Lane.READING) == 2


async def test_a_restart_leaves_a_gap_record_that_says_whether_the_stop_was_clean(tmp_path: Path) -> None:
    async with desk(tmp_path) as first:
        first.recorder.start(version="1", plant_sha256="0")
        await first.recorder.stopped()
    async with desk(tmp_path) as second:
        second.recorder.start(version="1", plant_sha256="0")
        await second.recorder.flush()
    async with desk(tmp_path) as third:
        third.recorder.start(version="1", plant_sha256="0")
        await third.recorder.flush()
        gaps = [event for event in await third.stored(Stream.EVENT) if event["kind"] == "gap"]
        assert [gap["clean"] for gap in gaps] == [True, False]


async def test_the_gap_begins_where_the_readings_end_though_an_event_was_committed_later(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as first:
        first.recorder.start(version="1", plant_sha256="0")
        first.read(1.0)
        await first.recorder.flush()
        first.clock.move(1)
        first.read(2.0)  # waits in the batch, and is lost with the process
        lost_ns = first.clock.now_ns()
        first.clock.move(1)
        first.recorder.event({"kind": "link", "connection": "line", "up": False})
        await first.outbox.commit(now_ns=first.clock.now_ns())
    async with desk(tmp_path) as second:
        second.clock.move(10)
        second.recorder.start(version="1", plant_sha256="0")
        await second.recorder.flush()
        [gap] = [event for event in await second.stored(Stream.EVENT) if event["kind"] == "gap"]
    assert gap["from_ns"] < lost_ns < gap["to_ns"]


async def test_the_catalogue_is_written_once_and_again_only_when_points_change(tmp_path: Path) -> None:
    for _ in range(2):
        async with desk(tmp_path) as at:
            at.recorder.start(version="1", plant_sha256="0")
            await at.recorder.flush()
    async with desk(tmp_path) as at:
        events = await at.stored(Stream.EVENT)
    assert [event["kind"] for event in events].count("catalogue") == 1


async def test_an_alarm_whose_commit_hangs_is_handed_on_after_its_patience(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        at.outbox.commit = lambda **_: never  # type: ignore[method-assign]
        handed = asyncio.Event()

        def take(alarm: SlowAlarm) -> None:
            at.slow.append(alarm)
            handed.set()

        at.recorder._on_slow = take
        running = asyncio.ensure_future(at.recorder._watch_alarms())
        at.read(30.0)
        await asyncio.wait_for(handed.wait(), 5)
        assert [alarm.content["alarm"]["event"] for alarm in at.slow] == ["raised"]
        running.cancel()
