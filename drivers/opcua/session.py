"""One session with an OPC UA server: opened, used, closed; never reconnected.

asyncua could reconnect by itself. We open a new session instead: one path for
start, restart and hang; every loss is seen, jittered and reported; and no
subscription half survives.

Only services on the allow-list leave: nothing that writes, calls or changes the
server's address space.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any, Final

from asyncua import Client, ua
from asyncua.observer import Observer

from config.opcua_link import OpcUa
from drivers.errors import LinkFault, Lost, Refused, SessionRefused, Unreachable

SESSION_TIMEOUT_MS: Final = 60_000
"""How long the server keeps a session that we lost: few servers have many to spare."""

_NO_PROBES_S: Final = 10.0**6
"""asyncua's own health probe gives up after 1 s, which a busy PLC needs; ours waits for `silence`."""

READ_SERVICES: Final = frozenset(
    {
        ua.GetEndpointsRequest,
        ua.CreateSessionRequest,
        ua.ActivateSessionRequest,
        ua.CloseSessionRequest,
        ua.ReadRequest,
        ua.CreateSubscriptionRequest,
        ua.DeleteSubscriptionsRequest,
        ua.CreateMonitoredItemsRequest,
        ua.PublishRequest,
    }
)


class ForbiddenServiceError(Exception):
    """A request that could change the plant was about to leave: our own mistake, stopped."""


class ReadOnly(Observer):
    """Stands before the transport: asyncua shows it every request before it is encoded."""

    def observe_request(self, request: Any) -> AbstractContextManager[None]:
        """Raise ForbiddenServiceError unless the service only reads."""
        if type(request) not in READ_SERVICES:
            raise ForbiddenServiceError(f"{type(request).__name__} may not leave this gateway")
        return super().observe_request(request)


@asynccontextmanager
async def open_session(settings: OpcUa, on_lost: Callable[[], None]) -> AsyncIterator[Client]:
    """Connect, and close at the end. `on_lost` is called when the connection breaks by itself.

    Raises Refused, Unreachable, SessionRefused, Lost.
    """
    client = Client(settings.endpoint, timeout=settings.timeout, watchdog_intervall=_NO_PROBES_S)
    client.session_timeout = SESSION_TIMEOUT_MS
    client.uaclient.observer = ReadOnly()

    async def lost(_: Exception) -> None:
        on_lost()

    client.connection_lost_callback = lost
    with _opening(settings):
        await client.connect()
    try:
        yield client
    except LinkFault:
        await _abort(client)
        raise
    finally:
        await client.disconnect()


async def _abort(client: Client) -> None:
    """Cut the connection, so that closing it does not wait for a server that hangs."""
    protocol = client.uaclient.protocol
    if protocol is not None and protocol.transport is not None:
        protocol.transport.abort()
        await asyncio.sleep(0)  # asyncua hears of it in the loop's next turn


@contextmanager
def _opening(settings: OpcUa) -> Iterator[None]:
    try:
        yield
    except ua.UaError as error:
        raise SessionRefused(settings.endpoint, _name(error)) from error
    except ConnectionRefusedError as error:
        raise Refused(settings.endpoint) from error
    except TimeoutError as error:
        raise Unreachable(settings.endpoint, f"no answer in {settings.timeout:g} s") from error
    except ConnectionError as error:
        raise Lost(settings.endpoint, "while connecting") from error
    except OSError as error:
        raise Unreachable(settings.endpoint, error.strerror or str(error)) from error


@contextmanager
def requesting(settings: OpcUa) -> Iterator[None]:
    """Turn what a request in an open session may raise into Lost."""
    try:
        yield
    except ua.UaError as error:
        raise Lost(settings.endpoint, _name(error)) from error
    except TimeoutError as error:
        raise Lost(settings.endpoint, f"no answer in {settings.timeout:g} s") from error
    except OSError as error:
        raise Lost(settings.endpoint, str(error)) from error


def _name(error: ua.UaError) -> str:
    return type(error).__name__ if isinstance(error, ua.UaStatusCodeError) else str(error)
