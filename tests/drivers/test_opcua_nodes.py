"""Nodes of every kind: by URI, by path, elements of arrays; missing ones among others; limits of a server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from asyncua import ua

from config.model import Device, Point
from config.opcua_link import OpcUa
from config.source import NodeSource
from drivers.messages import describe_note
from drivers.opcua.driver import OpcUaDriver
from drivers.opcua.services import READ_SERVICES
from drivers.reading import Quality
from tests.drivers.conftest import free_port
from tests.drivers.opcua_changes import Asked, set_limits
from tests.drivers.opcua_server import SmallServer, child_server, endpoint, small_server
from tests.drivers.plant import Recorder, all_are, device, good, node_point, running
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODES = ua.StatusCodes
URI = "urn:small"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[SmallServer]:
    async with small_server(free_port(), tilt=1.5, level=200.0) as small:
        plc = await small.server.nodes.objects.add_object(2, "PLC/1")
        oil = await plc.add_object(2, "Oil")
        await oil.add_variable("ns=2;s=hidden", "2:Temperature", 41.5)
        await small.server.nodes.objects.add_variable("ns=2;s=channels", "channels", [1.0, 2.0, 3.0])
        await small.server.nodes.objects.add_variable("ns=2;s=name", "name", "north")
        yield small


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def link(port: int, **settings: Any) -> OpcUa:
    return OpcUa.model_validate(
        {
            "endpoint": endpoint(port),
            "publishing_interval": "50 ms",
            "timeout": "2 s",
            "silence": "2 s",
            **settings,
        }
    )


def node(name: str, address: str, index: int | None = None, **source: Any) -> Point:
    point = node_point(name, address, period_s=0.05)
    return replace(point, source=NodeSource(address, index, **source))


def machine(*points: Point) -> list[Device]:
    return [device(*points, unit_id=None)]


def latest(seen: Recorder) -> dict[str, object]:
    """Return the last value of each point; where it has none, its quality."""
    values: dict[str, object] = {}
    for scan in seen.scans:
        qualities = scan.qualities or (Quality.GOOD,) * len(scan.values)
        for point, value, quality in zip(scan.plan.points, scan.values, qualities, strict=True):
            values[point.id] = quality if value is None else value
    return values


def told(seen: Recorder) -> list[str]:
    return [note.code for note in seen.notes]


async def test_a_node_is_found_by_uri_by_path_and_by_both(server: SmallServer) -> None:
    points = machine(
        node("by-uri", f"nsu={URI};s=tilt"),
        node("by-path", "/2:PLC&/1/2:Oil/2:Temperature"),
        node("by-both", f"/nsu={URI};PLC&/1/2:Oil/nsu={URI};Temperature"),
    )
    async with running(link(server.port), points) as seen:
        await seen.until(lambda: latest(seen) == {"by-uri": 1.5, "by-path": 41.5, "by-both": 41.5})
    assert seen.notes == []


async def test_indices_that_change_when_the_server_restarts_are_looked_up_again(port: int) -> None:
    points = machine(node("still", f"nsu={URI};s=still"), node("count", f"/nsu={URI};count"))
    async with running(link(port), points) as seen:
        with child_server(port) as process:
            await seen.until(lambda: latest(seen).get("still") == 1.0)
            process.kill()
            await seen.until(lambda: latest(seen).get("still") is Quality.COMM_FAULT)
        with child_server(port, shift=3):
            await seen.until(lambda: latest(seen).get("still") == 1.0)
            await seen.until(lambda: isinstance(latest(seen).get("count"), float))
    assert seen.notes == []


async def test_elements_of_an_array_are_points_of_their_own_and_asked_for_once(
    server: SmallServer, asked: Asked
) -> None:
    points = machine(*(node(f"channel-{n}", "ns=2;s=channels", n) for n in range(3)))
    async with running(link(server.port), points) as seen:
        assert (await seen.scan(good)).values == (1.0, 2.0, 3.0)
        await server.put("channels", ua.DataValue(ua.Variant([1.0, 5.0, 3.0])))
        assert (await seen.scan(good)).values == (1.0, 5.0, 3.0)
        await server.put("channels", ua.DataValue(ua.Variant([1.0, 2.0, 3.0])))
    assert asked.sizes["CreateMonitoredItemsRequest"] == [1]


@pytest.mark.parametrize(
    ("address", "index", "quality", "code", "says"),
    [
        ("ns=2;s=nowhere", None, Quality.DEVICE_FAULT, "node-unknown", "ns=2;s=nowhere"),
        ("nsu=http://gone;s=tilt", None, Quality.DEVICE_FAULT, "namespace-unknown", "http://gone"),
        ("/2:PLC&/1/2:Water", None, Quality.DEVICE_FAULT, "path-unknown", "/2:PLC&/1/2:Water"),
        ("ns=2;s=channels", 3, Quality.DEVICE_FAULT, "element-missing", "counts from 0"),
        ("ns=2;s=channels", None, Quality.NOT_A_NUMBER, "value-is-array", "by index"),
        ("ns=2;s=tilt", 0, Quality.NOT_A_NUMBER, "value-is-no-array", "Delete index"),
        ("ns=2;s=name", None, Quality.NOT_A_NUMBER, "value-of-other-type", "String → float"),
        ("i=85", None, Quality.DEVICE_FAULT, "node-unreadable", "is a variable"),
    ],
)
@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_point_that_cannot_be_had_is_bad_with_its_reason_and_the_others_run(
    server: SmallServer, mode: str, address: str, index: int | None, quality: Quality, code: str, says: str
) -> None:
    points = machine(node("wrong", address, index), node("right", "ns=2;s=level"))
    async with running(link(server.port, mode=mode), points) as seen:
        await seen.until(lambda: latest(seen) == {"wrong": quality, "right": 200.0})
        await seen.until(lambda: bool(seen.notes))
    [note] = seen.notes
    assert (note.code, note.fields["points"]) == (code, "wrong")
    assert says in describe_note(note).en
    assert seen.link_history == ["up"]


async def test_a_thousand_wrong_points_are_one_remark(server: SmallServer) -> None:
    points = machine(*(node(f"p{n}", f"nsu=http://gone;s=p{n}") for n in range(1000)))
    async with running(link(server.port), points) as seen:
        await seen.until(lambda: len(seen.notes) == 1)
    assert str(seen.notes[0].fields["points"]).endswith("p11 … (+988)")


async def test_what_is_wrong_is_shown_until_it_is_mended(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.driver.MISSING_AGAIN_S", 0.1)
    drivers: list[OpcUaDriver] = []
    init = OpcUaDriver.__init__

    def remember(self: OpcUaDriver, *args: Any) -> None:
        init(self, *args)
        drivers.append(self)

    monkeypatch.setattr(OpcUaDriver, "__init__", remember)
    async with running(link(server.port), machine(node("late", "ns=2;s=late"))) as seen:
        await seen.until(lambda: bool(seen.notes))
        assert [note.code for note in drivers[0].notes] == ["node-unknown"]
        await server.set(late=7.0)
        await seen.until(lambda: latest(seen) == {"late": 7.0})
        assert drivers[0].notes == ()
    assert told(seen) == ["node-unknown"]


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_servers_limits_are_asked_for_and_kept(server: SmallServer, asked: Asked, mode: str) -> None:
    names = [f"p{n}" for n in range(7)]
    await server.set(**dict.fromkeys(names, 1.0))
    await set_limits(server, read=3, monitor=2, translate=2)
    points = [node(name, f"ns=2;s={name}") for name in names]
    points += [node(f"{name}-by-path", f"/2:{name}") for name in names]
    try:
        async with running(link(server.port, mode=mode), machine(*points)) as seen:
            await seen.until(lambda: list(latest(seen).values()) == [1.0] * 14)
    finally:
        await set_limits(server, read=0, monitor=0, translate=0)
    reads = asked.sizes["ReadRequest"]
    assert max(reads[1:], default=0) <= 3  # the first asks for the limits themselves
    assert max(asked.sizes.get("CreateMonitoredItemsRequest", [0])) <= 2
    assert max(asked.sizes["TranslateBrowsePathsToNodeIdsRequest"]) == 2
    assert seen.link_history == ["up"]


@pytest.mark.parametrize(
    ("mode", "service"), [("subscribe", "CreateMonitoredItemsRequest"), ("poll", "ReadRequest")]
)
async def test_limits_that_a_server_does_not_tell_are_learnt(
    server: SmallServer, asked: Asked, mode: str, service: str
) -> None:
    names = [f"p{n}" for n in range(7)]
    await server.set(**dict.fromkeys(names, 1.0))
    asked.refuse = lambda each, parts: CODES.BadTooManyOperations if parts > 2 and each == service else None
    points = machine(*(node(name, f"ns=2;s={name}") for name in names))
    async with running(link(server.port, mode=mode), points) as seen:
        await seen.until(lambda: list(latest(seen).values()) == [1.0] * 7)
    assert seen.link_history == ["up"]


async def test_small_changes_are_not_reported_where_a_deadband_says_so(server: SmallServer) -> None:
    await server.set(tilt=10.0, level=10.0)
    points = machine(node("tilt", "ns=2;s=tilt", deadband=0.5), node("level", "ns=2;s=level"))
    async with running(link(server.port), points) as seen:
        await seen.until(lambda: latest(seen) == {"tilt": 10.0, "level": 10.0})
        await server.set(tilt=10.4, level=10.4)
        await seen.until(lambda: latest(seen)["level"] == 10.4)
        assert latest(seen)["tilt"] == 10.0
        await server.set(tilt=11.5)
        await seen.until(lambda: latest(seen)["tilt"] == 11.5)


async def test_a_server_without_deadbands_reports_every_change(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asyncua.server.monitored_item_service import MonitoredItemService

    create = MonitoredItemService._create_data_change_monitored_item

    async def refuse(self: Any, item: ua.MonitoredItemCreateRequest) -> ua.MonitoredItemCreateResult:
        if type(item.RequestedParameters.Filter).__name__ == "DataChangeFilter":
            status = ua.StatusCode(ua.UInt32(CODES.BadMonitoredItemFilterUnsupported))
            return ua.MonitoredItemCreateResult(StatusCode=status)
        result: ua.MonitoredItemCreateResult = await create(self, item)
        return result

    monkeypatch.setattr(MonitoredItemService, "_create_data_change_monitored_item", refuse)
    await server.set(tilt=10.0)
    points = machine(node("tilt", "ns=2;s=tilt", deadband=0.5))
    async with running(link(server.port), points) as seen:
        await seen.until(lambda: latest(seen) == {"tilt": 10.0})
        await server.set(tilt=10.1)
        await seen.until(lambda: latest(seen) == {"tilt": 10.1})
    assert told(seen) == ["deadband-refused"]


async def test_how_often_and_how_much_is_sampled_is_asked_as_the_plant_file_says(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asyncua.server.monitored_item_service import MonitoredItemService

    wanted: list[tuple[float, int]] = []
    create = MonitoredItemService._create_data_change_monitored_item

    async def noting(self: Any, item: ua.MonitoredItemCreateRequest) -> Any:
        wanted.append((item.RequestedParameters.SamplingInterval, item.RequestedParameters.QueueSize))
        return await create(self, item)

    monkeypatch.setattr(MonitoredItemService, "_create_data_change_monitored_item", noting)
    points = machine(node("tilt", "ns=2;s=tilt", sampling_s=0.2, queue_size=3), node("level", "ns=2;s=level"))
    async with running(link(server.port), points) as seen:
        await seen.scan(good)
    assert wanted == [(200.0, 3), (50.0, 10)]


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_whatever_a_plant_file_asks_for_only_reading_services_leave(
    server: SmallServer, asked: Asked, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.driver.MISSING_AGAIN_S", 0.1)
    monkeypatch.setattr("drivers.opcua.driver.CLOCK_AGAIN_S", 0.1)
    points = machine(
        node("uri", f"nsu={URI};s=tilt", deadband=0.1),
        node("path", "/2:PLC&/1/2:Oil/2:Temperature"),
        node("element", "ns=2;s=channels", 1),
        node("missing", "ns=2;s=nowhere"),
    )
    async with running(link(server.port, mode=mode, silence="100 ms"), points) as seen:
        await seen.until(lambda: "path" in latest(seen))
        await until(lambda: asked.services.count("ReadRequest") > 5)
    allowed = {service.__name__ for service in READ_SERVICES} | {"CloseSecureChannelRequest"}
    assert set(asked.services) <= allowed
    for forbidden in ("Write", "Call", "AddNodes", "Delete", "HistoryUpdate", "SetMonitoring", "Register"):
        assert not any(
            forbidden in service for service in set(asked.services) - {"DeleteSubscriptionsRequest"}
        )


async def test_all_nodes_missing_is_no_fault_of_the_connection(server: SmallServer) -> None:
    async with running(link(server.port), machine(node("a", "ns=2;s=nowhere"))) as seen:
        await seen.scan(all_are(Quality.DEVICE_FAULT))
    assert seen.link_history == ["up"]
