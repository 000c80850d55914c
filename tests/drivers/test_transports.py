"""What a connection may ask of us: serial servers, one connection per request, or several, odd gateways."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest

from config.modbus_link import ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.model import Device
from drivers.messages import describe, describe_note
from drivers.reading import Quality, Scan
from tests.drivers.plant import Recorder, all_are, device, good, make_driver, register_point, running
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device, tcp_device


def units(*numbers: int, period_s: float = 0.2) -> list[Device]:
    return [
        device(register_point(f"u{n}", 100 * n, unit_id=n, period_s=period_s), unit_id=n) for n in numbers
    ]


def tcp(port: int, **settings: object) -> ModbusTcp:
    given = {"host": "127.0.0.1", "port": port, "timeout": "200 ms", **settings}
    return ModbusTcp.model_validate(given)


def serial_server(port: int, **settings: object) -> ModbusRtuTcp:
    given = {"host": "127.0.0.1", "port": port, "timeout": "200 ms", **settings}
    return ModbusRtuTcp.model_validate(given)


def count_good(scans: Iterable[Scan]) -> int:
    return sum(good(scan) for scan in scans)


class Overlap:
    """How many requests are in flight at the same time, altogether and per unit."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._now: Counter[int] = Counter()
        self.most = 0
        self.most_per_unit = 0

    def __call__(self, request: Request) -> Reply:
        self._now[request.unit] += 1
        self.most = max(self.most, self._now.total())
        self.most_per_unit = max(self.most_per_unit, *self._now.values())
        asyncio.get_running_loop().call_later(self._delay_s, self._over, request.unit)
        return Reply(delay_s=self._delay_s)

    def _over(self, unit: int) -> None:
        self._now[unit] -= 1


# A serial server


async def test_units_behind_a_serial_server_are_polled() -> None:
    server = Scripted(rtu=True)
    async with tcp_device(server) as port, running(serial_server(port), units(11, 12)) as seen:
        await seen.until(lambda: all(count_good(seen.of(n)) >= 2 for n in (11, 12)))
    assert {scan.values for scan in seen.of(11)} == {(1100,)}
    assert seen.link_history == ["up"]
    assert {len(frame) for frame in server.frames} == {8}  # no MBAP


async def test_a_late_answer_through_a_serial_server_is_no_reading_even_after_it_was_dialled_anew() -> None:
    """Two registers of one unit, asked alike: a late answer of one would pass for the other's."""

    def script(request: Request) -> Reply:
        return Reply(delay_s=0.35) if request.number % 3 == 0 else Reply()

    points = [register_point(f"p{n}", n, period_s=0.1) for n in (7, 900)]
    async with (
        tcp_device(Scripted(rtu=True, script=script)) as port,
        running(serial_server(port, per_request=True), [device(*points)]) as seen,
    ):
        await seen.until(lambda: count_good(seen.scans) >= 12)
    expected = {"p7": 7, "p900": 900}
    for scan in seen.scans:
        assert scan.values[0] in (None, expected[scan.plan.points[0].id])


async def test_an_echo_of_the_request_is_taken_out() -> None:
    server = Scripted(rtu=True)
    server.script = lambda _: Reply(before=server.frames[-1])
    async with tcp_device(server) as port, running(serial_server(port, echo=True), units(11)) as seen:
        await seen.until(lambda: count_good(seen.scans) >= 3)
    assert seen.notes == []


async def test_an_echo_that_differs_costs_the_answer_and_is_told_once() -> None:
    server = Scripted(rtu=True)
    server.script = lambda _: Reply(before=b"\x00" + server.frames[-1][1:])
    async with tcp_device(server) as port, running(serial_server(port, echo=True), units(11)) as seen:
        await seen.until(lambda: len(seen.scans) >= 4)
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.scans)
    assert [note.code for note in seen.notes] == ["wrong-echo"]
    assert "echo" in describe_note(seen.notes[0]).zh


# One connection per request


async def test_a_device_that_hangs_up_after_each_answer_is_in_order_where_that_is_known() -> None:
    server = Scripted(script=lambda _: Reply(hang_up=True))
    async with tcp_device(server) as port, running(tcp(port, per_request=True), units(1, 2)) as seen:
        await seen.until(lambda: len(seen.scans) >= 10)
    assert all(good(scan) for scan in seen.scans)
    assert seen.link_history == ["up"]
    assert seen.notes == []


