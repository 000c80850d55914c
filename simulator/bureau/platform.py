"""The whole platform: a site per destination of the plant, one set of books, one status page."""

import asyncio
import random
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.model import Plant
from simulator.bureau import overlay
from simulator.bureau.broker import Broker, BrokerFailed, find_mosquitto
from simulator.bureau.certificates import make_certificates
from simulator.bureau.endpoint import Endpoint, application
from simulator.bureau.envelope import Credentials
from simulator.bureau.gate import Door, Gate
from simulator.bureau.hj212_station import Enrolled, Reception, StationSite
from simulator.bureau.ledger import Ledger
from simulator.bureau.messages import BROKER_FAILED, LAYOUT_UNREADABLE, NO_MOSQUITTO
from simulator.bureau.misbehave import LIES_BY_HJ212, LIES_BY_MQTT, Conduct, Odds, Temper, lies_by_http
from simulator.bureau.promises import Promises
from simulator.bureau.server import serving
from simulator.bureau.site import BrokerSite, Site
from simulator.clock import Clock
from simulator.faults import Target
from simulator.timeline import Timeline

LAYOUTS: Final = ("ministry-sample", "json")
"""The layouts that this platform can read, whichever way they come."""

_USUAL: Final = "json"


@dataclass(frozen=True, slots=True)
class Orders:
    """What the platform is to play: whose destinations, which scenario, how badly, and where to write."""

    plant: Plant
    timeline: Timeline
    out: Path
    seed: int
    odds: Odds


