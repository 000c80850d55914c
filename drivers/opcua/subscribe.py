"""A subscription: each notification that comes is a scan; silence is found out.

The subscription is driven below asyncua's own class, by its publish callback:
that hands over a whole notification at once, shows keep-alives, and has no
queue that could overflow.

A notification may bring several samples of one point (the server queues up to
ten between two notifications); a scan holds one value per point, so such a
notification becomes several scans. All points of a scan share a period.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from asyncua import Client, ua
from asyncua.client.ua_client import UaClientState

from config.model import Point
from config.opcua_link import OpcUa
from config.source import NodeSource
from drivers.clock import Clock
from drivers.errors import LinkFault, Lost
from drivers.opcua.plans import Plans
from drivers.opcua.quality import quality_of, reading_of, source_ns
from drivers.opcua.session import requesting
from drivers.reading import Emit, Quality, Scan, ScanPlan

KEEP_ALIVE_COUNT: Final = 10
"""Publishing intervals without data after which the server must say that it lives."""
LIFETIME_COUNT: Final = 60
QUEUE_SIZE: Final = 10
ITEMS_PER_REQUEST: Final = 500

_SERVER_STATE: Final = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServerStatus_State))


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched on one server; a monitored item's client handle is its index in `points`."""

    settings: OpcUa
    points: tuple[Point, ...]
    plans: Plans


class Subscription:
    """One subscription in one session, from creation to loss."""

    def __init__(self, watched: Watched, client: Client, clock: Clock, emit: Emit) -> None:
        self._watched = watched
        self._client = client
        self._clock = clock
        self._emit = emit
        self._id = 0
        self._heard_ns = self._asked_ns = clock.monotonic_ns()
        self._dead_after_s = watched.settings.silence
        self._ended: LinkFault | None = None
        self.missing: dict[int, ua.StatusCode] = {}  # by client handle

    async def create(self) -> None:
        """Create the subscription and its items; nodes that are not there are left in `missing`.

        Raises Lost.
        """
        settings = self._watched.settings
        parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=settings.publishing_interval * 1000,
            RequestedLifetimeCount=LIFETIME_COUNT,
            RequestedMaxKeepAliveCount=KEEP_ALIVE_COUNT,
            MaxNotificationsPerPublish=10_000,
            PublishingEnabled=True,
        )
        with requesting(settings):
            revised = await self._client.uaclient.create_subscription(parameters, self._on_publish)
        self._id = revised.SubscriptionId
        keep_alive_s = revised.RevisedPublishingInterval / 1000 * revised.RevisedMaxKeepAliveCount
        self._dead_after_s = max(settings.silence, 2 * keep_alive_s)
        self._heard_ns = self._clock.monotonic_ns()
        await self._add(range(len(self._watched.points)))

    async def add_missing(self) -> None:
        """Try again the nodes that were not there. Raises Lost."""
        await self._add(tuple(self.missing))

    async def _add(self, handles: Sequence[int]) -> None:
        for start in range(0, len(handles), ITEMS_PER_REQUEST):
            chunk = handles[start : start + ITEMS_PER_REQUEST]
            parameters = ua.CreateMonitoredItemsParameters(
                SubscriptionId=self._id,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[_item(handle, self._watched.points[handle]) for handle in chunk],
            )
            with requesting(self._watched.settings):
                results = await self._client.uaclient.create_monitored_items(parameters)
            for handle, result in zip(chunk, results, strict=True):
                if result.StatusCode.is_good():
                    self.missing.pop(handle, None)
                else:
                    self.missing[handle] = result.StatusCode

    async def check(self) -> None:
        """Find out whether the server still speaks.

        Nothing for `silence`: it is asked. No keep-alive for twice its time:
        the subscription is dead, though the server may live.

        Raises Lost, or what the server ended the subscription with.
        """
        if self._ended is not None:
            raise self._ended
        settings = self._watched.settings
        if self._client.state is not UaClientState.CONNECTED:
            raise Lost(settings.endpoint)
        now_ns = self._clock.monotonic_ns()
        quiet_s = (now_ns - self._heard_ns) / 1e9
        if quiet_s >= self._dead_after_s:
            raise Lost(settings.endpoint, f"no keep-alive for {quiet_s:.0f} s")
        if now_ns - max(self._heard_ns, self._asked_ns) >= settings.silence * 1e9:
            with requesting(settings):
                await self._client.uaclient.read_attributes([_SERVER_STATE], ua.AttributeIds.Value)
            self._asked_ns = now_ns

    def _on_publish(self, result: ua.PublishResult) -> None:
        self._heard_ns = self._clock.monotonic_ns()
        for notification in result.NotificationMessage.NotificationData or ():
            if isinstance(notification, ua.DataChangeNotification):
                self._emit_items(notification.MonitoredItems)
            elif isinstance(notification, ua.StatusChangeNotification):
                self._ended = Lost(self._watched.settings.endpoint, notification.Status.name)

    def _emit_items(self, items: Iterable[ua.MonitoredItemNotification]) -> None:
        utc_ns, mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        synced = self._clock.synchronised()
        points = self._watched.points
        for samples in _rounds(items, points):
            handles = tuple(sorted(samples))
            readings = [reading_of(points[handle], samples[handle]) for handle in handles]
            qualities = tuple(quality for _, quality in readings)
            self._emit(
                Scan(
                    self._watched.plans.of(handles),
                    utc_ns,
                    mono_ns,
                    synced,
                    tuple(value for value, _ in readings),
                    qualities if any(qualities) else None,
                    tuple(source_ns(samples[handle]) for handle in handles),
                )
            )

    def missing_plans(self) -> list[tuple[ScanPlan, tuple[Quality, ...]]]:
        """Return, per period, the plan of the missing nodes and why each is missing."""
        by_period: dict[float, list[int]] = {}
        for handle in sorted(self.missing):
            by_period.setdefault(self._watched.points[handle].period_s, []).append(handle)
        return [
            (self._watched.plans.of(tuple(handles)), tuple(quality_of(self.missing[h]) for h in handles))
            for handles in by_period.values()
        ]


def _item(handle: int, point: Point) -> ua.MonitoredItemCreateRequest:
    assert isinstance(point.source, NodeSource), point.id
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(
            NodeId=ua.NodeId.from_string(point.source.node_id), AttributeId=ua.AttributeIds.Value
        ),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=handle,
            SamplingInterval=point.period_s * 1000,
            QueueSize=QUEUE_SIZE,
            DiscardOldest=True,
        ),
    )


def _rounds(
    items: Iterable[ua.MonitoredItemNotification], points: Sequence[Point]
) -> Collection[dict[int, ua.DataValue]]:
    """Sort samples into rounds: one per point, of one period; a point's samples keep their order."""
    seen: dict[int, int] = {}
    rounds: dict[tuple[float, int], dict[int, ua.DataValue]] = {}
    for item in items:
        handle = item.ClientHandle
        if handle < len(points):
            nth = seen[handle] = seen.get(handle, -1) + 1
            rounds.setdefault((points[handle].period_s, nth), {})[handle] = item.Value
    return rounds.values()