async def test_where_it_is_not_known_it_is_told_with_the_mend() -> None:
    server = Scripted(script=lambda _: Reply(hang_up=True))
    async with tcp_device(server) as port, running(tcp(port), units(1)) as seen:
        await seen.until(lambda: bool(seen.notes))
    assert [note.code for note in seen.notes] == ["hangs-up"]
    assert "per_request: true" in describe_note(seen.notes[0]).zh


async def test_one_connection_per_request_keeps_the_pause() -> None:
    server = Scripted()
    asked: list[float] = []

    def script(_: Request) -> Reply:
        asked.append(asyncio.get_running_loop().time())
        return Reply()

    server.script = script
    async with (
        tcp_device(server) as port,
        running(tcp(port, per_request=True, pause="150 ms"), units(1, 2, 3)) as seen,
    ):
        await seen.until(lambda: len(asked) >= 6)
    assert min(later - sooner for sooner, later in pairwise(asked)) >= 0.15


async def test_without_a_listener_one_connection_per_request_says_so(port: int) -> None:
    async with running(tcp(port, per_request=True), units(1)) as seen:
        await seen.status("refused")
        async with tcp_device(Scripted(), port):
            await seen.scan(good)
    assert seen.link_history == ["refused", "up"]


# Several connections


async def test_several_connections_serve_several_units_at_once_but_never_one_unit_twice() -> None:
    overlap = Overlap(delay_s=0.06)
    devices = [
        device(
            *(register_point(f"u{n}-{k}", 100 * n + 10 * k, unit_id=n, period_s=0.25) for k in range(2)),
            unit_id=n,
        )
        for n in (1, 2, 3)
    ]
    async with (
        tcp_device(Scripted(script=overlap)) as port,
        running(tcp(port, max_connections=3), devices) as seen,
    ):
        await seen.until(lambda: len(seen.scans) >= 24)
    assert overlap.most > 1
    assert overlap.most_per_unit == 1
    assert all(good(scan) for scan in seen.scans)


async def test_a_device_that_allows_fewer_connections_is_served_over_those_and_it_is_told() -> None:
    server = Scripted()
    async with OneOnly(server) as port, running(tcp(port, max_connections=2), units(1, 2)) as seen:
        await seen.until(lambda: bool(seen.notes))
        assert "max_connections: 1" in describe_note(seen.notes[0]).en
        assert all(good(scan) for scan in seen.scans)
    assert seen.link_history == ["up"]


class OneOnly:
    """Serves a device to the first that comes, and hangs up on all others while that one stays."""

    def __init__(self, device_: Scripted) -> None:
        self._device = device_
        self._is_taken = False
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_taken:
            writer.close()
            return
        self._is_taken = True
        buffer = bytearray()
        while data := await reader.read(4096):
            buffer += data
            self._device.take(buffer, writer.write, writer.close)
        writer.close()
        self._is_taken = False


# Odd gateways


async def test_a_gateway_with_a_constant_transaction_id_is_understood_where_that_is_known() -> None:
    server = Scripted(script=lambda _: Reply(transaction=0))
    async with tcp_device(server) as port:
        async with running(tcp(port), units(1)) as seen:
            await seen.until(lambda: len(seen.scans) >= 3)
        assert count_good(seen.scans) == 0
        async with running(tcp(port, any_transaction_id=True), units(1, 2)) as seen:
            await seen.until(lambda: count_good(seen.scans) >= 6)
    assert {scan.values for scan in seen.of(2)} == {(200,)}


async def test_a_late_answer_without_transaction_id_is_never_another_reading() -> None:
    def script(request: Request) -> Reply:
        return Reply(delay_s=0.3 if request.number % 4 == 0 else 0.0, transaction=0)

    points = [register_point(f"p{n}", n, period_s=0.1) for n in (7, 900)]
    async with (
        tcp_device(Scripted(script=script)) as port,
        running(tcp(port, any_transaction_id=True), [device(*points)]) as seen,
    ):
        await seen.until(lambda: count_good(seen.scans) >= 12)
    expected = {"p7": 7, "p900": 900}
    for scan in seen.scans:
        assert scan.values[0] in (None, expected[scan.plan.points[0].id])


# Repeating, pausing, settling


