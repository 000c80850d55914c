"""A subscription: each notification that comes is a scan; silence is found out.

The subscription is driven below asyncua's own class, by its publish callback:
that hands over a whole notification at once, shows keep-alives, and has no
queue that could overflow.

A notification may bring several samples of one point (the server queues some
between two notifications); a scan holds one value per point, so such a
notification becomes several scans. All points of a scan share a period.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from asyncua import ua
from asyncua.client.ua_client import UaClientState

from drivers.errors import LinkFault, Lost
from drivers.opcua.addresses import look_up
from drivers.opcua.feed import PlanQualities, Session
from drivers.opcua.items import Item
from drivers.opcua.plans import Plans
from drivers.opcua.quality import quality_of, status_trouble
from drivers.opcua.refusals import error_name, requesting
from drivers.opcua.revised import Granted
from drivers.opcua.server import read_state
from drivers.opcua.silent import SilentItems
from drivers.opcua.troubles import Trouble
from drivers.reading import Quality
from drivers.remarks import Remarks

KEEP_ALIVE_COUNT: Final = 10
"""Publishing intervals without data after which the server must say that it lives."""
LIFETIME_COUNT: Final = 60
CHECK_NS: Final = 500_000_000

_NO_SUBSCRIPTION: Final = (
    ua.uaerrors.BadServiceUnsupported,
    ua.uaerrors.BadNotImplemented,
    ua.uaerrors.BadNotSupported,
    ua.uaerrors.BadTooManySubscriptions,
)
_NO_ITEM: Final = frozenset({ua.StatusCodes.BadTooManyMonitoredItems, ua.StatusCodes.BadServiceUnsupported})
"""Of one item, and so of the rest: the server cannot watch as much as is asked."""
_NO_FILTER: Final = frozenset(
    {
        ua.StatusCodes.BadFilterNotAllowed,
        ua.StatusCodes.BadDeadbandFilterInvalid,
        ua.StatusCodes.BadMonitoredItemFilterInvalid,
        ua.StatusCodes.BadMonitoredItemFilterUnsupported,
    }
)


class CannotSubscribe(Exception):
    """The server does not watch values for us, or not so many: they must be polled."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Subscription:
    """One subscription in one session, from creation to loss. See feed.py for what a Feed does."""

    def __init__(self, session: Session, plans: Plans, remarks: Remarks) -> None:
        self._session = session
        self._plans = plans
        self._remarks = remarks
        self._id = 0
        self._granted = Granted(session.watched, remarks)
        self._silent = SilentItems(session, plans, remarks)
        self._heard_ns = self._asked_ns = session.clock.monotonic_ns()
        self._dead_after_s = session.watched.settings.silence
        self._ended: LinkFault | None = None
        self.missing: dict[int, Quality] = {}

    @property
    def due_ns(self) -> int:
        """When to look again."""
        return self._session.clock.monotonic_ns() + CHECK_NS

    async def start(self) -> None:
        """Create the subscription and its items. Raises Lost, CannotSubscribe."""
        session, settings = self._session, self._session.watched.settings
        parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=settings.publishing_interval * 1000,
            RequestedLifetimeCount=LIFETIME_COUNT,
            RequestedMaxKeepAliveCount=KEEP_ALIVE_COUNT,
            MaxNotificationsPerPublish=10_000,
            PublishingEnabled=True,
        )
        with requesting(session.where, session.timeout_s):
            try:
                revised = await session.client.uaclient.create_subscription(parameters, self._on_publish)
            except _NO_SUBSCRIPTION as error:
                raise CannotSubscribe(error_name(error)) from error
        self._id = revised.SubscriptionId
        self._granted.subscription(revised.RevisedPublishingInterval)
        keep_alive_s = revised.RevisedPublishingInterval / 1000 * revised.RevisedMaxKeepAliveCount
        self._dead_after_s = max(settings.silence, 2 * keep_alive_s)
        self._heard_ns = session.clock.monotonic_ns()
        await self._add(range(len(session.watched.items)))
        self._granted.tell()

    async def add_missing(self) -> None:
        """Try again the nodes that were not there. Raises Lost, CannotSubscribe."""
        await self._add(tuple(self.missing))

    async def _add(self, keys: Sequence[int]) -> None:
        session, items = self._session, self._session.watched.items
        with requesting(session.where, session.timeout_s):
            found = await look_up(session.client, session.server, {key: items[key].address for key in keys})
            nodes = {key: node for key, node in found.items() if isinstance(node, ua.NodeId)}
            refused = await self._create(nodes, filtered=True)
            again = {key: nodes[key] for key, status in refused.items() if status.value in _NO_FILTER}
            if again:
                self._tell_unfiltered(again)
                refused |= await self._create(again, filtered=False)
        for key in keys:
            node, status = found[key], refused.get(key)
            if isinstance(node, Trouble):
                self._is_missing(key, node, Quality.DEVICE_FAULT)
            elif status is not None and not status.is_good():
                self._is_missing(key, status_trouble(status), quality_of(status))
            else:
                self.missing.pop(key, None)

    async def _create(self, nodes: dict[int, ua.NodeId], *, filtered: bool) -> dict[int, ua.StatusCode]:
        """Create monitored items; returns the status of each that was refused, and of those asked again."""

        async def request(keys: Sequence[int]) -> list[ua.MonitoredItemCreateResult]:
            items = self._session.watched.items
            parameters = ua.CreateMonitoredItemsParameters(
                SubscriptionId=self._id,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[_item(key, items[key], nodes[key], filtered=filtered) for key in keys],
            )
            results: list[ua.MonitoredItemCreateResult]
            results = await self._session.client.uaclient.create_monitored_items(parameters)
            return results

        results = await self._session.server.monitor.run(
            tuple(nodes), request, lambda status: ua.MonitoredItemCreateResult(StatusCode=status)
        )
        if full := next((r.StatusCode for r in results if r.StatusCode.value in _NO_ITEM), None):
            await self._session.client.uaclient.delete_subscriptions([self._id])
            raise CannotSubscribe(full.name)
        created = {key: r for key, r in zip(nodes, results, strict=True) if r.StatusCode.is_good()}
        self._granted.items(created)
        self._silent.created({key: nodes[key] for key in created}, self._granted.publishing_s)
        return {
            key: result.StatusCode
            for key, result in zip(nodes, results, strict=True)
            if not (filtered and result.StatusCode.is_good())
        }

    def _is_missing(self, key: int, trouble: Trouble, quality: Quality) -> None:
        self.missing[key] = quality
        for handle in self._session.watched.items[key].handles:
            self._session.troubles.found(handle, trouble)

    def _tell_unfiltered(self, keys: Iterable[int]) -> None:
        self._remarks.once("deadband-refused", **self._session.watched.named(keys))

    async def check(self) -> None:
        """Find out whether the server still speaks.

        Nothing for `silence`: it is asked. No keep-alive for twice its time:
        the subscription is dead, though the server may live.

        Raises Lost, or what the server ended the subscription with.
        """
        session = self._session
        if self._ended is not None:
            raise self._ended
        if session.client.state is not UaClientState.CONNECTED:
            raise Lost(session.where)
        await self._silent.check()
        now_ns = session.clock.monotonic_ns()
        quiet_s = (now_ns - self._heard_ns) / 1e9
        if quiet_s >= self._dead_after_s:
            raise Lost(session.where, f"keep-alive > {quiet_s:.0f} s")
        if now_ns - max(self._heard_ns, self._asked_ns) >= session.watched.settings.silence * 1e9:
            with requesting(session.where, session.timeout_s):
                await read_state(session.client)
            self._asked_ns = now_ns

    def _on_publish(self, result: ua.PublishResult) -> None:
        self._heard_ns = self._session.clock.monotonic_ns()
        for notification in result.NotificationMessage.NotificationData or ():
            if isinstance(notification, ua.DataChangeNotification):
                for sample in notification.MonitoredItems:
                    self._silent.heard(sample.ClientHandle)
                for samples in _rounds(notification.MonitoredItems, self._session.watched.items):
                    in_order = {handle: samples[handle] for handle in sorted(samples)}
                    self._session.emit_samples(self._plans.of(tuple(in_order)), in_order)
            elif isinstance(notification, ua.StatusChangeNotification):
                self._ended = Lost(self._session.where, notification.Status.name)

    def missing_plans(self) -> list[PlanQualities]:
        """Return, per period, the plan of the missing nodes and why each is missing."""
        items = self._session.watched.items
        by_period: dict[float, dict[int, Quality]] = {}
        for key, quality in sorted(self.missing.items()):
            by_period.setdefault(items[key].period_s, {}).update(dict.fromkeys(items[key].handles, quality))
        return [
            (self._plans.of(tuple(qualities)), tuple(qualities.values())) for qualities in by_period.values()
        ]


def _item(key: int, item: Item, node: ua.NodeId, *, filtered: bool) -> ua.MonitoredItemCreateRequest:
    deadband = None
    if filtered and item.deadband is not None:
        deadband = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger.StatusValue,
            DeadbandType=ua.UInt32(ua.DeadbandType.Absolute),
            DeadbandValue=ua.Double(item.deadband),
        )
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=key,
            SamplingInterval=item.sampling_s * 1000,
            Filter=deadband,
            QueueSize=item.queue_size,
            DiscardOldest=True,
        ),
    )


def _rounds(
    notified: Iterable[ua.MonitoredItemNotification], items: Sequence[Item]
) -> Collection[dict[int, ua.DataValue]]:
    """Sort samples into rounds: one per point, of one period; a point's samples keep their order."""
    seen: dict[int, int] = {}
    rounds: dict[tuple[float, int], dict[int, ua.DataValue]] = {}
    for sample in notified:
        key = sample.ClientHandle
        value = sample.Value
        if key < len(items) and value is not None:
            nth = seen[key] = seen.get(key, -1) + 1
            samples = rounds.setdefault((items[key].period_s, nth), {})
            for handle in items[key].handles:
                samples[handle] = value
    return rounds.values()
