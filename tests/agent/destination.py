"""One destination and all before it, real: outbox, renderer, forwarder; its platform follows a script."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from agent.records import Batch, Catalogue, Json, Packer
from agent.slow_alarm import SlowAlarm
from agent.uplinks.forward import Forwarder
from agent.uplinks.layout import Layout, json_layout
from agent.uplinks.places import Sender
from agent.uplinks.policy import build_policy
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.render import Renderer
from agent.uplinks.results import Awaited
from agent.uplinks.uplink import Delivered, Parcel, Verdict, Wire
from buffering.notices import Describe, nothing
from buffering.outbox import Outbox
from buffering.record import Draft, Lane
from buffering.store import Store
from config.fault import Findings, Place
from config.layout import LayoutFile
from config.layouts import Layouts
from config.settings import Policy
from drivers.clock import Clock, SystemClock
from drivers.reading import Value
from tests.agent.parts import BEGIN_NS, HandClock, device, plant, point, scan, scan_plan

CO = point()
CATALOGUE = Catalogue.of(plant(device("co-1", [CO], [])))
PACKER = Packer()


class Platform:
    """Answers by script; then delivers. Keeps every attempt, and what it stored."""

    def __init__(self, window: int = 1) -> None:
        self.window = window
        self.answer: Callable[[Json], Verdict | None] = lambda _: Delivered()
        self.attempts: list[Json] = []
        self.stored: list[Json] = []
        self.news = asyncio.Condition()

    async def send(self, parcel: Parcel) -> Verdict:
        body = json.loads(parcel.body)
        verdict = self.answer(body)
        async with self.news:
            self.attempts.append(body)
            if isinstance(verdict, Delivered):
                self.stored.append(body)
            self.news.notify_all()
        if verdict is None:  # swallowed: the connection stays open and nothing comes
            await asyncio.Event().wait()
            raise AssertionError
        return verdict

    def wires(self, parcel: Parcel) -> list[Wire]:
        return [Wire("here", parcel.body)]

    async def close(self) -> None:
        return

    async def until(self, met: Callable[[], bool]) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(met), 10)

    def of(self, kind: str) -> list[Json]:
        return [body for body in self.stored if body["kind"] == kind]


class Site:
    """An outbox, one destination, and a forwarder between them."""

    def __init__(
        self,
        outbox: Outbox,
        platform: Platform,
        policy: Policy,
        layout: Layout,
        *,
        keeps_events: bool = False,
        clock: Clock | None = None,
        heartbeat_s: float = 3600,
        **forwarding: Any,
    ) -> None:
        self.outbox = outbox
        self.platform = platform
        self.keeps_events = keeps_events
        self.events: list[Json] = []
        self.states: list[Mapping[str, bytes | None]] = []
        quarantine = Quarantine("bureau", outbox.state)
        self.forwarder = Forwarder(
            "bureau",
            platform,
            Renderer(layout, outbox.state, quarantine),
            build_policy(policy),
            outbox,
            clock or SystemClock(),
            Random(7),
            heartbeat_s=heartbeat_s,
            spread_s=0,
            on_event=self._take_event,
            quarantine=quarantine,
            **forwarding,
        )

    def _take_event(self, content: Json, *, state: Mapping[str, bytes | None] | None = None) -> None:
        self.events.append(content)
        if state is not None:
            self.states.append(state)
        if self.keeps_events:
            self.outbox.append(draft_of(Lane.EVENT, content), now_ns=BEGIN_NS, state=state or {})
            self.outbox.commit(now_ns=BEGIN_NS)

    @property
    def awaited(self) -> Mapping[int, Awaited]:
        """What waits for its result, by number."""
        return {} if self.forwarder.results is None else self.forwarder.results.awaited

    async def catalogue(self) -> None:
        draft = draft_of(Lane.EVENT, CATALOGUE.content)
        key = "catalogue/" + CATALOGUE.key
        self.outbox.append(draft, now_ns=BEGIN_NS, state={key: PACKER.pack(CATALOGUE.content)})
        await self.outbox.commit(now_ns=BEGIN_NS)

    async def read(self, *values: float) -> None:
        """Record one reading per commit."""
        for value in values:
            batch = Batch(CATALOGUE)
            batch.add(scan(scan_plan(CO), HandClock(), value))
            self.outbox.append(draft_of(Lane.READING, batch.content()), now_ns=BEGIN_NS)
            await self.outbox.commit(now_ns=BEGIN_NS)

    async def record(self, *taken: tuple[float, Value]) -> None:
        """Record one reading per commit, each taken so many seconds after the beginning."""
        for seconds, value in taken:
            clock, batch = HandClock(), Batch(CATALOGUE)
            clock.move(seconds)
            batch.add(scan(scan_plan(CO), clock, value))
            draft = draft_of(Lane.READING, batch.content(), at_ns=clock.now_ns())
            self.outbox.append(draft, now_ns=clock.now_ns())
            await self.outbox.commit(now_ns=clock.now_ns())

    def alarm(self) -> SlowAlarm:
        draft = draft_of(Lane.ALARM, ALARM)
        self.outbox.append(draft, now_ns=BEGIN_NS)
        return SlowAlarm(draft, ALARM, self.outbox.commit(now_ns=BEGIN_NS))


def shipped_layout(name: str, codes: Mapping[str, str] = MappingProxyType({})) -> Layout:
    """Return one of the layouts that come with the agent."""
    sender = Sender("P", {"zh": "厂", "en": "plant"}, "140800", "G", codes)
    return json_layout(shipped_file(name), sender, ZoneInfo("Asia/Shanghai"))


def shipped_file(name: str) -> LayoutFile:
    """Return a layout as it is written."""
    findings = Findings()
    file = Layouts(Path(), findings).get(name, Place(""))
    assert file is not None, findings.faults
    assert findings.faults == ()
    return file


ALARM: Json = {
    "kind": "alarm",
    "alarm": {
        "id": str(uuid4()),
        "event": "raised",
        "rule": "co-1.hi",
        "condition": "hi",
        "utc_ns": BEGIN_NS,
    },
}


def draft_of(lane: Lane, content: Json, *, at_ns: int = BEGIN_NS) -> Draft:
    return Draft(lane, PACKER.pack(content), at_ns, at_ns, 1, uuid4())


@asynccontextmanager
async def site(
    folder: Path,
    platform: Platform,
    *,
    run: bool = True,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    layout: str | Layout = "json",
    open_store: Callable[[Path], Store] = Store.open,
    describe: Describe = nothing,
    **forwarding: Any,
) -> AsyncGenerator[Site, None]:
    """Open an outbox, with the catalogue in it, and forward unless `run` is False.

    `forwarding` is for the forwarder as it is: `in_order`, `pace`. With `keeps_events`, what is said goes
    into the outbox, as it does in the daemon.
    """
    outbox = await Outbox.open(
        folder,
        gateway="G",
        destinations=["bureau"],
        now_ns=BEGIN_NS,
        open_store=open_store,
        describe=describe,
    )
    read = layout if isinstance(layout, Layout) else shipped_layout(layout)
    made = Site(outbox, platform, policy, read, **forwarding)
    running = asyncio.ensure_future(made.forwarder.run()) if run else None
    try:
        if not outbox.opened.heads[Lane.EVENT]:
            await made.catalogue()
        yield made
    finally:
        if running is not None:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        await outbox.close()


def values(bodies: list[Json]) -> list[Any]:
    return [reading["value"] for body in bodies for reading in body["readings"]]
