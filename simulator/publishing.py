"""Watches an OPC UA server's subscriptions: what was really sent to a client, in which notification."""

from collections.abc import Awaitable, Callable
from typing import Any

from asyncua import ua
from asyncua.server.internal_server import InternalServer
from asyncua.server.subscription_service import SubscriptionService

from simulator.opcua_nodes import Changes

Published = Callable[[Changes], None]
_Publish = Callable[..., Awaitable[None]]


class WatchedSubscriptions(SubscriptionService):
    """The library's service, which tells `published` of every data-change notification it sends."""

    def __init__(self, iserver: InternalServer, published: Published) -> None:
        super().__init__(iserver.aspace, iserver)
        self._published = published
        self._items: dict[tuple[int, int], ua.NodeId] = {}  # subscription id, the client's handle

    async def create_subscription(
        self,
        params: ua.CreateSubscriptionParameters,
        callback: _Publish,
        session_id: ua.NodeId,
        request_callback: Callable[..., Any] | None = None,
    ) -> ua.CreateSubscriptionResult:
        """As the library's, but watched."""
        return await super().create_subscription(params, self._watch(callback), session_id, request_callback)

    async def transfer_subscriptions(
        self, params: ua.TransferSubscriptionsParameters, session_id: ua.NodeId, callback: _Publish
    ) -> list[ua.TransferResult]:
        """As the library's, but watched."""
        return await super().transfer_subscriptions(params, session_id, self._watch(callback))

    async def create_monitored_items(
        self, params: ua.CreateMonitoredItemsParameters
    ) -> list[ua.MonitoredItemCreateResult]:
        """Remember which node each of the client's handles stands for."""
        for item in params.ItemsToCreate:
            handle = item.RequestedParameters.ClientHandle
            self._items[params.SubscriptionId, handle] = item.ItemToMonitor.NodeId
        return await super().create_monitored_items(params)

    async def delete_subscriptions(self, ids: list[int]) -> list[ua.StatusCode]:
        """Forget the handles too."""
        gone = set(ids)
        self._items = {key: node for key, node in self._items.items() if key[0] not in gone}
        return await super().delete_subscriptions(ids)

    def _watch(self, publish: _Publish) -> _Publish:
        async def watched(result: ua.PublishResult, *request: object) -> None:
            await publish(result, *request)
            changes = self._changes(result)
            if changes:
                self._published(changes)

        return watched

    def _changes(self, result: ua.PublishResult) -> Changes:
        return [
            (self._items[result.SubscriptionId, item.ClientHandle], item.Value)
            for data in result.NotificationMessage.NotificationData or ()
            if isinstance(data, ua.DataChangeNotification)
            for item in data.MonitoredItems
        ]
