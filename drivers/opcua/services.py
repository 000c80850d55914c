"""What may leave for an OPC UA server: services that read, and nothing else.

Write, Call, and whatever changes nodes, history or alarms at the server is not on
the list. Browse and TranslateBrowsePathsToNodeIds are: they look names up. So are
subscriptions: they live in our own session and end with it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from asyncua import ua
from asyncua.client.ua_client import UaClientState
from asyncua.observer import Observer

READ_SERVICES: Final = frozenset(
    {
        ua.GetEndpointsRequest,
        ua.CreateSessionRequest,
        ua.ActivateSessionRequest,
        ua.CloseSessionRequest,
        ua.ReadRequest,
        ua.BrowseRequest,
        ua.BrowseNextRequest,
        ua.TranslateBrowsePathsToNodeIdsRequest,
        ua.CreateSubscriptionRequest,
        ua.DeleteSubscriptionsRequest,
        ua.CreateMonitoredItemsRequest,
        ua.PublishRequest,
    }
)


OnLost = Callable[[], None]


class ForbiddenServiceError(Exception):
    """A request that could change the plant was about to leave: our own mistake, stopped."""


class ReadOnly(Observer):
    """Stands before the transport: asyncua shows it every request before it is encoded.

    `on_lost` is called when an established connection breaks by itself.
    """

    def __init__(self, on_lost: OnLost = lambda: None) -> None:
        self._on_lost = on_lost
        self._was_connected = False

    def observe_request(self, request: Any) -> AbstractContextManager[None]:
        """Raise ForbiddenServiceError unless the service only reads."""
        if type(request) not in READ_SERVICES:
            raise ForbiddenServiceError(f"{type(request).__name__} may not leave this gateway")
        return super().observe_request(request)

    def on_state_change(self, state: UaClientState) -> None:
        """Hear of a connection that broke."""
        if state is UaClientState.DISCONNECTED and self._was_connected:
            self._on_lost()
        self._was_connected = state is UaClientState.CONNECTED
