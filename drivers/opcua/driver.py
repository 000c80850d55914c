"""The OPC UA driver: one server, watched by subscription, or polled.

A loss is one BAD scan of all points at once, and one a minute while it lasts;
it ends with the first values of a new session. A node that the server does not
have is BAD by itself; the others run.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from asyncua import Client, ua

from config.model import Device
from config.opcua_link import OpcUa
from config.source import NodeSource
from drivers.backoff import Backoff
from drivers.clock import Clock
from drivers.errors import LinkFault, Lost, SessionRefused
from drivers.follow import Follower
from drivers.opcua.access import Access
from drivers.opcua.clocks import Clocks
from drivers.opcua.expiry import tell_expiring
from drivers.opcua.faults import SecurityFault, ServerNotRunning, UserRefused
from drivers.opcua.feed import Feed, Session
from drivers.opcua.items import watched
from drivers.opcua.namespaces import Namespaces
from drivers.opcua.plans import Plans
from drivers.opcua.poll import Poller
from drivers.opcua.refusals import requesting
from drivers.opcua.server import ask_server, read_state, read_time
from drivers.opcua.session import open_session
from drivers.opcua.subscribe import CannotSubscribe, Subscription
from drivers.opcua.troubles import Troubles
from drivers.opcua.watch import Watch
from drivers.passed import Shown
from drivers.reading import Emit, Quality, Scan, ScanPlan
from drivers.remarks import Remarks
from drivers.report import LinkReport
from drivers.schedule import begin_grid
from drivers.statistics import Statistics
from drivers.surroundings import Note, Surroundings
from drivers.waiting import until

RECONNECT_FIRST_S: Final = 0.2
RECONNECT_CAP_S: Final = 0.7
"""A server that is back is found within the second: its hole in the store lasts as long as its absence."""
REFUSED_CAP_S: Final = 5.0
"""A server that refuses sessions, or loses them at once, has too many or is not well: it is asked less
and less often, and still polled within 5 s of its recovery."""
DENIED_FIRST_S: Final = 5.0
DENIED_CAP_S: Final = 120.0
"""After a wrong password: many servers lock an account that is tried too often, the operator's own too."""
STEADY_S: Final = 5.0
"""A session that lasted for so long was a good one."""
BAD_AGAIN_S: Final = 60.0
MISSING_AGAIN_S: Final = 4.0
CLOCK_AGAIN_S: Final = 600.0
EXPIRY_AGAIN_S: Final = 86_400.0


_NOT_RUNNING: Final = frozenset(
    {
        ua.ServerState.Failed,
        ua.ServerState.NoConfiguration,
        ua.ServerState.Suspended,
        ua.ServerState.Shutdown,
        ua.ServerState.CommunicationFault,
    }
)


