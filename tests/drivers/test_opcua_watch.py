"""What an OPC UA connection shows of itself."""

import asyncio

from config.opcua_link import OpcUa
from drivers.clock import SystemClock
from tests.drivers.opcua_server import endpoint, small_server
from tests.drivers.plant import Recorder, device, good, make_driver, node_point


async def test_requests_notifications_and_connections_are_counted(port: int) -> None:
    settings = OpcUa(endpoint=endpoint(port), publishing_interval="50 ms", timeout="500 ms", silence="1 s")
    recorder, begun_ns = Recorder(), SystemClock().now_ns()
    points = (node_point("one", "ns=2;s=one"), node_point("other", "ns=2;s=other"))
    driver = make_driver(settings, [device(*points, unit_id=None)], recorder)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(driver.run(recorder.emit))
        async with small_server(port, one=1.0, other=2.0) as server:
            await recorder.scan(good)
            await server.set(one=3.0)
            await recorder.scan(lambda scan: 3.0 in scan.values)
            assert driver.statistics.connects == 1
        await recorder.until(lambda: recorder.link != "up")
        async with small_server(port, one=1.0, other=2.0):
            await recorder.status("up")
            statistics, whole = driver.statistics, driver.statistics.whole
            task.cancel()
    assert statistics.reconnects >= 1
    assert statistics.notifications >= 2
    assert whole.requests >= whole.replies > 5
    assert whole.answered > 0
    assert whole.last_good_ns is not None
    assert whole.last_good_ns > begun_ns
    assert statistics.units == {}
    assert driver.frames == ()
