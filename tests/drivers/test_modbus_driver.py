"""The Modbus driver against scripted devices on real sockets."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest

from config.modbus_link import ModbusTcp
from config.source import RegisterType, Table
from drivers.reading import Quality, Scan
from tests.drivers.plant import Recorder, all_are, device, good, make_driver, register_point, running
from tests.drivers.scripted import Reply, Request, Scripted, tcp_device
from tests.support.waiting import let_pass

PERIOD_S = 0.1


def tcp(port: int, timeout: str = "200 ms") -> ModbusTcp:
    return ModbusTcp(host="127.0.0.1", port=port, timeout=timeout)


def silent_while(units: set[int]) -> Scripted:
    """A server whose units in `units` say nothing; the set may change while it runs."""
    return Scripted(script=lambda request: Reply(silent=request.unit in units))


def longest_gap_s(scans: Iterable[Scan]) -> float:
    """The longest time between one scan and the next."""
    times = [scan.mono_ns for scan in scans]
    return max(later - sooner for sooner, later in pairwise(times)) / 1e9


async def test_each_register_arrives_with_its_own_address_as_its_value() -> None:
    points = [
        register_point(f"{table.value}-{address}", address, kind, table=table)
        for table in Table
        for address in (0, 1, 7, 300, 65535)
        for kind in [RegisterType.BIT if table.holds_bits else RegisterType.UINT16]
    ]
    server = Scripted()
    async with tcp_device(server) as port, running(tcp(port), [device(*points)]) as seen:
        blocks = 16
        await seen.until(lambda: len({scan.plan for scan in seen.scans}) == blocks)
        for scan in seen.scans:
            for point, value in zip(scan.plan.points, scan.values, strict=True):
                address = int(point.id.rpartition("-")[2])
                assert value == (address & 1 if "coil" in point.id or "discrete" in point.id else address)


async def test_scans_lie_on_the_grid_and_carry_their_times() -> None:
    async with tcp_device(Scripted()) as port, running(tcp(port), [device(register_point("p", 5))]) as seen:
        await seen.until(lambda: len(seen.scans) == 8)
    starts = [scan.mono_ns / 1e9 for scan in seen.scans]
    drift = [start - starts[0] - n * PERIOD_S for n, start in enumerate(starts)]
    assert max(map(abs, drift)) < PERIOD_S / 2
    assert all(scan.utc_ns > 1_600_000_000 * 10**9 for scan in seen.scans)
    assert seen.link_history == ["up"]


async def test_a_unit_that_goes_silent_costs_its_neighbours_no_slot() -> None:
    silent: set[int] = set()
    server = silent_while(silent)
    devices = [device(register_point(f"u{n}", n, unit_id=n, period_s=0.3), unit_id=n) for n in (1, 2, 3)]
    async with tcp_device(server) as port, running(tcp(port), devices) as seen:
        await seen.until(lambda: all(len(seen.of(n)) >= 2 for n in (1, 2, 3)))
        silent.add(2)
        await seen.until(lambda: sum(not good(scan) for scan in seen.of(2)) >= 8)
        silent.clear()
        await seen.scan(lambda scan: scan.plan.block.startswith("2/") and good(scan))
    for unit_id in (1, 3):
        assert all(good(scan) for scan in seen.of(unit_id))
    for unit_id in (1, 2, 3):
        assert longest_gap_s(seen.of(unit_id)) < 2 * 0.3
    assert seen.link_history == ["up"]


async def test_a_resting_unit_has_a_bad_scan_in_every_slot_but_few_requests() -> None:
    server = silent_while({2})
    devices = [device(register_point(f"u{n}", n, unit_id=n, period_s=0.05), unit_id=n) for n in (1, 2)]
    async with tcp_device(server) as port, running(tcp(port), devices) as seen:
        await seen.until(lambda: len(seen.of(2)) >= 30)
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.of(2))
    assert len([request for request in server.requests if request.unit == 2]) <= 5


async def test_an_exception_reply_is_the_devices_own_fault_and_no_reason_to_rest() -> None:
    def script(request: Request) -> Reply:
        return Reply(exception=2) if request.first == 9 else Reply()

    points = [register_point("ok", 0), register_point("hole", 9)]
    async with tcp_device(Scripted(script=script)) as port, running(tcp(port), [device(*points)]) as seen:
        await seen.until(lambda: len(seen.scans) >= 8)
    for scan in seen.scans:
        assert good(scan) if scan.plan.block.endswith("/0+1") else all_are(Quality.DEVICE_FAULT)(scan)


async def test_a_gateway_that_speaks_for_a_dead_unit_is_a_comm_fault() -> None:
    def script(request: Request) -> Reply:
        return Reply(exception=11) if request.unit == 2 else Reply()

    devices = [device(register_point(f"u{n}", n, unit_id=n), unit_id=n) for n in (1, 2)]
    async with tcp_device(Scripted(script=script)) as port, running(tcp(port), devices) as seen:
        await seen.until(lambda: len(seen.of(2)) >= 5)
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.of(2))
    assert all(good(scan) for scan in seen.of(1))


@pytest.mark.parametrize("reply", [Reply(function=4), Reply(count=1)], ids=["wrong function", "short"])
async def test_a_wrong_answer_is_bad_data_and_the_next_one_is_good_again(reply: Reply) -> None:
    server = Scripted(script=lambda request: reply if request.number == 2 else Reply())
    point = register_point("p", 40, RegisterType.UINT32)
    async with tcp_device(server) as port, running(tcp(port), [device(point)]) as seen:
        await seen.until(lambda: len(seen.scans) >= 4)
    assert [good(scan) for scan in seen.scans[:4]] == [True, False, True, True]
    assert all(scan.values == ((40 << 16) + 41,) for scan in seen.scans if good(scan))


async def test_a_connection_dropped_in_mid_request_is_bad_at_once_and_back_soon() -> None:
    server = Scripted(script=lambda request: Reply(drop=request.number == 3))
    async with (
        tcp_device(server) as port,
        running(tcp(port, "5 s"), [device(register_point("p", 5))]) as seen,
    ):
        bad = await seen.scan(all_are(Quality.COMM_FAULT))
        back = await seen.scan(good)
    assert bad.mono_ns - seen.scans[1].mono_ns < 10**9  # not after the 5 s that a silent unit would have
    assert back.mono_ns - bad.mono_ns < 10**9
    assert seen.link_history == ["up", "lost", "up"]


async def test_a_connection_that_breaks_between_two_slots_is_noticed_before_the_next() -> None:
    async with AsyncExitStack() as server:
        port = await server.enter_async_context(tcp_device(Scripted()))
        async with running(tcp(port), [device(register_point("p", 5, period_s=60.0))]) as seen:
            await seen.status("up")
            await server.aclose()
            await seen.status("refused")
    assert seen.link_history == ["up", "lost", "refused"]


async def test_a_server_that_restarts_is_found_again_without_our_restart(port: int) -> None:
    async with running(tcp(port), [device(register_point("p", 5))]) as seen:
        await seen.status("refused")
        async with tcp_device(Scripted(), port):
            await seen.scan(good)
        await seen.scan(all_are(Quality.COMM_FAULT))
        await seen.status("refused")
        async with tcp_device(Scripted(), port):
            await seen.scan(good)
    assert seen.link_history == ["refused", "up", "lost", "refused", "up"]


async def test_while_the_connection_is_down_every_slot_is_bad(port: int) -> None:
    async with running(tcp(port), [device(register_point("p", 5))]) as seen:
        await seen.until(lambda: len(seen.scans) >= 15)
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.scans)
    assert longest_gap_s(seen.scans) < 2 * PERIOD_S
    assert seen.link_history == ["refused"]


async def test_an_unknown_host_is_unreachable() -> None:
    settings = ModbusTcp(host="no-such-host.invalid", timeout="1 s")
    async with running(settings, [device(register_point("p", 5))]) as seen:
        status = await seen.status("unreachable")
    assert status.fault is not None
    assert status.fault.where == "no-such-host.invalid:502"


async def test_a_server_that_accepts_and_never_answers_is_silent_until_it_speaks() -> None:
    silent = {1, 2}
    server = silent_while(silent)
    devices = [device(register_point(f"u{n}", n, unit_id=n), unit_id=n) for n in (1, 2)]
    async with tcp_device(server) as port, running(tcp(port, "100 ms"), devices) as seen:
        await seen.status("silent")
        silent.clear()
        await seen.status("up")
        await seen.scan(good)
    assert seen.link_history == ["silent", "up"]


async def test_slow_answers_thin_the_grid_out_evenly_instead_of_piling_up() -> None:
    server = Scripted(script=lambda _: Reply(delay_s=0.07))
    points = [register_point(f"p{n}", 10 * n) for n in range(4)]
    async with tcp_device(server) as port, running(tcp(port), [device(*points)]) as seen:
        await seen.until(lambda: len(seen.scans) >= 16)
    counts = [sum(scan.plan.points[0].id == point.id for scan in seen.scans) for point in points]
    assert max(counts) - min(counts) <= 1
    assert all(good(scan) for scan in seen.scans)


async def test_nothing_but_read_requests_ever_leaves() -> None:
    def script(request: Request) -> Reply:
        odd = [Reply(), Reply(silent=True), Reply(exception=6), Reply(drop=True), Reply(function=6)]
        return odd[request.number % 5]

    server = Scripted(script=script)
    points = [
        register_point(
            table.value, 0, RegisterType.BIT if table.holds_bits else RegisterType.UINT16, table=table
        )
        for table in Table
    ]
    async with tcp_device(server) as port, running(tcp(port, "50 ms"), [device(*points)]) as seen:
        await seen.until(lambda: len(server.requests) >= 12)
    assert {frame[7] for frame in server.frames} <= {1, 2, 3, 4}
    assert all(len(frame) == 12 for frame in server.frames)


async def test_the_plans_hold_every_point_once() -> None:
    points = [register_point(f"p{n}", 3 * n) for n in range(5)]
    driver = make_driver(tcp(1), [device(*points)], Recorder())
    assert [plan.block for plan in driver.plans] == [f"1/holding-register/{3 * n}+1" for n in range(5)]
    assert [p for plan in driver.plans for p in plan.points] == points


async def test_a_driver_without_points_waits_and_does_no_harm() -> None:
    async with tcp_device(Scripted()) as port, running(tcp(port), []) as seen:
        await let_pass(0.05)
    assert seen.scans == []


async def test_a_stopped_driver_leaves_no_bad_scans_behind() -> None:
    server = Scripted(script=lambda _: Reply(delay_s=0.05))
    async with tcp_device(server) as port, running(tcp(port), [device(register_point("p", 5))]) as seen:
        await seen.until(lambda: len(server.requests) == 2)
    assert all(good(scan) for scan in seen.scans)
