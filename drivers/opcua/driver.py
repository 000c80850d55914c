"""The OPC UA driver: one server, watched by subscription.

A loss is one BAD scan of all points at once, and one a minute while it lasts;
it ends with the initial values that a new subscription brings. A node that the
server does not have is BAD by itself; the others run.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from config.model import Device
from config.opcua_link import OpcUa
from config.source import NodeSource
from drivers.backoff import Backoff
from drivers.clock import Clock
from drivers.errors import LinkFault, SessionRefused
from drivers.opcua.plans import Plans
from drivers.opcua.session import open_session
from drivers.opcua.subscribe import Subscription, Watched
from drivers.reading import Emit, Quality, Scan, ScanPlan
from drivers.report import LinkReport
from drivers.surroundings import Surroundings

RECONNECT_FIRST_S: Final = 0.2
RECONNECT_CAP_S: Final = 0.7
"""A server that is back is found within the second: its hole in the store lasts as long as its absence."""
REFUSED_CAP_S: Final = 5.0
"""A server that refuses sessions has too many, or does not want ours: it is asked less and less often."""
BAD_AGAIN_S: Final = 60.0
MISSING_AGAIN_S: Final = 10.0
CHECK_S: Final = 0.5


class OpcUaDriver:
    """Watches every OPC UA point of one server; see drivers/driver.py for what a driver promises."""

    def __init__(
        self,
        connection_id: str,
        settings: OpcUa,
        devices: Sequence[Device],
        surroundings: Surroundings,
    ) -> None:
        self.connection_id = connection_id
        clock, rng = surroundings.clock, surroundings.rng
        points = tuple(p for device in devices for p in device.points if isinstance(p.source, NodeSource))
        self._settings = settings
        self._watched = Watched(settings, points, Plans(connection_id, points))
        self._clock = clock
        self._report = LinkReport(connection_id, clock, surroundings.on_link)
        self._backoff = Backoff(first_s=RECONNECT_FIRST_S, cap_s=RECONNECT_CAP_S, rng=rng)
        self._refused = Backoff(first_s=RECONNECT_FIRST_S, cap_s=REFUSED_CAP_S, rng=rng)
        self._hole_again = Again(clock, BAD_AGAIN_S)

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """One plan per period: all points of the connection, each once."""
        return self._watched.plans.whole

    async def run(self, emit: Emit) -> None:
        """Watch until cancelled; every scan goes to `emit`."""
        while True:
            backoff = self._backoff
            try:
                await self._watch(emit)
            except LinkFault as fault:
                self._report.down(fault)
                self._emit_hole(emit)
                backoff = self._refused if isinstance(fault, SessionRefused) else self._backoff
            wait_ns = round(backoff.next_s() * 1e9)
            await self._clock.sleep_until(self._clock.monotonic_ns() + wait_ns)

    async def _watch(self, emit: Emit) -> None:
        """Hold one session from connection to loss. Raises LinkFault."""
        broken = asyncio.Event()
        async with open_session(self._settings, broken.set) as client:
            subscription = Subscription(self._watched, client, self._clock, emit)
            await subscription.create()
            self._report.up()
            self._hole_again.reset()
            try:
                await self._hold(subscription, broken, emit)
            except LinkFault:
                self._emit_hole(emit)  # at once: closing the session may take its time
                raise

    async def _hold(self, subscription: Subscription, broken: asyncio.Event, emit: Emit) -> None:
        missing_again = Again(self._clock, MISSING_AGAIN_S)
        missing_again.due()  # just tried
        missing_bad = Again(self._clock, BAD_AGAIN_S)
        while True:
            if subscription.missing and missing_again.due():
                await subscription.add_missing()
            if subscription.missing and missing_bad.due():
                for plan, qualities in subscription.missing_plans():
                    self._emit_bad(plan, qualities, emit)
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_S):
                    await broken.wait()
            await subscription.check()
            self._backoff.reset()
            self._refused.reset()

    def _emit_hole(self, emit: Emit) -> None:
        if self._hole_again.due():
            for plan in self.plans:
                self._emit_bad(plan, (Quality.COMM_FAULT,) * len(plan.points), emit)

    def _emit_bad(self, plan: ScanPlan, qualities: tuple[Quality, ...], emit: Emit) -> None:
        clock = self._clock
        nothing = (None,) * len(plan.points)
        emit(Scan(plan, clock.now_ns(), clock.monotonic_ns(), clock.synchronised(), nothing, qualities))


class Again:
    """Something to be done at once, and then once per interval until it is reset."""

    def __init__(self, clock: Clock, every_s: float) -> None:
        self._clock = clock
        self._every_ns = round(every_s * 1e9)
        self._next_ns: int | None = None

    def due(self) -> bool:
        """Return whether it is time, and if so, set the next time."""
        now_ns = self._clock.monotonic_ns()
        if self._next_ns is not None and now_ns < self._next_ns:
            return False
        self._next_ns = now_ns + self._every_ns
        return True

    def reset(self) -> None:
        """Be due at once when asked next."""
        self._next_ns = None
