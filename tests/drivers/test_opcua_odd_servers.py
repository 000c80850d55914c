"""Servers that do less than they say: items never reported, worse intervals, nodes that fail a whole request.

Method: real asyncua servers, each bent at the one place that a server in the field gets wrong.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.internal_session import InternalSession
from asyncua.server.monitored_item_service import MonitoredItemService

from config.opcua_link import OpcUa
from drivers.messages import describe, describe_note
from drivers.note import Note
from drivers.opcua.batches import FAILED_ALONE_MAX, Batches
from drivers.reading import Quality
from tests.drivers.conftest import free_port
from tests.drivers.opcua_server import SmallServer, endpoint, small_server
from tests.drivers.plant import Recorder, all_are, device, good, node_point, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATE = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServerStatus_State))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[SmallServer]:
    async with small_server(free_port(), a=1.0, b=2.0, c=3.0) as small:
        yield small


def link(port: int, **settings: Any) -> OpcUa:
    given = {"publishing_interval": "50 ms", "timeout": "2 s", "silence": "300 ms", **settings}
    return OpcUa.model_validate({"endpoint": endpoint(port), **given})


def watch(server: SmallServer, *names: str, kept: dict[str, bytes] | None = None, **settings: Any) -> Any:
    points = [node_point(name, f"ns=2;s={name}", period_s=0.05) for name in names]
    return running(link(server.port, **settings), [device(*points, unit_id=None)], kept=kept or {})


def latest(seen: Recorder) -> dict[str, tuple[object, Quality]]:
    """Return each point's last value and quality."""
    found: dict[str, tuple[object, Quality]] = {}
    for scan in seen.scans:
        for n, point in enumerate(scan.plan.points):
            found[point.id] = (scan.values[n], scan.qualities[n] if scan.qualities else Quality.GOOD)
    return found


