"""Where a destination receives: a gate before the HTTPS server, or before mosquitto and its consumer."""

from typing import Final, Protocol

from simulator.bureau.broker import Broker
from simulator.bureau.consumer import Consumer
from simulator.bureau.envelope import Undecodable
from simulator.bureau.gate import Door, Gate
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Temper, Treatment
from simulator.bureau.parcel import from_bytes
from simulator.clock import Clock

_HAND_ON_NS: Final = 200_000_000


class Site(Protocol):
    """One destination's place of reception."""

    @property
    def port(self) -> int:
        """The loopback port that a gateway connects to."""
        ...

    @property
    def door(self) -> Door:
        """What becomes of who comes, now."""
        ...

    async def set(self, door: Door) -> None:
        """Change that."""
        ...

    async def close(self) -> None:
        """Shut for good."""
        ...


class BrokerSite:
    """mosquitto with the platform's consumer behind it.

    Shut means that mosquitto is killed. It keeps nothing on disk, so the gate
    shuts a moment earlier: what it has acknowledged is in the books by then. And
    the gate opens only when the consumer has subscribed again, because a broker
    without subscribers acknowledges and drops. Neither loss could be told from
    one of the gateway's.
    """

    def __init__(
        self, destination: str, broker: Broker, ledger: Ledger, temper: Temper, clock: Clock
    ) -> None:
        self._destination = destination
        self._broker = broker
        self._ledger = ledger
        self._temper = temper
        self._clock = clock
        self._gate = Gate(broker.port)
        self._consumer = Consumer(f"platform-{destination}", self._take)

    @property
    def port(self) -> int:
        """The gate's port."""
        return self._gate.port

    @property
    def door(self) -> Door:
        """The gate's door."""
        return self._gate.door

    async def set(self, door: Door) -> None:
        """Kill or start the broker as needed, then set the gate; raises BrokerFailed, OSError."""
        if door is Door.SHUT:
            await self._gate.set(door)
            await self._clock.sleep_until(self._clock.monotonic_ns() + _HAND_ON_NS)
            self._consumer.stop()
            await self._broker.kill()
            return
        if not self._broker.running:
            await self._broker.start()
            await self._consumer.start(self._broker.port)
        await self._gate.set(door)

    async def close(self) -> None:
        """Shut the gate and end the broker."""
        await self._gate.close()
        self._consumer.stop()
        await self._broker.close()

    def _take(self, payload: bytes) -> None:
        received_ns = self._clock.now_ns()
        try:
            parcel = from_bytes(payload)
        except Undecodable:
            self._ledger.note(self._destination, received_ns=received_ns, outcome="undecodable")
            return
        treatment = self._temper.draw().treatment
        keep = self._ledger.discard if treatment is Treatment.DISCARDED else self._ledger.record
        keep(self._destination, parcel, received_ns=received_ns, outcome=treatment)
