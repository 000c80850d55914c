"""The platform's MQTT consumer: a subscription at QoS 1 that acknowledges what is in the books.

MQTT 5, a session that outlives a connection, driven by our own event loop. It
talks to a broker on loopback only, so that connecting cannot block. Keep-alive
is off: the broker is our child, and its end is no secret.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Final, cast

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_TOPICS: Final = "#"
_SESSION_S: Final = 3600
_SUBSCRIBE_S: Final = 5.0

Take = Callable[[bytes], None]
"""Takes the payload of one message; when it returns, the message is acknowledged."""


class Consumer:
    """One connection to the broker; a new one after each start of the broker."""

    def __init__(self, client_id: str, take: Take) -> None:
        self._take = take
        self._client_id = client_id
        self._client: Client | None = None

    async def start(self, port: int) -> None:
        """Connect and subscribe; raises OSError or TimeoutError."""
        loop = asyncio.get_running_loop()
        subscribed = asyncio.Event()

        def on_connect(client: Client, *_: Any) -> None:
            client.subscribe(_TOPICS, qos=1)

        def on_subscribe(*_: Any) -> None:
            subscribed.set()

        client = self._client = _client(self._client_id, loop)
        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_message = self._on_message
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = _SESSION_S
        client.connect("127.0.0.1", port, keepalive=0, clean_start=False, properties=session)
        async with asyncio.timeout(_SUBSCRIBE_S):
            await subscribed.wait()

    def stop(self) -> None:
        """Disconnect; the broker keeps the session."""
        if self._client is not None:
            self._client.disconnect()
            self._client = None

    def _on_message(self, client: Client, _: Any, message: MQTTMessage) -> None:
        self._take(bytes(message.payload))
        client.ack(message.mid, message.qos)


def _client(client_id: str, loop: asyncio.AbstractEventLoop) -> Client:
    """Return a client whose socket is served by the loop instead of paho's own thread."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTv5,
        reconnect_on_failure=False,
        manual_ack=True,
    )

    def opened(_: Client, __: Any, sock: Any) -> None:
        cast("socket.socket", sock).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop.add_reader(sock, client.loop_read)

    def closed(_: Client, __: Any, sock: Any) -> None:
        loop.remove_reader(sock)

    def has_output(_: Client, __: Any, sock: Any) -> None:
        loop.add_writer(sock, client.loop_write)

    def has_none(_: Client, __: Any, sock: Any) -> None:
        loop.remove_writer(sock)

    client.on_socket_open = opened
    client.on_socket_close = closed
    client.on_socket_register_write = has_output
    client.on_socket_unregister_write = has_none
    return client