class OpcUaDriver:
    """Brings every OPC UA point of one server; see drivers/driver.py for what a driver promises."""

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
        self._watched = watched(settings, points)
        self._plans = {block: Plans(connection_id, points, block) for block in ("subscription", "poll")}
        self._access = Access(connection_id, settings, surroundings.pki, surroundings.environ, clock)
        self._clock = clock
        self._watching = Watch(clock)
        self._follower = Follower(devices, clock)
        self._remarks = Remarks(connection_id, clock, surroundings.on_note)
        self._troubles = Troubles(connection_id, points, clock, surroundings.on_note)
        self._clocks = Clocks(settings.max_clock_skew, clock, self._remarks)
        self._report = LinkReport(connection_id, clock, surroundings.on_link)
        self._backoff = Backoff(first_s=RECONNECT_FIRST_S, cap_s=RECONNECT_CAP_S, rng=rng)
        self._refused = Backoff(first_s=RECONNECT_FIRST_S, cap_s=REFUSED_CAP_S, rng=rng)
        self._denied = Backoff(first_s=DENIED_FIRST_S, cap_s=DENIED_CAP_S, rng=rng)
        addresses = [item.address for item in self._watched.items]
        self._namespaces = Namespaces(
            connection_id, addresses, surroundings.kept, clock, surroundings.on_note
        )
        self._opened_ns: int | None = None
        self._hole_again = Again(clock, BAD_AGAIN_S)
        self._origin_ns = begin_grid(clock.monotonic_ns(), rng)

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """One plan per period: all points of the connection, each once."""
        return self._plans["poll" if self._settings.mode == "poll" else "subscription"].whole

    @property
    def statistics(self) -> Statistics:
        """What the connection has been through since the driver was made."""
        return self._watching.statistics

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed and stands, points without a value included."""
        return (*self._remarks.standing, *self._troubles.standing)

    @property
    def frames(self) -> tuple[Shown, ...]:
        """Nothing: frames of OPC UA say nothing to people."""
        return ()

    async def run(self, emit: Emit) -> None:
        """Watch until cancelled; every scan goes to `emit`."""
        emit = self._follower.over(emit)
        while True:
            backoff, self._opened_ns = self._backoff, None
            try:
                await self._watch(emit)
            except LinkFault as fault:
                self._report.down(fault)
                self._emit_hole(emit)
                backoff = self._backoff_after(fault)
            wait_ns = round(backoff.next_s() * 1e9)
            await self._clock.sleep_until(self._clock.monotonic_ns() + wait_ns)

    def _backoff_after(self, fault: LinkFault) -> Backoff:
        if isinstance(fault, UserRefused):
            return self._denied
        is_refused = isinstance(fault, SessionRefused | SecurityFault | ServerNotRunning)
        # A session that was opened and lost at once is as good as refused.
        return self._refused if is_refused or self._opened_ns is not None else self._backoff

    def _is_steady(self) -> bool:
        since_ns = self._clock.monotonic_ns() - (self._opened_ns or 0)
        return self._opened_ns is None or since_ns >= STEADY_S * 1e9

    async def _watch(self, emit: Emit) -> None:
        """Hold one session from connection to loss. Raises LinkFault."""
        broken = asyncio.Event()
        async with open_session(self._access, broken.set, self._watching.observer) as client:
            self._opened_ns = self._clock.monotonic_ns()
            self._denied.reset()
            try:
                feed = await self._begin(client, self._watching.counted(emit))
                self._report.up()
                self._hole_again.reset()
                await self._hold(client, feed, broken, emit)
            except LinkFault:
                self._emit_hole(emit)  # at once: closing the session may take its time
                raise

    async def _begin(self, client: Client, emit: Emit) -> Feed:
        """Ask the server about itself, and begin to take values. Raises Lost."""
        with requesting(self._access.where, self._settings.timeout):
            server = self._namespaces.compare(await ask_server(client))
        self._judge_state(server.state)
        self._clocks.begin()
        self._clocks.server_says(server.time)
        session = Session(client, server, self._watched, self._clock, self._clocks, self._troubles, emit)
        poller = Poller(session, self._plans["poll"], self._origin_ns)
        if self._settings.mode == "poll":
            await poller.start()
            return poller
        subscription = Subscription(session, self._plans["subscription"], self._remarks)
        try:
            await subscription.start()
        except CannotSubscribe as refused:
            self._remarks.once("polling-instead", where=self._access.where, detail=refused.reason)
            await poller.start()
            return poller
        self._remarks.forget("polling-instead")
        return subscription

    async def _hold(self, client: Client, feed: Feed, broken: asyncio.Event, emit: Emit) -> None:
        missing_again = Again(self._clock, MISSING_AGAIN_S)
        clock_again, expiry_again = Again(self._clock, CLOCK_AGAIN_S), Again(self._clock, EXPIRY_AGAIN_S)
        missing_again.due()  # just tried
        clock_again.due()
        missing_bad = Again(self._clock, BAD_AGAIN_S)
        state_again = Again(self._clock, self._settings.silence)
        state_again.due()
        while True:
            if feed.missing and missing_again.due():
                await self._add_missing(feed)
            if feed.missing and missing_bad.due():
                for plan, qualities in feed.missing_plans():
                    self._emit_bad(plan, qualities, emit)
            if clock_again.due():
                with requesting(self._access.where, self._settings.timeout):
                    self._clocks.server_says(await read_time(client))
            if state_again.due():
                with requesting(self._access.where, self._settings.timeout):
                    self._judge_state(await read_state(client))
            self._troubles.tell()
            if expiry_again.due():
                tell_expiring(self._access, client.security_policy.peer_certificate, self._remarks)
            await until(broken, self._clock, feed.due_ns)
            await feed.check()
            self._follower.tick()
            if self._is_steady():
                self._opened_ns = None
                self._backoff.reset()
                self._refused.reset()

    def _judge_state(self, state: ua.ServerState) -> None:
        """Raises ServerNotRunning: whatever values it has are those of before."""
        if state in _NOT_RUNNING:
            raise ServerNotRunning(self._access.where, state.name)
        if state is ua.ServerState.Test:
            self._remarks.once("server-in-test", where=self._access.where)
        else:
            self._remarks.forget("server-in-test")

    async def _add_missing(self, feed: Feed) -> None:
        try:
            await feed.add_missing()
        except CannotSubscribe as refused:  # the next session will poll
            raise Lost(self._access.where, refused.reason) from refused

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
