"""States and heartbeats over OPC UA, against a real server: values that stand still must not stay good."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from config.model import Marks, Point, State, Text
from config.opcua_link import OpcUa
from drivers.reading import Quality, Scan
from tests.drivers.conftest import free_port
from tests.drivers.opcua_server import SmallServer, endpoint, small_server
from tests.drivers.plant import Recorder, device, node_point, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATES = {1: State(Text("测量", "measuring"), "good"), 8: State(Text("标定", "calibration"), "calibration")}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[SmallServer]:
    async with small_server(free_port(), gas=20.0, state=1.0, beat=0.0) as small:
        yield small


def point(name: str, marks: Marks | None = None) -> Point:
    return replace(node_point(name, f"ns=2;s={name}", period_s=0.05), id=name, marks=marks)


def settings(port: int, mode: str = "subscribe") -> OpcUa:
    return OpcUa.model_validate(
        {"endpoint": endpoint(port), "publishing_interval": "50 ms", "timeout": "500 ms", "mode": mode}
    )


def last(recorder: Recorder, name: str) -> tuple[object, Quality, int | None]:
    """Return the last reading of a point, with its source time."""
    for scan in reversed(recorder.scans):
        for position, of in enumerate(scan.plan.points):
            if of.id == name:
                quality = Quality.GOOD if scan.qualities is None else scan.qualities[position]
                source_ns = None if scan.source_ns is None else scan.source_ns[position]
                return scan.values[position], quality, source_ns
    return None, Quality.STALE, None


async def test_a_value_that_stands_still_is_shown_again_when_its_device_is_calibrated(
    server: SmallServer,
) -> None:
    await server.set(gas=20.0, state=1.0)
    marks = Marks(("gas",), states=STATES, is_complete=True)
    async with running(settings(server.port), [device(point("gas"), point("state", marks))]) as seen:
        await seen.until(lambda: last(seen, "gas")[1] is Quality.GOOD)
        first_ns = last(seen, "gas")[2]
        await server.set(state=8.0)
        await seen.until(lambda: last(seen, "gas")[1] is Quality.CALIBRATION)
        assert last(seen, "gas") == (20.0, Quality.CALIBRATION, first_ns)  # measured then, marked now
        await server.set(state=1.0)
        await seen.until(lambda: last(seen, "gas") == (20.0, Quality.GOOD, first_ns))


async def test_a_heartbeat_that_stops_is_noticed_though_nothing_is_sent(server: SmallServer) -> None:
    await server.set(gas=20.0, beat=0.0)
    marks = Marks(("gas",), heartbeat_s=1.0)
    async with running(settings(server.port), [device(point("gas"), point("beat", marks))]) as seen:
        await seen.until(lambda: last(seen, "gas")[1] is Quality.SUSPECT)
        await server.set(beat=1.0)
        await seen.until(lambda: last(seen, "gas")[:2] == (20.0, Quality.GOOD))
        await seen.until(lambda: last(seen, "gas")[:2] == (None, Quality.STALE))
        await server.set(beat=2.0)
        await seen.until(lambda: last(seen, "gas")[:2] == (20.0, Quality.GOOD))


async def test_polled_values_are_not_shown_between_their_slots(server: SmallServer) -> None:
    await server.set(gas=20.0, state=8.0)
    marks = Marks(("gas",), states=STATES, is_complete=True)
    blocks: set[str] = set()

    def is_marked(scan: Scan) -> bool:
        blocks.add(scan.plan.block)
        return last(seen, "gas")[:2] == (20.0, Quality.CALIBRATION)

    devices = [device(point("gas"), point("state", marks))]
    async with running(settings(server.port, "poll"), devices) as seen, asyncio.timeout(8):
        await seen.scan(is_marked)
        assert all(len(scan.plan.points) == 2 for scan in seen.scans)
    assert blocks == {"poll"}
