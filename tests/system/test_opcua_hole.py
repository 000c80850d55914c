"""An OPC UA server dies and comes back: in the store, its absence is BAD, and nothing else is.

Goal: from the loss to the first new value every item of the connection has a BAD
interval, as long as the server's downtime, within 1 s at either end. Method: the
server is a process of its own, killed and started again on its port; the
stopped agent's store is read by a second reader.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

from drivers.clock import SystemClock
from simulator.demo.store_reader import StoredReading
from tests.drivers.conftest import free_port
from tests.drivers.opcua_server import child_server, endpoint
from tests.system.platform import Platform
from tests.system.site import site

DOWN_S = 3
TOLERANCE_S = 1.0

CONNECTION = """connections: {{furnace: {{opcua: {{
  endpoint: "{endpoint}", publishing_interval: 50 ms, timeout: 500 ms, silence: 1 s}}}}, """

FURNACE = """
  tilt-1:
    name: Furnace
    connection: furnace
    period: 50 ms
    points:
      count: {name: Count, opcua: {id: ns=2;s=count}}
      still: {name: Still, opcua: {id: ns=2;s=still}}
uplinks:
"""


@asynccontextmanager
async def server(port: int) -> AsyncIterator[None]:
    """Run the server, without holding up the loop while it starts; at the end it is dead."""
    child = child_server(port)
    await asyncio.to_thread(child.__enter__)
    try:
        yield
    finally:
        child.__exit__(None, None, None)


def with_furnace(text: str, port: int) -> str:
    """Put the furnace beside the gas detector of a plant file."""
    connections = CONNECTION.format(endpoint=endpoint(port))
    return text.replace("connections: {", connections).replace("\nuplinks:\n", FURNACE)


def hole(readings: list[StoredReading]) -> tuple[int, int]:
    """Return the UTC times at which the one BAD interval begins and ends. There must be exactly one."""
    runs = [(is_good, list(run)) for is_good, run in groupby(readings, lambda r: r.quality == "good")]
    assert [is_good for is_good, _ in runs] == [True, False, True]
    bad, after = runs[1][1], runs[2][1]
    assert {(r.quality, r.value) for r in bad} == {("comm-fault", None)}
    return bad[0].utc_ns, after[0].utc_ns


async def test_the_hole_that_a_server_leaves_is_bad_for_as_long_as_it_was_away(tmp_path: Path) -> None:
    clock, port = SystemClock(), free_port()
    async with (
        Platform() as platform,
        site(tmp_path, platform, edit=lambda text: with_furnace(text, port)) as plant,
    ):

        def good(point: str) -> int:
            return sum(d["quotaId"] == f"tilt-1.{point}" and d["isValid"] for d in platform.datas())

        async with server(port):
            await plant.start()
            await platform.until(lambda: good("count") >= 10)
        down_ns = clock.now_ns()
        await plant.until_served(DOWN_S * 10)
        async with server(port):
            up_ns = clock.now_ns()
            before = good("still")
            await platform.until(lambda: good("still") > before)
            assert await plant.stop() == 0

    readings = sorted(plant.store().readings, key=lambda r: (r.epoch, r.seq, r.index))
    for point in ("tilt-1.count", "tilt-1.still"):
        begin_ns, end_ns = hole([r for r in readings if r.point.id == point])
        assert abs(begin_ns - down_ns) < TOLERANCE_S * 1e9
        assert abs(end_ns - up_ns) < TOLERANCE_S * 1e9
        assert (end_ns - begin_ns) / 1e9 > DOWN_S - TOLERANCE_S
    neighbour = [r for r in readings if r.point.id == "co-1.concentration"]
    assert all(r.quality == "good" for r in neighbour), "the hole is the furnace's alone"
