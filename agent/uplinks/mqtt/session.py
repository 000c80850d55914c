"""One connection to a broker: connect, publish, end.

A new paho client per connection, with clean start: its own queue never holds
anything across a connection, the outbox is the only queue.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from agent.uplinks.connecting import judge_connect_fault, tls_complaint
from agent.uplinks.dial import dial
from agent.uplinks.mqtt.judge import judge_connack
from agent.uplinks.mqtt.messages import hung_up
from agent.uplinks.mqtt.slots import Slots
from agent.uplinks.source import Source
from agent.uplinks.uplink import Unknown, Verdict
from config.transport import MqttVersion
from drivers.clock import Clock

TAKEN_OVER: Final = str(ReasonCode(PacketTypes.DISCONNECT, identifier=0x8E))
"""What a broker of MQTT 5 says when another client has come under our id."""
KEEPALIVE_S: Final = 30
HOUSEKEEPING_S: Final = 1.0
IN_FLIGHT_MAX: Final = 100
"""On one connection, whatever its streams' windows come to; less, where the broker says so."""
AROUND_BODY_BYTES: Final = 10
"""What a PUBLISH holds beside topic and body, at most: fixed header, lengths, packet id, properties."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are there; secrets resolved."""

    host: str
    port: int
    client_id: str
    username: str | None
    password: str | None
    tls: ssl.SSLContext | None
    source: Source | None = None
    version: MqttVersion = "5"


class HungUp(ConnectionResetError):
    """The connection ended before the broker's answer."""


