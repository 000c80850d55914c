"""The forwarder of one destination: its streams, a heartbeat, and what becomes of each message.

Its only input is the outbox, with one exception: an alarm that the disk has not
confirmed in time goes out from memory (`slow_alarm`), and comes again from the
store, under the same id, when the disk is back.

At the first delivery after a start or a failure the pending readings are cut:
what lies before is back-fill, what comes after is live. They go side by side, or,
where the platform wants its readings in order, one after the other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import Final, cast
from uuid import uuid4

from agent.records import Json
from agent.slow_alarm import SlowAlarm
from agent.uplinks.cut import CutMessages
from agent.uplinks.introduction import Introduction
from agent.uplinks.pace import Pace
from agent.uplinks.policy import Policy
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.render import Renderer
from agent.uplinks.results import Asking, Results
from agent.uplinks.retry import Retry
from agent.uplinks.selection import Selection
from agent.uplinks.ship import ship
from agent.uplinks.shipment import Shipment
from agent.uplinks.standing import Standing
from agent.uplinks.stream import StreamSender
from agent.uplinks.uplink import (
    ALARMS,
    Asker,
    Delivered,
    Failure,
    Kind,
    OnEvent,
    Parcel,
    Rejected,
    Result,
    RetryAfter,
    TooLarge,
    Unknown,
    Uplink,
    Verdict,
)
from buffering.outbox import Outbox
from buffering.record import Stream
from drivers.clock import Clock
from drivers.waiting import until

log = logging.getLogger(__name__)

OUT_OF_TURN: Final = ALARMS | {Kind.HEARTBEAT}
BACKFILL_WINDOW: Final = 4
"""A platform works off one message after the other: what lies there already, no live reading overtakes."""
BOOTED_JUST_NOW_NS: Final = 300 * 10**9

Streams = tuple[Stream, ...]
"""What goes one after the other."""
SIDE_BY_SIDE: Final[tuple[Streams, ...]] = tuple((stream,) for stream in Stream)
IN_ORDER: Final[tuple[Streams, ...]] = ((Stream.ALARM,), (Stream.EVENT,), (Stream.BACKFILL, Stream.LIVE))


class Forwarder:
    """Carries everything that one destination is entitled to."""

    def __init__(
        self,
        name: str,
        uplink: Uplink,
        renderer: Renderer,
        policy: Policy,
        outbox: Outbox,
        clock: Clock,
        rng: Random,
        *,
        heartbeat_s: float,
        spread_s: float,
        on_event: OnEvent,
        quarantine: Quarantine,
        in_order: bool = False,
        pace: Pace | None = None,
        catalogue: Json | None = None,
        asking: Asking | None = None,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Take `catalogue` where the platform wants it whenever it is connected.

        With `asking` the uplink is an Asker, too. `before` is awaited before anything of the store is sent.
        """
        self.name = name
        self.quarantine = quarantine
        self.standing = Standing(clock)
        self._uplink = uplink
        self._renderer = renderer
        self._policy = policy
        self._outbox = outbox
        self._clock = clock
        self._rng = rng
        self._heartbeat_s = heartbeat_s
        self._spread_s = spread_s
        self._on_event = on_event
        self._in_order = in_order
        self._pace = pace
        self._retry = Retry(self.standing, rng, spread_s=spread_s)
        self.results = (
            None
            if asking is None
            else Results(name, self._ask, asking, outbox, self.standing, clock, on_event)
        )
        self._before = before
        self._cutting = asyncio.Lock()
        self._introduction = (
            None
            if catalogue is None
            else Introduction(
                partial(renderer.catalogue, content=catalogue),
                self._send,
                renderer.code,
                self.standing,
                clock,
            )
        )

    async def run(self) -> None:
        """Forward until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pulse(), name=f"uplink[{self.name}].heartbeat")
                if self._before is not None:
                    await self._before()
                for streams in IN_ORDER if self._in_order else SIDE_BY_SIDE:
                    name = f"uplink[{self.name}].{'+'.join(streams)}"
                    tasks.create_task(self._sender(streams).run(), name=name)
        finally:
            await self._uplink.close()

    async def slow_alarm(self, alarm: SlowAlarm) -> None:
        """Send an alarm from memory, until it is through or the disk has it after all."""
        shipment = self._renderer.slow_alarm(self.name, alarm.draft, alarm.content)

        async def attempt() -> Verdict:
            # Once it is stored, the alarm stream carries it.
            return Delivered() if alarm.committed.done() else await self._ship(shipment)

        await self._retry.until_final(attempt)

    @property
    def awaited_records(self) -> int:
        """How many records the platform has taken and not yet judged."""
        return 0 if self.results is None else self.results.records

    def kick(self) -> None:
        """Try again now: an alarm has come."""
        self.standing.kick()

    def _sender(self, streams: Streams) -> StreamSender:
        is_alarm = Stream.ALARM in streams
        return StreamSender(
            CutMessages(
                self.name,
                streams,
                self._outbox,
                self._renderer,
                Selection(self._policy, self._renderer.readings, self._outbox.history),
                self.quarantine,
                self.standing.counts,
                self._on_event,
            ),
            self._ship,
            self._retry,
            self.standing,
            self.results,
            window=self._window(streams),
            is_urgent=is_alarm,
        )

    def _window(self, streams: Streams) -> int:
        """How many messages may be under way at once."""
        if streams == (Stream.ALARM,):
            return self._uplink.window
        if not self._may_overtake:
            return 1
        return (
            min(BACKFILL_WINDOW, self._uplink.window) if Stream.BACKFILL in streams else self._uplink.window
        )

    @property
    def _may_overtake(self) -> bool:
        """Whether a later message may be under way beside an earlier one of its stream.

        Not in order: a platform may put off the first and take the second. And not
        while each waits for its turn: the later, the more a message takes in.
        """
        return not self._in_order and self._pace is None

    async def _pulse(self) -> None:
        """Send a sign of life at every interval; while the destination is down, it is the prober."""
        if self._clock.monotonic_ns() < BOOTED_JUST_NOW_NS:
            # A power cut brings a whole district back at once.
            await self.standing.back_off(self._rng.uniform(0, self._spread_s))
        while True:
            await self._retry.until_final(self._heartbeat)
            if self._introduction is not None:
                await self._introduction.when_due(self.standing.connections)
            due_ns = self._clock.monotonic_ns() + round(self._heartbeat_s * 1e9)
            await until(self.standing.down, self._clock, due_ns)

    async def _heartbeat(self) -> Verdict:
        return await self._attempt(self._renderer.heartbeat(uuid4(), self._clock.now_ns()))

    async def _ship(self, shipment: Shipment) -> Verdict:
        return await ship(shipment, self._attempt, self._renderer.code)

    async def _attempt(self, parcel: Parcel) -> Verdict:
        verdict = await self._send(parcel)
        is_refused = isinstance(verdict, Rejected | TooLarge)
        if isinstance(verdict, Rejected) and parcel.kind is not Kind.HEARTBEAT:
            # Halving and setting aside would find fault with one point after the other.
            verdict = Unknown(verdict.reason) if self.standing.refuses_everything else verdict
        if isinstance(verdict, Failure):
            pauses = isinstance(verdict, RetryAfter)
            if self.standing.fail(verdict.reason, parcel, pauses=pauses):
                log.warning("destination %s: %s", self.name, verdict.reason.en)
            return verdict
        self.standing.passed(parcel, is_taken=not is_refused)
        if not self.standing.up.is_set():
            await self._recover()
        return verdict

    async def _send(self, parcel: Parcel) -> Verdict:
        if self._pace is None:
            return await self._uplink.send(parcel)
        if parcel.kind not in OUT_OF_TURN:
            await self._pace.turn()
            return await self._uplink.send(parcel)
        verdict = await self._uplink.send(parcel)
        # What never arrived is not held against the readings that wait for the platform's return.
        if parcel.body and not isinstance(verdict, Failure):
            self._pace.count()
        return verdict

    async def _ask(self, query: bytes) -> Result:
        """Ask for a result; whether the platform is up is not told by that."""
        if self._pace is not None:
            await self._pace.turn()
        return await cast("Asker", self._uplink).ask(query)

    async def _recover(self) -> None:
        async with self._cutting:
            if self.standing.up.is_set():
                return
            await self._outbox.go_live(self.name)
            failures = self.standing.recover()
            log.info("destination %s: delivering, after %d failed attempts", self.name, failures)