class Platform:
    """Receives for every destination of a plant."""

    def __init__(self, orders: Orders, ledger: Ledger, clock: Clock) -> None:
        self._orders = orders
        self._ledger = ledger
        self._clock = clock
        self._certificates = make_certificates(orders.out, now_ns=clock.now_ns())
        self._sites: dict[str, Site] = {}
        self._overlays: dict[str, Mapping[str, object]] = {}

    async def run(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Receive until `stop`; `ready` is set once the overlay is written and the sites are up.

        Raises OSError where a port or a file cannot be had.
        """
        issued = {name: self._issue(name) for name in self._destinations("ministry_http")}
        endpoints = [self._endpoint(name, credentials) for name, credentials in issued.items()]
        self._leave_out_unreadable()
        async with AsyncExitStack() as closing:
            app = application(endpoints, self.status)
            port = await closing.enter_async_context(serving(app, self._certificates))
            for name, credentials in issued.items():
                gate = Gate(port)
                told = overlay.ministry_http(name, gate.port, self._certificates.ca, credentials)
                await self._put_up(name, gate, told, closing)
            for name in self._destinations("mqtt"):
                await self._put_up_broker(name, closing)
            for name in self._destinations("hj212"):
                await self._put_up_station(name, closing)
            overlay.write_overlay(self._orders.out, self._overlays)
            overlay.write_address(self._orders.out, port, self._certificates.ca)
            ready.set()
            await self._follow_scenario(stop)

    def status(self) -> object:
        """Return, per destination, its door and what has come so far."""
        totals, attempts = self._ledger.totals(), self._ledger.attempts()
        return {
            name: {
                "door": self._sites[name].door if name in self._sites else None,
                "totals": totals.get(name, {}),
                "attempts": attempts.get(name, {}),
            }
            for name in self._orders.plant.uplinks
        }

    async def _put_up(
        self, name: str, site: Site, told: Mapping[str, object], closing: AsyncExitStack
    ) -> None:
        closing.push_async_callback(site.close)
        await self._set_door(name, site)
        self._sites[name] = site
        self._overlays[name] = told

    async def _put_up_broker(self, name: str, closing: AsyncExitStack) -> None:
        binary = find_mosquitto()
        if binary is None:
            self._overlays[name] = overlay.absent(NO_MOSQUITTO)
            return
        broker = Broker(binary, self._orders.out / f"mosquitto-{name}.conf", self._clock)
        temper = self._temper(name, Odds(0, 0, 0), LIES_BY_MQTT)
        site = BrokerSite(name, broker, self._ledger, temper, self._clock)
        try:
            await self._put_up(name, site, overlay.mqtt(site.port), closing)
        except BrokerFailed as fault:
            self._overlays[name] = overlay.absent(BROKER_FAILED.format(said=fault.said.strip()))

    async def _put_up_station(self, name: str, closing: AsyncExitStack) -> None:
        uplink = self._orders.plant.uplinks[name].hj212
        assert uplink is not None
        # Never 0 first: YAML is written by 1.1 and read by 1.2, to which 010922 is a number.
        enrolled = Enrolled(uplink.mn, str(10**5 + secrets.randbelow(9 * 10**5)))
        temper = self._temper(name, self._orders.odds, LIES_BY_HJ212)
        reception = Reception(name, enrolled, self._ledger, temper, self._clock)
        gate = Gate(await closing.enter_async_context(reception.listening()))
        told = overlay.hj212(gate.port, enrolled.password)
        await self._put_up(name, StationSite(gate), told, closing)

    async def _follow_scenario(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            followers = [
                tasks.create_task(self._follow(name, site), name=f"platform[{name}].follow")
                for name, site in self._sites.items()
            ]
            await stop.wait()
            for follower in followers:
                follower.cancel()

    async def _follow(self, name: str, site: Site) -> None:
        async for _ in self._orders.timeline.edges(Target.PLATFORM, name):
            await self._set_door(name, site)

    async def _set_door(self, name: str, site: Site) -> None:
        """Set the door that the scenario asks for at this moment, and write it down."""
        door, begun_ns = self._door_now(name), self._clock.now_ns()
        await site.set(door)
        # An outage begins when the door begins to move, and is over only when it stands open.
        changed_ns = self._clock.now_ns() if door is Door.OPEN else begun_ns
        self._ledger.note_door(name, changed_ns=changed_ns, door=door)

    def _door_now(self, name: str) -> Door:
        timeline = self._orders.timeline
        if timeline.is_on("outage", Target.PLATFORM, name):
            return Door.SHUT
        if timeline.is_on("black-hole", Target.PLATFORM, name):
            return Door.BLACK_HOLE
        return Door.OPEN

    def _destinations(self, transport: str) -> list[str]:
        uplinks = self._orders.plant.uplinks
        return [
            name
            for name, uplink in uplinks.items()
            if getattr(uplink, transport) is not None and name not in self._overlays
        ]

    def _leave_out_unreadable(self) -> None:
        for name, uplink in self._orders.plant.uplinks.items():
            if uplink.hj212 is None and (uplink.layout or _USUAL) not in LAYOUTS:
                said = LAYOUT_UNREADABLE.format(layout=uplink.layout, known=", ".join(LAYOUTS))
                self._overlays[name] = overlay.absent(said)

    def _endpoint(self, name: str, issued: Credentials) -> Endpoint:
        uplink = self._orders.plant.uplinks[name].ministry_http
        assert uplink is not None
        layout = self._orders.plant.layouts.get(name)
        pending = None if layout is None else layout.pending
        promises = None if pending is None else Promises(name, pending, self._ledger)
        lies = lies_by_http(uplink.timeout, promises=promises is not None)
        temper = self._temper(name, self._orders.odds, lies)
        return Endpoint(name, issued, self._ledger, temper, self._clock, promises)

    def _issue(self, name: str) -> Credentials:
        uplink = self._orders.plant.uplinks[name].ministry_http
        assert uplink is not None
        return Credentials.issue(uplink.sm4.mode, uplink.sm4.encoding)

    def _temper(self, name: str, odds: Odds, lies: Sequence[Conduct]) -> Temper:
        # A generator per destination: one more destination changes nobody else's luck.
        rng = random.Random(f"{self._orders.seed}/{name}")
        timeline = self._orders.timeline
        return Temper(odds, rng, is_lying=lambda: timeline.is_on("lie", Target.PLATFORM, name), lies=lies)
