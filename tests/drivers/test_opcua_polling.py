"""Polling over OPC UA: on the grid, in the plant file's way or because the server cannot subscribe."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asyncua import ua

from config.opcua_link import OpcUa
from drivers.messages import describe_note
from drivers.reading import Quality
from tests.drivers.conftest import free_port
from tests.drivers.opcua_changes import Asked
from tests.drivers.opcua_server import SmallServer, child_server, endpoint, small_server
from tests.drivers.plant import all_are, device, good, node_point, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODES = ua.StatusCodes


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[SmallServer]:
    async with small_server(free_port(), tilt=1.5, level=200.0) as small:
        yield small


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def link(port: int, mode: str = "poll", **settings: Any) -> OpcUa:
    return OpcUa.model_validate(
        {
            "endpoint": endpoint(port),
            "mode": mode,
            "publishing_interval": "50 ms",
            "timeout": "500 ms",
            "silence": "1 s",
            **settings,
        }
    )


def points(*periods_s: float) -> list[Any]:
    names = ("tilt", "level")
    chosen = [node_point(n, f"ns=2;s={n}", period_s=p) for n, p in zip(names, periods_s, strict=True)]
    return [device(*chosen, unit_id=None)]


async def test_every_point_is_read_at_its_period_whether_it_changed_or_not(
    server: SmallServer, asked: Asked
) -> None:
    async with running(link(server.port), points(0.1, 0.2)) as seen:
        await seen.until(lambda: len([s for s in seen.scans if s.plan.period_s == 0.2]) == 4)
    fast, slow = ([s for s in seen.scans if s.plan.period_s == period] for period in (0.1, 0.2))
    assert {scan.values for scan in fast} == {(1.5,)}
    assert {scan.values for scan in slow} == {(200.0,)}
    assert {scan.plan.block for scan in seen.scans} == {"poll"}
    assert "CreateSubscriptionRequest" not in asked.services
    for scans, period_s in ((fast, 0.1), (slow, 0.2)):
        slots = [round((s.mono_ns - scans[0].mono_ns) / 1e9 / period_s) for s in scans]
        assert slots == sorted(set(slots)), "no slot twice, none caught up"
        drift = [
            (s.mono_ns - scans[0].mono_ns) / 1e9 - n * period_s for s, n in zip(scans, slots, strict=True)
        ]
        assert max(drift) - min(drift) < period_s / 2


@pytest.mark.parametrize(
    "status", [CODES.BadServiceUnsupported, CODES.BadTooManySubscriptions, CODES.BadNotImplemented]
)
async def test_a_server_that_cannot_subscribe_is_polled_and_that_is_told_once(
    server: SmallServer, asked: Asked, status: int
) -> None:
    asked.refuse = lambda service, _: status if service == "CreateSubscriptionRequest" else None
    async with running(link(server.port, "subscribe"), points(0.05, 0.05)) as seen:
        await seen.scan(good)
        await server.set(tilt=2.5)
        await seen.until(lambda: seen.scans[-1].values == (2.5, 200.0))
        await server.set(tilt=1.5)
    assert seen.link_history == ["up"]
    [note] = seen.notes
    assert note.code == "polling-instead"
    assert "mode: poll" in describe_note(note).en


async def test_a_server_that_cannot_watch_so_many_points_is_polled(
    server: SmallServer, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asyncua.server.monitored_item_service import MonitoredItemService

    made: list[int] = []
    create = MonitoredItemService._create_data_change_monitored_item

    async def one_only(self: Any, item: ua.MonitoredItemCreateRequest) -> Any:
        made.append(1)
        if len(made) > 1:
            status = ua.StatusCode(ua.UInt32(CODES.BadTooManyMonitoredItems))
            return ua.MonitoredItemCreateResult(StatusCode=status)
        return await create(self, item)

    monkeypatch.setattr(MonitoredItemService, "_create_data_change_monitored_item", one_only)
    async with running(link(server.port, "subscribe"), points(0.05, 0.05)) as seen:
        await seen.until(lambda: any(s.values == (1.5, 200.0) for s in seen.scans))
    assert [note.code for note in seen.notes] == ["polling-instead"]
    assert "DeleteSubscriptionsRequest" in asked.services
    assert seen.link_history == ["up"]


async def test_a_polled_server_that_is_killed_leaves_a_hole_and_comes_back(port: int) -> None:
    names = ("count", "still")
    devices = [device(*(node_point(n, f"ns=2;s={n}", period_s=0.05) for n in names), unit_id=None)]
    async with running(link(port), devices) as seen:
        with child_server(port):
            await seen.scan(good)
        await seen.scan(all_are(Quality.COMM_FAULT))
        with child_server(port):
            await seen.scan(good)
    assert seen.link_history in (["up", "lost", "refused", "up"], ["up", "lost", "up"])


async def test_a_server_that_stops_answering_is_found_out_at_the_next_slot(
    server: SmallServer, asked: Asked
) -> None:
    async with running(link(server.port), points(0.05, 0.05)) as seen:
        await seen.scan(good)
        asked.refuse = lambda service, _: CODES.BadTimeout if service == "ReadRequest" else None
        await seen.scan(all_are(Quality.COMM_FAULT))
        asked.refuse = lambda _service, _parts: None
        await seen.scan(good)
    assert seen.link_history == ["up", "lost", "up"]


async def test_between_slow_slots_the_server_is_asked_whether_it_lives(
    server: SmallServer, asked: Asked
) -> None:
    async with running(link(server.port, silence="100 ms"), points(60.0, 60.0)) as seen:
        await seen.status("up")
        asked.refuse = lambda service, _: CODES.BadTimeout if service == "ReadRequest" else None
        await seen.status("lost")