async def test_a_question_is_repeated_before_a_silence_counts() -> None:
    server = Scripted(script=lambda request: Reply(silent=request.number % 2 == 1))
    async with tcp_device(server) as port, running(tcp(port, retries=1), units(1, period_s=0.5)) as seen:
        await seen.until(lambda: len(seen.scans) >= 4)
    assert all(good(scan) for scan in seen.scans)


async def test_without_retries_the_same_silences_cost_their_slots() -> None:
    server = Scripted(script=lambda request: Reply(silent=request.number % 2 == 1))
    async with tcp_device(server) as port, running(tcp(port), units(1, period_s=0.5)) as seen:
        await seen.until(lambda: len(seen.scans) >= 4)
    assert any(not good(scan) for scan in seen.scans)


async def test_a_dead_unit_is_repeated_once_and_then_only_probed() -> None:
    server = Scripted(script=lambda request: Reply(silent=request.unit == 2))
    async with tcp_device(server) as port, running(tcp(port, retries=3), units(1, 2)) as seen:
        await seen.until(lambda: len(seen.of(2)) >= 12)
    dead = [request for request in server.requests if request.unit == 2]
    assert 4 < len(dead) <= 4 + 4  # four at first, then one probe for each of at most four rests
    assert all(good(scan) for scan in seen.of(1)[4:])


async def test_a_new_connection_is_left_alone_for_a_while() -> None:
    times: dict[str, float] = {}
    loop = asyncio.get_running_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        times["open"] = loop.time()
        await reader.read(1)
        times["asked"] = loop.time()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        number: int = server.sockets[0].getsockname()[1]
        async with running(tcp(number, settle="300 ms"), units(1)) as seen:
            await seen.status("lost")
    assert times["asked"] - times["open"] >= 0.3


async def test_nothing_is_sent_into_a_line_on_which_somebody_was_just_heard() -> None:
    server = Scripted(rtu=True)
    asked: list[float] = []
    loop = asyncio.get_running_loop()

    def script(_: Request) -> Reply:
        asked.append(loop.time())
        return Reply()

    server.script = script
    async with tcp_device(server) as port:
        settings = serial_server(port, turnaround="120 ms")
        async with running(settings, units(1, 2, 3, period_s=0.5)) as seen:
            await seen.until(lambda: len(asked) >= 6)
    assert min(later - sooner for sooner, later in pairwise(asked)) >= 0.12


async def test_a_local_address_that_is_not_ours_is_told() -> None:
    async with tcp_device(Scripted()) as port, running(tcp(port, bind="192.0.2.9"), units(1)) as seen:
        status = await seen.status("no-local-address")
        assert status.fault is not None
        assert "192.0.2.9" in describe(status.fault).zh


async def test_we_dial_from_the_address_that_is_written() -> None:
    peers: list[str] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        number: int = server.sockets[0].getsockname()[1]
        async with running(tcp(number, bind="127.0.0.5"), units(1)) as seen:
            await seen.status("lost")
    assert set(peers) == {"127.0.0.5"}


@pytest.mark.parametrize("echo", [False, True])
async def test_the_first_answer_after_a_spoilt_echo_is_taken_again(echo: bool) -> None:
    server = Scripted(rtu=True)
    server.script = lambda request: Reply(
        before=(b"\xff" * 8 if request.number == 2 else server.frames[-1]) if echo else b""
    )
    with rtu_device(server) as port:
        settings = ModbusRtu(port=port, baudrate=115200, timeout="150 ms", echo=echo)
        async with running(settings, units(11)) as seen:
            await seen.until(lambda: count_good(seen.scans) >= 4)
    assert {scan.values for scan in seen.scans if good(scan)} == {(1100,)}


@pytest.mark.parametrize("way", [{"per_request": True}, {"max_connections": 3}, {}])
async def test_only_links_that_broke_count_as_made_again(way: dict[str, object]) -> None:
    server = Scripted(script=lambda request: Reply(drop=request.number == 7))
    seen = Recorder()
    async with tcp_device(server) as port, asyncio.TaskGroup() as tasks:
        driver = make_driver(tcp(port, **way), units(1, 2, 3), seen)
        running_ = tasks.create_task(driver.run(seen.emit))
        await seen.until(lambda: len(server.requests) == 6)
        assert driver.statistics.reconnects == 0
        await seen.until(lambda: count_good(seen.scans) >= 12)
        assert driver.statistics.reconnects == 1
        running_.cancel()
