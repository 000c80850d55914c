"""Nothing leaves before it is durable, shown green on the agent and red on one that sends what is staged.

Goal: a reading reaches a platform only once the store holds it; the one
exception is an alarm that the disk keeps waiting, and that says so. Method: the
disk hangs while readings and an alarm are recorded, in one process with the
store's seam, and with a whole agent under a preloaded fsync.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from agent.alarms.engine import STATE_PREFIX, Outcome
from agent.alarms.event import AlarmEvent, Happening
from agent.daemon import send_slow
from agent.recorder import Recorder
from agent.records import Json
from agent.slow_alarm import SlowAlarm
from agent.supervise import Supervisor
from config.model import Priority, Text
from drivers.clock import SystemClock
from tests.agent.destination import CATALOGUE, CO, Platform, Site, site, values
from tests.agent.parts import BEGIN_NS, HandClock, scan, scan_plan
from tests.buffering.parts import HangingStore
from tests.mutants.recorders import SendsStaged
from tests.system.holding import sent_though_not_stored
from tests.system.site import AGENT

RAISED = AlarmEvent(
    alarm_id=uuid4(),
    happening=Happening.RAISED,
    rule="co-1.hi",
    condition="hi",
    device="co-1",
    point=CO.id,
    priority=Priority.HIGH,
    utc_ns=BEGIN_NS,
    text=Text("一氧化碳超限", "CO beyond its limit"),
)


@asynccontextmanager
async def recording(on: Site, recorder_type: type[Recorder]) -> AsyncIterator[Recorder]:
    """Record into the site's outbox as the daemon does: commits at intervals, slow alarms from memory."""
    slow: asyncio.Queue[SlowAlarm] = asyncio.Queue()
    recorder = recorder_type(
        on.outbox, CATALOGUE, SystemClock(), commit_interval_s=0.02, on_slow=slow.put_nowait
    )
    if isinstance(recorder, SendsStaged):
        recorder.forwarders = (on.forwarder,)
    tasks = [
        asyncio.create_task(recorder.run()),
        asyncio.create_task(send_slow(slow, {"bureau": on.forwarder}, Supervisor(SystemClock()))),
    ]
    try:
        yield recorder
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def left_though_the_disk_hung(folder: Path, recorder_type: type[Recorder]) -> list[Json]:
    """Return what reached the platform, heartbeats and alarms marked as not durable aside."""
    platform, stores, plan = Platform(), list[HangingStore](), scan_plan(CO)

    def open_store(path: Path) -> HangingStore:
        stores.append(HangingStore.open(path))
        return stores[0]

    async with (
        site(folder, platform, open_store=open_store) as running,
        recording(running, recorder_type) as recorder,
    ):
        recorder.scan(scan(plan, HandClock(), 1))
        await platform.until(lambda: 1 in values(platform.of("report")) and bool(platform.of("catalogue")))
        before = len(platform.attempts)
        stores[0].answers.clear()
        try:
            recorder.scan(scan(plan, HandClock(), 2))
            recorder.flush()
            recorder.scan(scan(plan, HandClock(), 3))
            recorder.alarms(Outcome((RAISED,), {STATE_PREFIX + RAISED.rule: b"{}"}))
            # The alarm is kept waiting for 300 ms: whatever else leaves too early has left by then.
            await platform.until(lambda: bool(platform.of("alarm")))
            left = platform.attempts[before:]
        finally:
            stores[0].answers.set()
        await platform.until(lambda: {1, 2, 3} <= set(values(platform.stored)))
    return [body for body in left if body["kind"] != "heartbeat" and (body["durable"] or body["readings"])]


async def test_nothing_leaves_while_the_disk_hangs_but_the_alarm_that_says_so(tmp_path: Path) -> None:
    assert await left_though_the_disk_hung(tmp_path, Recorder) == []


@pytest.mark.mutant
async def test_a_recorder_that_sends_what_is_staged_is_found_out(tmp_path: Path) -> None:
    left = await left_though_the_disk_hung(tmp_path, SendsStaged)
    assert {2, 3} <= set(values(left))


async def test_a_whole_agent_sends_nothing_while_its_disk_hangs(tmp_path: Path) -> None:
    assert await sent_though_not_stored(tmp_path, (str(AGENT),)) == {}


@pytest.mark.mutant
async def test_a_whole_agent_that_sends_what_is_staged_is_found_out(tmp_path: Path) -> None:
    mutant = (sys.executable, "-m", "tests.mutants.launch_sends_early")
    assert await sent_though_not_stored(tmp_path, mutant) != {}
