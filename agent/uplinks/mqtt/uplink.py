"""An MQTT broker as an uplink: one parcel out, the verdict on its PUBACK back.

The connection is made when there is something to send, so the forwarder's back-off
is the only one.
"""

import asyncio

from agent.uplinks.messages import broken, no_answer, too_large
from agent.uplinks.mqtt.judge import judge
from agent.uplinks.mqtt.messages import taken_over, unacknowledged
from agent.uplinks.mqtt.session import TAKEN_OVER, Broker, ConnectionFailed, Session
from agent.uplinks.uplink import ALARMS, Parcel, TooLarge, Unknown, Verdict, Wire
from config.model import Text
from drivers.clock import Clock


class MqttUplink:
    """Publishes parcels; several may be under way, in sequence on one connection."""

    def __init__(
        self, broker: Broker, clock: Clock, *, topic: str, plant: str, timeout_s: float, window: int
    ) -> None:
        """Take `topic` with the places {plant} and {lane}."""
        self.window = window
        self._broker = broker
        self._clock = clock
        self._topic = topic
        self._plant = plant
        self._timeout_s = timeout_s
        self._connecting = asyncio.Lock()
        self._session: Session | None = None

    async def send(self, parcel: Parcel) -> Verdict:
        """Publish one message and wait for its PUBACK."""
        try:
            session = await self._connected()
        except ConnectionFailed as failed:
            return failed.verdict
        topic = self._topic_of(parcel)
        if not session.takes(topic, parcel.body):  # sent all the same, it would cost the connection
            return TooLarge(too_large(self._broker.host))
        try:
            async with (
                session.slots.taken(urgent=parcel.kind in ALARMS),
                asyncio.timeout(self._timeout_s),  # from when it is sent, not from when it waits
            ):
                reason = await session.publish(topic, parcel.body)
        except TimeoutError:
            # The silence may be the network's: only a new connection can tell.
            session.close()
            return Unknown(no_answer(self._broker.host, self._timeout_s))
        except ConnectionResetError as lost:
            return Unknown(self._why_lost(str(lost)))
        return judge(reason, self._broker.host)

    def _why_lost(self, detail: str) -> Text:
        host = self._broker.host
        if detail == TAKEN_OVER:
            return taken_over(host, self._broker.client_id)
        return (broken if self._broker.version == "5" else unacknowledged)(host, detail)

    def wires(self, parcel: Parcel) -> list[Wire]:
        """Return the one payload that is published."""
        return [Wire(f"PUBLISH {self._topic_of(parcel)} (QoS 1)", parcel.body)]

    async def close(self) -> None:
        """Disconnect."""
        if self._session is not None:
            self._session.close()

    def _topic_of(self, parcel: Parcel) -> str:
        return self._topic.format(plant=self._plant, lane=parcel.lane, kind=parcel.kind.value)

    async def _connected(self) -> Session:
        async with self._connecting:
            if self._session is None or not self._session.alive:
                session = Session(self._broker, self._clock)
                await session.connect(self._timeout_s)
                self._session = session
            return self._session
