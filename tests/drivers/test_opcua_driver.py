"""The OPC UA driver against real asyncua servers: in this process, and in one that is killed and hung."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC

import pytest
import pytest_asyncio
from asyncua import ua
from asyncua.server.uaprocessor import UaProcessor

from config.model import Device, Point
from config.opcua_link import OpcUa
from drivers.opcua.services import ForbiddenServiceError, ReadOnly
from drivers.reading import Quality
from tests.drivers.conftest import free_port
from tests.drivers.opcua_server import SmallServer, child_server, endpoint, small_server
from tests.drivers.plant import Recorder, all_are, device, good, make_driver, node_point, running
from tests.drivers.scripted import Reply, Scripted, tcp_device
from tests.support.waiting import let_pass

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[SmallServer]:
    """One server for all tests that leave it standing: to start one takes a second."""
    async with small_server(free_port(), tilt=0.0, level=0.0) as small:
        yield small


def opcua(port: int, *, publishing: str = "50 ms", silence: str = "1 s") -> OpcUa:
    return OpcUa(endpoint=endpoint(port), publishing_interval=publishing, timeout="500 ms", silence=silence)


def watched(*names: str) -> list[Device]:
    return [machine(*(node_point(name, f"ns=2;s={name}", period_s=0.05) for name in names))]


def machine(*points: Point) -> Device:
    return device(*points, unit_id=None)


def values_of(recorder: Recorder, name: str) -> list[object]:
    """Every value of one point, in the order in which it came."""
    return [
        value
        for scan in recorder.scans
        for point, value in zip(scan.plan.points, scan.values, strict=True)
        if point.id == name
    ]


async def test_values_come_first_all_at_once_and_then_as_they_change(server: SmallServer) -> None:
    await server.set(tilt=1.5, level=200.0)
    async with running(opcua(server.port), watched("tilt", "level")) as seen:
        first = await seen.scan(good)
        assert (first.values, first.plan.block) == ((1.5, 200.0), "subscription")
        await server.set(level=210.0)
        change = await seen.scan(good)
        assert [point.id for point in change.plan.points] == ["level"]
        assert change.values == (210.0,)
    assert seen.link_history == ["up"]


async def test_the_same_points_always_share_one_plan(server: SmallServer) -> None:
    await server.set(tilt=1.5, level=200.0)
    async with running(opcua(server.port), watched("tilt", "level")) as seen:
        await seen.scan(good)
        for number in (1.0, 2.0):
            await server.set(level=number)
            await seen.scan(good)
    assert seen.scans[1].plan is seen.scans[2].plan
    assert seen.scans[0].plan is not seen.scans[1].plan


async def test_the_devices_own_times_are_kept(server: SmallServer) -> None:
    stamp = ua.DateTime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
    await server.set(tilt=0.0)
    await server.put("tilt", ua.DataValue(ua.Variant(1.0), SourceTimestamp=stamp))
    async with running(opcua(server.port), watched("tilt")) as seen:
        scan = await seen.scan(good)
    assert scan.source_ns == (round(stamp.timestamp()) * 10**9,)


async def test_samples_between_two_notifications_all_arrive_in_order(server: SmallServer) -> None:
    await server.set(tilt=0.0)
    async with running(opcua(server.port, publishing="300 ms"), watched("tilt")) as seen:
        await seen.scan(good)
        for number in range(1, 6):
            await server.set(tilt=number)
        await seen.until(lambda: 5.0 in values_of(seen, "tilt"))
    assert values_of(seen, "tilt") == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


async def test_points_of_different_periods_never_share_a_scan(server: SmallServer) -> None:
    fast = node_point("tilt", "ns=2;s=tilt", period_s=0.05)
    slow = node_point("level", "ns=2;s=level", period_s=0.2)
    await server.set(tilt=1.0, level=2.0)
    async with running(opcua(server.port), [machine(fast, slow)]) as seen:
        await seen.until(lambda: len(seen.scans) == 2)
    assert {(scan.plan.points, scan.plan.period_s) for scan in seen.scans} == {
        ((fast,), 0.05),
        ((slow,), 0.2),
    }


async def test_a_failed_sensor_is_bad_by_itself_and_good_again_when_mended(server: SmallServer) -> None:
    await server.set(tilt=1.0, level=2.0)
    async with running(opcua(server.port), watched("tilt", "level")) as seen:
        await seen.scan(good)
        status = ua.StatusCode(ua.UInt32(ua.StatusCodes.BadSensorFailure))
        await server.put("tilt", ua.DataValue(ua.Variant(1.0), status))
        bad = await seen.scan(all_are(Quality.DEVICE_FAULT))
        assert [point.id for point in bad.plan.points] == ["tilt"]
        await server.set(tilt=3.0)
        assert (await seen.scan(good)).values == (3.0,)


async def test_a_missing_node_is_bad_by_itself_until_it_appears(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.driver.MISSING_AGAIN_S", 0.5)
    await server.set(tilt=1.0)
    async with running(opcua(server.port), watched("nowhere", "tilt")) as seen:
        bad = await seen.scan(all_are(Quality.DEVICE_FAULT))
        assert [point.id for point in bad.plan.points] == ["nowhere"]
        await seen.until(lambda: 1.0 in values_of(seen, "tilt"))
        await server.set(nowhere=7.0)
        await seen.until(lambda: 7.0 in values_of(seen, "nowhere"))
    assert values_of(seen, "nowhere") == [None, 7.0]
    assert seen.link_history == ["up"]


async def test_a_server_killed_and_restarted_leaves_a_bad_interval_and_then_values(port: int) -> None:
    async with running(opcua(port), watched("count", "still")) as seen:
        await seen.status("refused")
        with child_server(port):
            await seen.until(lambda: good_values(seen, "count") >= 5)
        killed_ns = last_good_ns(seen)
        await seen.status("refused")
        hole = [scan for scan in seen.scans if not good(scan)][-1]
        with child_server(port):
            await seen.until(lambda: good_values(seen, "still") >= 2)
            back = next(scan for scan in seen.scans if scan.mono_ns > hole.mono_ns)
    assert all_are(Quality.COMM_FAULT)(hole)
    assert [point.id for point in hole.plan.points] == ["count", "still"]
    assert hole.mono_ns - killed_ns < 10**9
    assert [point.id for point in back.plan.points] == ["count", "still"]
    assert seen.link_history == ["refused", "up", "lost", "refused", "up"]


def good_values(recorder: Recorder, name: str) -> int:
    return sum(value is not None for value in values_of(recorder, name))


def last_good_ns(recorder: Recorder) -> int:
    return max(scan.mono_ns for scan in recorder.scans if good(scan))


async def test_a_server_that_hangs_is_found_out_and_taken_up_again_when_it_goes_on(port: int) -> None:
    with child_server(port) as process:
        async with running(opcua(port), watched("count", "still")) as seen:
            await seen.until(lambda: good_values(seen, "count") >= 3)
            process.send_signal(signal.SIGSTOP)
            hole = await seen.scan(all_are(Quality.COMM_FAULT))
            assert hole.mono_ns - last_good_ns(seen) < 3 * 10**9
            process.send_signal(signal.SIGCONT)
            await seen.until(lambda: good_values(seen, "still") >= 2)
    assert seen.link_history[:2] == ["up", "lost"]
    assert seen.link == "up"


async def test_a_subscription_that_died_alone_is_made_anew(server: SmallServer) -> None:
    async with running(opcua(server.port), watched("tilt")) as seen:
        await seen.scan(good)
        subscriptions = server.server.iserver.subscription_service
        await subscriptions.delete_subscriptions(list(subscriptions.subscriptions))
        await seen.scan(all_are(Quality.COMM_FAULT))
        await seen.scan(good)
    assert seen.link_history == ["up", "lost", "up"]


async def test_a_quiet_plant_is_no_fault(server: SmallServer) -> None:
    await server.set(tilt=1.0)
    async with running(opcua(server.port, publishing="100 ms", silence="200 ms"), watched("tilt")) as seen:
        await seen.scan(good)
        await let_pass(1.6)  # longer than `silence` and than a keep-alive: nothing may come of it
    assert len(seen.scans) == 1
    assert seen.link_history == ["up"]


async def test_a_loss_is_said_once_and_again_at_intervals_while_it_lasts(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.driver.BAD_AGAIN_S", 0.6)
    async with running(opcua(port), watched("tilt", "level")) as seen:
        await seen.until(lambda: len(seen.scans) == 3)
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.scans)
    assert all(len(scan.plan.points) == 2 for scan in seen.scans)
    assert 0.6 < (seen.scans[1].mono_ns - seen.scans[0].mono_ns) / 1e9 < 2.0
    assert seen.link_history == ["refused"]


async def test_a_server_that_accepts_and_never_answers_is_unreachable() -> None:
    async with (
        tcp_device(Scripted(script=lambda _: Reply(silent=True))) as port,
        running(opcua(port), watched("tilt")) as seen,
    ):
        status = await seen.status("unreachable")
    assert status.fault is not None
    assert status.fault.where == endpoint(port)


async def test_only_reading_services_ever_reach_the_server(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: set[str] = set()
    asked = asyncio.Event()
    process = UaProcessor._process_message

    async def noting(self: UaProcessor, typeid: ua.NodeId, *rest: object) -> object:
        service = ua.ObjectIdNames[int(str(typeid.Identifier))].partition("_")[0]
        got.add(service)
        if service == "ReadRequest":
            asked.set()
        return await process(self, typeid, *rest)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(UaProcessor, "_process_message", noting)
    monkeypatch.setattr("drivers.opcua.driver.MISSING_AGAIN_S", 0.5)
    async with running(opcua(server.port, silence="200 ms"), watched("tilt", "late")) as seen:
        await seen.scan(good)
        await server.set(late=1.0)
        await seen.until(lambda: 1.0 in values_of(seen, "late"))
        await asked.wait()
    assert not server.server.iserver._external_sessions  # the session was given back
    assert got <= {
        "CreateSessionRequest",
        "ActivateSessionRequest",
        "CreateSubscriptionRequest",
        "CreateMonitoredItemsRequest",
        "PublishRequest",
        "ReadRequest",
        "CloseSessionRequest",
        "CloseSecureChannelRequest",
    }


@pytest.mark.parametrize(
    "service", [ua.WriteRequest, ua.CallRequest, ua.AddNodesRequest, ua.HistoryUpdateRequest]
)
async def test_a_service_that_could_change_the_plant_is_stopped_before_it_is_encoded(service: type) -> None:
    with pytest.raises(ForbiddenServiceError):
        ReadOnly().observe_request(service())


async def test_the_plans_hold_every_point_once(port: int) -> None:
    points = [node_point(f"p{n}", f"ns=2;s=p{n}", period_s=1.0 + n % 2) for n in range(5)]
    driver = make_driver(opcua(port), [machine(*points)], Recorder())
    assert [plan.block for plan in driver.plans] == ["subscription"] * 2
    assert sorted(p.id for plan in driver.plans for p in plan.points) == [p.id for p in points]