class ConnectionFailed(Exception):
    """There is no connection; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict))
        self.verdict = verdict


class Session:
    """One connection's life: connect, publish, end."""

    def __init__(self, broker: Broker, clock: Clock) -> None:
        self.alive = False
        self.slots = Slots(IN_FLIGHT_MAX)
        self._broker = broker
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._acks: dict[int, asyncio.Future[ReasonCode]] = {}
        self._welcome: asyncio.Future[Verdict | None] = self._loop.create_future()
        self._housekeeping: asyncio.Task[None] | None = None
        self._complaint: str | None = None
        self._size_max: int | None = None
        self._client = self._build()

    async def connect(self, timeout_s: float) -> None:
        """Connect; cancelled or failed, it leaves nothing behind. Raises ConnectionFailed."""
        host, port = self._broker.host, self._broker.port
        try:
            async with asyncio.timeout(timeout_s):
                self._client.take(await dial(host, port, self._broker.tls, self._broker.source))
                self._client.connect(host, port, KEEPALIVE_S)
                refusal = await self._welcome
            if refusal is not None:
                raise ConnectionFailed(refusal)
            self.alive = True
        except HungUp as fault:
            complaint = tls_complaint(fault, f"{host}:{port}")
            raise ConnectionFailed(Unknown(complaint or hung_up(host, self._broker.version))) from fault
        except (OSError, ValueError, TimeoutError) as fault:
            verdict = judge_connect_fault(fault, f"{host}:{port}", timeout_s, self._clock)
            raise ConnectionFailed(verdict) from fault
        finally:
            if not self.alive:
                self.close()
        self._housekeeping = self._loop.create_task(self._keep_house(), name=f"mqtt[{host}].housekeeping")

    def takes(self, topic: str, body: bytes) -> bool:
        """Whether the broker takes a message of this size; under 3.1.1 it does not say."""
        size = len(topic.encode()) + len(body) + AROUND_BODY_BYTES
        return self._size_max is None or size <= self._size_max

    async def publish(self, topic: str, body: bytes) -> ReasonCode:
        """Publish at QoS 1 and return the PUBACK's reason. Raises ConnectionResetError."""
        if not self.alive:
            raise ConnectionResetError("disconnected")
        info = self._client.publish(topic, body, qos=1)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            raise ConnectionResetError(paho.error_string(info.rc))
        future = self._acks.setdefault(info.mid, self._loop.create_future())
        try:
            return await future
        finally:
            self._acks.pop(info.mid, None)

    def close(self) -> None:
        """End the connection; whoever waits for an answer gets ConnectionResetError."""
        self._client.disconnect()
        self._client.loop_write()  # says goodbye and closes the socket, unless its buffer is full
        left = self._client.socket()
        if left is not None:
            self._on_socket_close(self._client, None, left)
            left.close()
        self._ended("closed")

    def _build(self) -> "_Client":
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client_id,
            protocol=paho.MQTTv5 if self._broker.version == "5" else paho.MQTTv311,
            reconnect_on_failure=False,
        )
        client.max_inflight_messages_set(IN_FLIGHT_MAX)
        if self._broker.username is not None:
            client.username_pw_set(self._broker.username, self._broker.password)
        client.on_connack = self._on_connack
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect
        client.on_log = self._on_log
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write
        return client

    async def _keep_house(self) -> None:
        while self.alive:
            await asyncio.sleep(HOUSEKEEPING_S)
            if self._client.loop_misc() != paho.MQTT_ERR_SUCCESS:
                self._ended("keep-alive lost")

    def _ended(self, reason: str) -> None:
        self.alive = False
        if not self._welcome.done():
            self._welcome.set_exception(HungUp(reason))
            self._welcome.exception()  # nobody may be waiting any more
        for future in self._acks.values():
            if not future.done():
                future.set_exception(ConnectionResetError(reason))
        if self._housekeeping is not None:
            self._housekeeping.cancel()

    # paho's callbacks.

    def _on_socket_open(self, _client: paho.Client, _data: Any, sock: Any) -> None:
        self._loop.add_reader(sock, self._readable, sock)

    def _readable(self, sock: Any) -> None:
        self._client.loop_read()
        # TLS may hold whole records that the selector can not see.
        while self._client.socket() is sock and getattr(sock, "pending", lambda: 0)():
            self._client.loop_read()

    def _on_socket_close(self, _client: paho.Client, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)

    def _on_register_write(self, client: paho.Client, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._loop.add_writer(sock, client.loop_write)

    def _on_unregister_write(self, _client: paho.Client, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._loop.remove_writer(sock)

    def _on_connack(self, packet: bytes) -> bool:
        refusal = judge_connack(packet, self._broker.host, self._broker.version)
        if not self._welcome.done():
            self._welcome.set_result(refusal)
        return refusal is None

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, _reason: Any, props: Any) -> None:
        self._size_max = getattr(props, "MaximumPacketSize", None)
        count = min(IN_FLIGHT_MAX, getattr(props, "ReceiveMaximum", IN_FLIGHT_MAX))
        self.slots = Slots(count)
        self._client.fly_at_most(count)

    def _on_publish(self, _client: Any, _data: Any, mid: int, reason: ReasonCode, _props: Any) -> None:
        future = self._acks.setdefault(mid, self._loop.create_future())
        if not future.done():
            future.set_result(reason)

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _props: Any) -> None:
        self._ended(self._complaint or str(reason))

    def _on_log(self, _client: Any, _data: Any, level: int, text: str) -> None:
        if level == paho.MQTT_LOG_ERR:  # the only place where paho tells why a read failed
            self._complaint = text


class _Client(paho.Client):
    """A paho client on a socket that is already connected: its own connect would block the loop.

    And with a look at the CONNACK: paho keeps return code 1 of 3.1.1 to itself, and
    takes an answer in another version for a broken packet.
    """

    on_connack: Callable[[bytes], bool]
    _taken: socket.socket

    def take(self, connected: socket.socket) -> None:
        """Use this socket for the connection."""
        self._taken = connected

    def fly_at_most(self, count: int) -> None:
        """Hold back what is more than this; paho's own setter is closed by the time the broker says it."""
        self._max_inflight_messages = count

    def _create_socket(self) -> socket.socket:
        return self._taken

    def _handle_connack(self) -> paho.MQTTErrorCode:
        packet = bytes(self._in_packet["packet"])
        if len(packet) < 2:
            return paho.MQTT_ERR_PROTOCOL
        return super()._handle_connack() if self.on_connack(packet) else paho.MQTT_ERR_CONN_REFUSED