def fails_for_b(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every request that holds node b fail as a whole, as where its device driver hangs."""
    read, create = InternalSession.read, MonitoredItemService.create_monitored_items

    async def reading(self: InternalSession, parameters: ua.ReadParameters) -> Any:
        if any(each.NodeId.Identifier == "b" for each in parameters.NodesToRead):
            raise ServiceError(ua.StatusCodes.BadInternalError)
        return await read(self, parameters)

    async def creating(self: MonitoredItemService, parameters: ua.CreateMonitoredItemsParameters) -> Any:
        if any(each.ItemToMonitor.NodeId.Identifier == "b" for each in parameters.ItemsToCreate):
            raise ServiceError(ua.StatusCodes.BadInternalError)
        return await create(self, parameters)

    monkeypatch.setattr(InternalSession, "read", reading)
    monkeypatch.setattr(MonitoredItemService, "create_monitored_items", creating)


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_node_that_fails_the_whole_request_is_bad_by_itself_and_named(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    await server.set(a=1.0, b=2.0, c=3.0)
    with monkeypatch.context() as patch:
        fails_for_b(patch)
        async with watch(server, "a", "b", "c", mode=mode) as seen:
            await seen.until(lambda: latest(seen).get("b") == (None, Quality.DEVICE_FAULT))
            await server.set(a=11.0, c=13.0)
            await seen.until(lambda: latest(seen).get("a") == (11.0, Quality.GOOD))
            await seen.until(lambda: latest(seen).get("c") == (13.0, Quality.GOOD))
            await seen.until(lambda: bool(seen.notes))
            patch.undo()
            await seen.until(lambda: latest(seen).get("b") == (2.0, Quality.GOOD))
    assert seen.link_history == ["up"]
    [note] = seen.notes
    assert (note.code, note.fields["points"], note.fields["detail"]) == (
        "node-refused",
        "b",
        "BadInternalError",
    )


async def test_a_server_that_fails_every_request_is_asked_less_and_less_often(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_for_b(monkeypatch)
    opened = 0
    begin = InternalSession.create_session

    async def counting(self: InternalSession, *arguments: Any, **more: Any) -> Any:
        nonlocal opened
        opened += 1
        return await begin(self, *arguments, **more)

    monkeypatch.setattr(InternalSession, "create_session", counting)
    async with watch(server, "b", mode="poll") as seen:
        await seen.until(lambda: opened >= 5, within_s=20)
        monkeypatch.undo()
        await seen.until(lambda: latest(seen).get("b") == (2.0, Quality.GOOD), within_s=10)
    texts = [describe(status.fault).en for status in seen.statuses if status.fault is not None]
    assert all("BadInternalError" in text for text in texts)


async def test_parts_that_fail_are_found_by_halving_and_the_rest_is_answered() -> None:
    asked: list[int] = []

    async def request(batch: Any) -> list[int]:
        asked.append(len(batch))
        if any(part in (17, 18, 400) for part in batch):
            raise ua.uaerrors.BadInternalError
        return [part * 10 for part in batch]

    results = await Batches().run(range(500), request, lambda status: -1)
    assert results == [-1 if n in (17, 18, 400) else n * 10 for n in range(500)]
    assert len(asked) < 80


async def test_where_every_part_fails_not_all_are_asked_for() -> None:
    asked: list[int] = []

    async def request(batch: Any) -> list[int]:
        asked.append(len(batch))
        raise ua.uaerrors.BadInternalError

    assert await Batches().run(range(500), request, lambda status: -1) == [-1] * 500
    assert asked.count(1) == FAILED_ALONE_MAX


async def test_what_ends_the_session_is_raised_at_once() -> None:
    async def request(batch: Any) -> list[int]:
        raise ua.uaerrors.BadSessionIdInvalid

    with pytest.raises(ua.uaerrors.BadSessionIdInvalid):
        await Batches().run(range(500), request, lambda status: -1)


async def test_an_item_that_is_never_reported_is_read_instead_until_it_is(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.silent.GRACE_S", 1.0)
    await server.set(a=1.0, b=2.0)
    notify = MonitoredItemService.trigger_datachange

    async def forgetting(self: MonitoredItemService, handle: Any, nodeid: ua.NodeId, attr: Any) -> None:
        if nodeid.Identifier != "b":
            await notify(self, handle, nodeid, attr)

    monkeypatch.setattr(MonitoredItemService, "trigger_datachange", forgetting)
    async with watch(server, "a", "b") as seen:
        await seen.until(lambda: latest(seen).get("b") == (2.0, Quality.GOOD))
        assert latest(seen).get("a") == (1.0, Quality.GOOD)
        [note] = seen.notes
        assert (note.code, note.fields["points"]) == ("items-silent", "b")
        await server.set(b=7.0)  # now it is reported
        await seen.until(lambda: latest(seen).get("b") == (7.0, Quality.GOOD))
    assert seen.link_history == ["up"]


def revises(monkeypatch: pytest.MonkeyPatch, change: Callable[[ua.MonitoredItemCreateResult], None]) -> None:
    create = MonitoredItemService.create_monitored_items

    async def creating(self: MonitoredItemService, parameters: Any) -> Any:
        results = await create(self, parameters)
        for result in results:
            change(result)
        return results

    monkeypatch.setattr(MonitoredItemService, "create_monitored_items", creating)


async def test_intervals_and_queues_that_the_server_makes_worse_are_told_with_numbers(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(result: ua.MonitoredItemCreateResult) -> None:
        result.RevisedSamplingInterval = ua.Duration(60_000.0)

    revises(monkeypatch, change)
    async with watch(server, "a", "c") as seen:
        await seen.scan(good)
    [note] = seen.notes
    assert (note.code, note.fields["points"], note.fields["count"]) == ("sampling-revised", "a, c", 2)
    assert "60 s for 0.05 s" in describe_note(note).en


async def test_a_queue_too_short_for_what_is_sampled_between_two_reports_is_told(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(result: ua.MonitoredItemCreateResult) -> None:
        result.RevisedSamplingInterval = ua.Duration(50.0)
        result.RevisedQueueSize = ua.Counter(1)

    revises(monkeypatch, change)
    async with watch(server, "a", publishing_interval="500 ms") as seen:
        await seen.scan(good)
    [note] = seen.notes
    assert (note.code, note.fields["asked"], note.fields["granted"]) == ("queue-revised", 10, 1)


async def test_what_a_server_rounds_is_no_news(server: SmallServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(result: ua.MonitoredItemCreateResult) -> None:
        result.RevisedSamplingInterval = ua.Duration(70.0)
        result.RevisedQueueSize = ua.Counter(1)  # and as many are sampled between two reports

    revises(monkeypatch, change)
    async with watch(server, "a") as seen:
        await seen.scan(good)
    assert seen.notes == []


async def set_state(server: SmallServer, state: ua.ServerState) -> None:
    value = ua.DataValue(ua.Variant(state.value, ua.VariantType.Int32))
    await server.server.write_attribute_value(STATE, value)


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_server_that_says_it_does_not_run_is_not_believed(server: SmallServer, mode: str) -> None:
    async with watch(server, "a", mode=mode) as seen:
        await seen.scan(good)
        await set_state(server, ua.ServerState.Suspended)
        await seen.scan(all_are(Quality.COMM_FAULT))
        await set_state(server, ua.ServerState.Running)
        await seen.scan(good)
    [fault] = {status.fault for status in seen.statuses if status.fault is not None}
    assert fault.code == "server-not-running"
    assert "Suspended" in describe(fault).zh


async def test_test_mode_is_told(server: SmallServer) -> None:
    await set_state(server, ua.ServerState.Test)
    try:
        async with watch(server, "a") as seen:
            await seen.scan(good)
    finally:
        await set_state(server, ua.ServerState.Running)
    assert [note.code for note in seen.notes] == ["server-in-test"]


async def test_an_index_that_means_another_namespace_is_no_address(port: int) -> None:
    kept: dict[str, bytes] = {}

    def keep(notes: list[Note]) -> None:
        for note in notes:
            kept.update({key: value for key, value in note.kept.items() if value is not None})

    async with small_server(port, a=1.0) as server, watch(server, "a") as seen:
        await seen.scan(good)
        keep(seen.learnt)
    assert "urn:small" in describe_note(seen.learnt[0]).zh
    async with small_server(port, shift=1, a=1.0) as moved:
        imposter = ua.NodeId("a", 2)  # type: ignore[arg-type]
        await moved.server.nodes.objects.add_variable(imposter, "a", 999.0)
        async with watch(moved, "a", kept=kept) as seen:  # the agent was started again, too
            await seen.until(lambda: bool(seen.notes))
    assert {value for scan in seen.scans for value in scan.values} <= {None}
    assert seen.notes[0].code == "namespace-moved"
    assert "urn:small → urn:other:0" in describe_note(seen.notes[0]).en
