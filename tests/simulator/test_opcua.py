"""A simulated OPC UA server, watched by asyncua's own client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asyncua import Client, ua
from asyncua.common.subscription import DataChangeEvent, Subscription

from simulator.faults import Target
from simulator.scenario import Event
from tests.simulator.plants import OPCUA, furnace, plant
from tests.simulator.playing import Played, playing
from tests.support.waiting import look_again

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLANT = plant({"furnaces": OPCUA}, furnace("tilt-1", "furnaces", period_s=0.1))
POINTS = [point.id for point in PLANT.points]

Sample = tuple[str, float, int]


@asynccontextmanager
async def subscribed(played: Played) -> AsyncIterator[Subscription]:
    client = Client(played.connections["furnaces"]["opcua"]["endpoint"], timeout=2)
    async with client:
        parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=50,
            RequestedLifetimeCount=600,
            RequestedMaxKeepAliveCount=10,
            MaxNotificationsPerPublish=10000,
            PublishingEnabled=True,
        )
        subscription = await client.create_subscription(parameters, None)
        nodes = [client.get_node(f"ns=2;s={point_id}") for point_id in POINTS]
        await subscription.subscribe_data_change(nodes, queuesize=10, sampling_interval=ua.Double(50))
        yield subscription


async def next_changes(subscription: Subscription, count: int) -> list[DataChangeEvent]:
    changes: list[DataChangeEvent] = []
    async with asyncio.timeout(5):
        while len(changes) < count:
            event = await subscription.next_event(5)
            if isinstance(event, DataChangeEvent):
                changes.append(event)
    return changes


def sample(event: DataChangeEvent) -> Sample:
    data = event.data.monitored_item.Value
    source_ns = (data.SourceTimestamp - EPOCH) // timedelta(microseconds=1) * 1000
    return str(event.node.nodeid.Identifier), event.value, source_ns


def served_samples(played: Played) -> list[Sample]:
    lines = played.served(lambda line: line["outcome"] == "served")
    return [
        (point_id, value, line["source_ns"][point_id])
        for line in lines
        for point_id, value in line["values"].items()
    ]


async def test_what_a_client_was_notified_of_is_what_the_log_says(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played:
        async with subscribed(played) as subscription:
            notified = [sample(event) for event in await next_changes(subscription, 30)]
        served = served_samples(played)
    assert served[: len(notified)] == notified
    assert {point_id for point_id, _, _ in notified} == set(POINTS)


async def test_a_value_that_nobody_subscribed_to_was_not_served(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played:
        client = Client(played.connections["furnaces"]["opcua"]["endpoint"], timeout=2)
        async with client:
            assert isinstance(await client.get_node(f"ns=2;s={POINTS[0]}").read_value(), float)
        assert played.served() == []


async def test_a_device_out_of_reach_has_a_bad_status_and_no_value(tmp_path: Path) -> None:
    silent = Event(0, 1, Target.DEVICE, "tilt-1", "silent")
    async with playing(PLANT, tmp_path, silent) as played, subscribed(played) as subscription:
        change = (await next_changes(subscription, 1))[0]
        status = change.data.monitored_item.Value.StatusCode
        assert status.value == ua.StatusCodes.BadNoCommunication
        assert {line["outcome"] for line in played.served()} == {"exception"}


async def test_a_restarted_server_has_forgotten_its_clients_and_serves_new_ones(tmp_path: Path) -> None:
    reboot = Event(0.3, 0.5, Target.CONNECTION, "furnaces", "reboot")
    async with playing(PLANT, tmp_path, reboot, length_s=2.0) as played:
        async with asyncio.timeout(5):
            with pytest.raises((OSError, ua.UaError)):
                await _read_until_lost(played)
        async with asyncio.timeout(3):
            await _until_it_serves(played)


async def test_a_plant_stops_cleanly_while_its_server_is_down(tmp_path: Path) -> None:
    reboot = Event(0.01, 1, Target.CONNECTION, "furnaces", "reboot")
    async with playing(PLANT, tmp_path, reboot) as played, asyncio.timeout(5):
        with pytest.raises((OSError, ua.UaError)):
            await _read_until_lost(played)


async def _read_until_lost(played: Played) -> None:
    async with Client(played.connections["furnaces"]["opcua"]["endpoint"], timeout=2) as client:
        node = client.get_node(f"ns=2;s={POINTS[0]}")
        while True:
            await node.read_value()


async def _until_it_serves(played: Played) -> None:
    while True:
        try:
            async with subscribed(played) as subscription:
                assert await next_changes(subscription, len(POINTS))
                return
        except OSError:
            await look_again()
