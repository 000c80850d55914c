"""The composition root: builds the parts, starts them in order, stops them in the reverse order.

Stages are nested: store, uplinks, alarms, control, drivers. To stop is to leave
them from the inside: drivers end, what they brought is committed together with
the `stop` event, sends in flight get their time, the store is checkpointed and
closed.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Final

from agent.alarms.engine import Engine
from agent.area_check import AreaCheck
from agent.clock_steps import ClockSteps
from agent.collector import settle
from agent.control import serve
from agent.device_key import DeviceKey, KeyUnusable, device_key
from agent.downtime import boot_id
from agent.gateway import Gateway
from agent.latest import LatestValues
from agent.loop_lag import LoopLag
from agent.lost_state import brought_back
from agent.notify import notify, watchdog_interval_s
from agent.pipeline import Pipeline, kept_by_drivers
from agent.recorder import Recorder
from agent.records import Catalogue
from agent.self_reports import SelfReports
from agent.slow_alarm import SlowAlarm
from agent.stage import stage
from agent.state_folder import PKI_NAME
from agent.stopgap import open_store
from agent.store_trouble import StoreTroubleLog
from agent.supervise import Supervisor
from agent.takings import tell_taking
from agent.upkeep import keep_store, keeping_of, look_for_damage
from agent.uplinks.assemble import assemble
from agent.uplinks.build import UplinkUnusable
from agent.uplinks.forward import Forwarder
from buffering.database import FILE
from buffering.outbox import Limits, Outbox, StoreFailed
from config.model import Plant, Text
from drivers.build import build_driver
from drivers.clock import Clock
from drivers.surroundings import Surroundings

log = logging.getLogger(__name__)

SENDS_GET_S: Final = 5.0
LAST_COMMIT_S: Final = 5.0
ACK_GRACE_S: Final = 0.1
LOOK_NS: Final = 50 * 10**6


class Daemon:
    """One agent for one plant."""

    def __init__(self, plant: Plant, state: Path, clock: Clock, rng: Random) -> None:
        self._plant = plant
        self._state = state
        self._clock = clock
        self._rng = rng
        self._supervisor = Supervisor(clock)
        self._troubles = StoreTroubleLog(clock)
        self._started_ns = clock.now_ns()
        self.gateway: Gateway | None = None  # once the store is open

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then stop in order. Raises StoreUnusable."""
        # An acknowledgement rides on the next commit: one of its own would double the wear of small flash.
        limits = Limits(lazy_s=self._plant.commit_interval_s + ACK_GRACE_S)
        key = self._device_key()
        outbox, stopgap = await open_store(
            self._state,
            self._plant.id,
            self._plant.uplinks.keys(),
            self._clock,
            limits=limits,
            keeping=keeping_of(self._plant),
            signer=key,
            on_trouble=self._troubles.hear,
        )
        try:
            await self._run_on(outbox, stopgap, key, stop)
        finally:
            await outbox.close()
            log.info("store closed")

    def _device_key(self) -> DeviceKey | None:
        try:
            return device_key(self._state, os.environ)
        except KeyUnusable as fault:
            log.error("%s", fault.text.en)
            return None

    async def _run_on(
        self, outbox: Outbox, stopgap: Text | None, key: DeviceKey | None, stop: asyncio.Event
    ) -> None:
        slow: asyncio.Queue[SlowAlarm] = asyncio.Queue()
        recorder = Recorder(
            outbox,
            Catalogue.of(self._plant),
            self._clock,
            commit_interval_s=self._plant.commit_interval_s,
            on_slow=slow.put_nowait,
            boot=boot_id(),
        )
        await self._bring_back(outbox, recorder)
        self.gateway = gateway = self._build(outbox, recorder, stopgap)
        recorder.start(version=version("edge-gateway-agent"), plant_sha256=self._plant.text_sha256)
        if stopgap is not None:
            recorder.event({"kind": "stopgap", "text": asdict(stopgap)})
        recorder.device_key(key)
        steps = ClockSteps(self._clock, recorder.event, latest_ns=recorder.latest_ns)
        gateway.pipeline.start(outbox.state)
        settle()
        async with stage(self._supervisor) as uplinks:
            for forwarder in gateway.forwarders.values():
                uplinks.keep(f"uplink[{forwarder.name}]", forwarder.run)
            uplinks.keep("uplinks.slow", lambda: send_slow(slow, gateway.forwarders, self._supervisor))
            async with stage(self._supervisor) as alarms:
                alarms.keep("recorder", recorder.run)
                alarms.keep("alarms", gateway.pipeline.run)
                alarms.keep("store.upkeep", lambda: keep_store(outbox, self._clock, self._troubles))
                alarms.keep("loop.lag", gateway.lag.run)
                alarms.keep("clock.steps", steps.run)
                alarms.keep("store.damage", lambda: look_for_damage(outbox, self._clock))
                alarms.keep("control", lambda: serve(gateway, self._state))
                alarms.keep("watchdog", self._feed_watchdog)
                await self._poll(gateway, stop)
            gateway.pipeline.tick()
            await self._committed(recorder.stopped())
            await self._let_sends_end(gateway)

    async def _bring_back(self, outbox: Outbox, recorder: Recorder) -> None:
        """Put back what was damaged beside the log and is told in it, before anybody takes it up."""
        restored = brought_back(self._state / FILE, outbox.state)
        for each in restored:
            recorder.event(each.content, state=each.state)
        if restored:
            await self._committed(recorder.flush())

    async def _poll(self, gateway: Gateway, stop: asyncio.Event) -> None:
        async with stage(self._supervisor) as drivers:
            for driver in gateway.drivers:
                drivers.keep(f"driver[{driver.connection_id}]", partial(driver.run, gateway.pipeline.take))
            devices = len(self._plant.devices)
            notify("READY=1", f"STATUS=polling {devices} devices")
            log.info("polling %d points of %d devices", len(self._plant.points), devices)
            await stop.wait()
            notify("STOPPING=1")

    def _build(self, outbox: Outbox, recorder: Recorder, stopgap: Text | None) -> Gateway:
        plant, clock = self._plant, self._clock
        engine, latest = Engine(plant), LatestValues(plant)
        forwarders: dict[str, Forwarder] = {}
        pipeline = Pipeline(
            engine,
            latest,
            recorder,
            self._supervisor,
            clock,
            reports=SelfReports(plant),
            check=AreaCheck(plant, engine, latest, clock),
            on_alarm=lambda: kick_all(forwarders),
        )
        unusable: dict[str, Text] = {}
        for name, uplink in plant.uplinks.items():
            if uplink.absent is None:
                try:
                    forwarders[name] = self._forwarder(name, outbox, recorder)
                except UplinkUnusable as fault:
                    unusable[name] = fault.text
                    log.error("destination %s is not usable: %s", name, fault.text.en)
        surroundings = Surroundings(
            clock,
            self._rng,
            on_link=pipeline.link,
            on_note=pipeline.note,
            kept=kept_by_drivers(outbox.state),
            pki=self._state / PKI_NAME,
            environ=os.environ,
        )
        drivers = tuple(
            build_driver(c, settings, plant.devices_on(c), surroundings)
            for c, settings in plant.connections.items()
            if plant.devices_on(c)
        )
        return Gateway(
            plant=plant,
            clock=clock,
            started_ns=self._started_ns,
            supervisor=self._supervisor,
            outbox=outbox,
            stopgap=stopgap,
            engine=engine,
            latest=latest,
            pipeline=pipeline,
            drivers=drivers,
            forwarders=forwarders,
            lag=LoopLag(clock),
            on_event=recorder.event,
            unusable=unusable,
        )

    def _forwarder(self, name: str, outbox: Outbox, recorder: Recorder) -> Forwarder:
        catalogue = Catalogue.of(self._plant).content
        return assemble(
            self._plant,
            name,
            outbox,
            self._clock,
            self._rng,
            on_event=recorder.event,
            catalogue=catalogue,
            before=partial(tell_taking, self._plant, name, outbox, recorder.event, self._clock),
        )

    async def _feed_watchdog(self) -> None:
        """Tell systemd that the loop turns.

        The disk is left out on purpose: a restart does not mend a disk that hangs, and
        would take away the alarms that still go out from memory.
        """
        interval_s = watchdog_interval_s()
        if interval_s is None:
            await asyncio.Event().wait()
            return
        while True:
            notify("WATCHDOG=1")
            await self._clock.sleep_until(self._clock.monotonic_ns() + round(interval_s * 1e9))

    async def _committed(self, durable: Awaitable[None]) -> None:
        """Wait until what was staged is durable, but for no longer than a disk may take."""
        try:
            async with asyncio.timeout(LAST_COMMIT_S):
                await durable
        except (TimeoutError, StoreFailed) as fault:
            log.error("what was recorded is not on the disk: %s", fault or "it does not answer")

    async def _let_sends_end(self, gateway: Gateway) -> None:
        """Give destinations that work the time to take what is left, one refusal and repeat included."""
        due_ns = self._clock.monotonic_ns() + round(SENDS_GET_S * 1e9)
        while self._clock.monotonic_ns() < due_ns and any(
            gateway.outbox.backlog(name).records > forwarder.awaited_records
            and not forwarder.standing.long_down
            for name, forwarder in gateway.forwarders.items()
        ):
            await self._clock.sleep_until(self._clock.monotonic_ns() + LOOK_NS)


async def send_slow(
    slow: "asyncio.Queue[SlowAlarm]", forwarders: Mapping[str, Forwarder], supervisor: Supervisor
) -> None:
    """Send every alarm that the disk keeps waiting to every destination, from memory."""
    async with asyncio.TaskGroup() as tasks:
        while True:
            alarm = await slow.get()
            for forwarder in forwarders.values():
                name = f"uplink[{forwarder.name}].slow"
                tasks.create_task(supervisor.once(name, partial(forwarder.slow_alarm, alarm)), name=name)


def kick_all(forwarders: Mapping[str, Forwarder]) -> None:
    """End every back-off: an alarm has come."""
    for forwarder in forwarders.values():
        forwarder.kick()
