"""Connections that break in every way there is: noticed, not stormed, not leaked, and soon polled again."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from config.connection import Connection
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.model import Device
from drivers.messages import describe
from drivers.modbus.hold import RECONNECT_CAP_S, RECONNECT_FIRST_S
from drivers.reading import Quality
from tests.drivers.conftest import free_port
from tests.drivers.plant import all_are, device, good, register_point, running
from tests.drivers.scripted import Reply, Scripted, dtu_device, rtu_device, tcp_device
from tests.support.waiting import let_pass, until

OUTAGE_S = 5.0
"""Long enough for every wait to have grown to its cap."""
REJOIN_S = 5.0


def one_unit(period_s: float = 1.0) -> list[Device]:
    return [device(register_point("u1", 100, period_s=period_s))]


def tcp(port: int, **settings: object) -> ModbusTcp:
    given = {"host": "127.0.0.1", "port": port, "timeout": "200 ms", **settings}
    return ModbusTcp.model_validate(given)


def serial_server(port: int) -> ModbusRtuTcp:
    return ModbusRtuTcp(host="127.0.0.1", port=port, timeout="200 ms")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


# Noticed


@asynccontextmanager
async def peer(behave: Callable[[socket.socket], None]) -> AsyncIterator[int]:
    """Accept connections and do with each as told; keeps them open."""
    kept: list[socket.socket] = []
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        async def accept() -> None:
            while True:
                connection, _ = await loop.sock_accept(listener)
                kept.append(connection)
                behave(connection)

        task = asyncio.create_task(accept())
        try:
            yield listener.getsockname()[1]
        finally:
            task.cancel()
            for connection in kept:
                connection.close()


@asynccontextmanager
async def first_one_sticks() -> AsyncIterator[tuple[int, asyncio.Event]]:
    """Answer on every connection; once the event is set, on none that is older."""
    stuck = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        was_stuck = stuck.is_set()
        while len(head := await reader.read(12)) == 12:
            if stuck.is_set() and not was_stuck:
                continue
            count = int.from_bytes(head[10:12], "big")
            length = (3 + 2 * count).to_bytes(2, "big")
            writer.write(head[:4] + length + head[6:8] + bytes((2 * count,)) + head[8:10] * count)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], stuck
        server.close()


async def test_a_stuck_connection_is_not_kept_for_a_unit_that_is_asked_once_an_hour() -> None:
    slow = device(register_point("slow", 200, unit_id=2, period_s=3600.0), unit_id=2)
    async with first_one_sticks() as (port, stuck), running(tcp(port), [*one_unit(), slow]) as seen:
        await seen.until(lambda: bool(seen.of(1)) and good(seen.of(1)[-1]))
        await seen.until(lambda: bool(seen.of(2)) and good(seen.of(2)[-1]))
        stuck.set()
        await seen.until(lambda: not good(seen.of(1)[-1]))
        await seen.until(lambda: good(seen.of(1)[-1]), within_s=REJOIN_S)
    assert seen.link_history[:2] == ["up", "silent"]


async def test_a_device_that_accepts_and_never_answers_is_told_as_silent() -> None:
    async with peer(lambda _: None) as port, running(tcp(port), one_unit(0.2)) as seen:
        await seen.status("silent")
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.scans)


@pytest.mark.parametrize(
    ("settings", "behave", "code", "mend"),
    [
        (lambda port: tcp(port), lambda _: None, "silent", "use modbus-rtu-tcp"),
        (lambda port: serial_server(port), lambda _: None, "silent", "use modbus-tcp"),
        (lambda port: serial_server(port), lambda connection: connection.close(), "lost", "use modbus-tcp"),
    ],
    ids=["tcp", "serial-server", "serial-server-that-hangs-up"],
)
async def test_a_peer_of_which_nothing_ever_came_may_be_of_the_other_kind(
    settings: Callable[[int], Connection], behave: Callable[[socket.socket], None], code: str, mend: str
) -> None:
    async with peer(behave) as port, running(settings(port), one_unit(0.2)) as seen:
        status = await seen.status(code)
    assert status.fault is not None
    assert mend in describe(status.fault).en


async def test_a_peer_that_has_answered_is_of_the_right_kind() -> None:
    server = Scripted(script=lambda request: Reply(silent=request.number > 1))
    async with tcp_device(server) as port, running(tcp(port), one_unit(0.2)) as seen:
        status = await seen.status("silent")
    assert status.fault is not None
    assert "modbus-rtu-tcp" not in describe(status.fault).en


async def test_a_device_that_closes_its_half_is_lost_at_once_though_it_still_listens() -> None:
    async with (
        peer(lambda connection: connection.shutdown(socket.SHUT_WR)) as port,
        running(tcp(port, timeout="5 s"), one_unit(0.2)) as seen,
        asyncio.timeout(2),  # not after the 5 s that an answer may take
    ):
        await seen.status("lost")


async def test_a_backlog_that_is_full_is_a_connection_that_cannot_be_made_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        async with running(tcp(port, connect_timeout="300 ms"), one_unit()) as seen:
            status = await seen.status("unreachable")
            assert "> 0.3 s" in str(status.fault)
        for one in waiting:
            one.close()


# Not stormed


async def test_a_peer_that_accepts_and_hangs_up_at_once_is_tried_ever_more_rarely() -> None:
    calls: list[float] = []

    def hang_up(connection: socket.socket) -> None:
        calls.append(asyncio.get_running_loop().time())
        connection.close()

    async with peer(hang_up) as port, running(tcp(port), one_unit(0.2)):
        await let_pass(5.0)
    waits = [later - sooner for sooner, later in pairwise(calls)]
    assert len(calls) <= 8
    assert waits[0] >= RECONNECT_FIRST_S / 2
    assert max(waits) > RECONNECT_CAP_S / 4


@pytest.mark.parametrize("per_request", [False, True])
async def test_a_peer_that_hangs_up_on_every_question_is_tried_ever_more_rarely(per_request: bool) -> None:
    server = Scripted(script=lambda _: Reply(drop=True))
    async with tcp_device(server) as port, running(tcp(port, per_request=per_request), one_unit(0.1)):
        await let_pass(5.0)
    assert 3 <= len(server.requests) <= 9


# Not leaked


async def test_fifty_broken_connections_leave_no_socket_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.modbus.hold.RECONNECT_CAP_S", 0.02)
    monkeypatch.setattr("drivers.modbus.hold.RECONNECT_FIRST_S", 0.02)
    server = Scripted(script=lambda request: Reply(drop=request.number % 2 == 0))
    async with tcp_device(server) as port, running(tcp(port), one_unit(0.02)) as seen:
        await seen.scan(good)
        before = open_files()
        await seen.until(lambda: len(server.requests) >= 100, 20)
        await seen.scan(good)
        await until(lambda: open_files() <= before)
        assert connections_of_ours(port) <= 1


@pytest.mark.parametrize("per_request", [False, True])
async def test_fifty_farewells_and_fifty_refusals_leave_no_socket_behind(
    monkeypatch: pytest.MonkeyPatch, port: int, per_request: bool
) -> None:
    monkeypatch.setattr("drivers.modbus.hold.RECONNECT_CAP_S", 0.02)
    monkeypatch.setattr("drivers.modbus.hold.RECONNECT_FIRST_S", 0.02)
    calls = 0

    def hang_up(connection: socket.socket) -> None:
        nonlocal calls
        calls += 1
        connection.close()

    before = open_files()
    async with peer(hang_up) as other, running(tcp(other, per_request=per_request), one_unit(0.02)):
        await until(lambda: calls >= 50)
        assert connections_of_ours(other) <= 1
    async with running(tcp(port, per_request=per_request), one_unit(0.02)) as seen:
        await seen.until(lambda: len(seen.scans) >= 50)
    await until(lambda: open_files() <= before)


def connections_of_ours(port: int) -> int:
    """How many connections to a port of this machine the kernel has, as ss shows them."""
    lines = Path("/proc/self/net/tcp").read_text().splitlines()[1:]
    remote, established = f":{port:04X}", "01"
    return sum(fields[2].endswith(remote) and fields[3] == established for fields in map(str.split, lines))


# Polled again within 5 s, whatever the kind

Up = Callable[[], AbstractAsyncContextManager[object]]


def kinds(folder: Path) -> dict[str, tuple[Connection, Up]]:
    """Name → how we reach a device, and how it is made to be there for a while."""
    numbers = iter([free_port() for _ in range(4)])
    tty = folder / "usb-adapter"

    def over_tcp(rtu: bool, port: int) -> Up:
        return lambda: tcp_device(Scripted(rtu), port)

    plain, request, server, dialled = next(numbers), next(numbers), next(numbers), next(numbers)
    return {
        "tcp": (tcp(plain), over_tcp(False, plain)),
        "tcp per request": (tcp(request, per_request=True), over_tcp(False, request)),
        "rtu-tcp": (
            serial_server(server),
            over_tcp(True, server),
        ),
        "dtu": (
            ModbusDtu(listen=f"127.0.0.1:{dialled}", timeout="300 ms"),
            lambda: dtu_device(Scripted(rtu=True), dialled),
        ),
        "rtu": (ModbusRtu(port=str(tty), baudrate=115200), lambda: adapter(tty)),
    }


@asynccontextmanager
async def adapter(name: Path) -> AsyncIterator[None]:
    """A USB adapter that is plugged in: another device each time, under the same name."""
    with rtu_device(Scripted(rtu=True)) as port:
        name.symlink_to(port)
        try:
            yield
        finally:
            name.unlink()


async def test_a_device_that_was_gone_is_polled_again_within_5_s_on_every_kind(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        for name, (settings, up) in kinds(tmp_path).items():
            tasks.create_task(rejoins(settings, up), name=name)


async def rejoins(settings: Connection, up: Up) -> None:
    loop = asyncio.get_running_loop()
    async with running(settings, one_unit()) as seen:
        async with up():
            await seen.scan(good)
        await let_pass(OUTAGE_S)
        async with up():
            back_s = loop.time()
            await seen.scan(good)
            assert loop.time() - back_s < REJOIN_S, asyncio.current_task()


async def test_a_device_that_was_silent_is_polled_again_within_5_s_with_and_without_transaction_ids() -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(speaks_again(False, tcp))
        tasks.create_task(speaks_again(True, serial_server))


async def speaks_again(rtu: bool, settings: Callable[[int], Connection]) -> None:
    loop = asyncio.get_running_loop()
    silent = [False]
    server = Scripted(rtu, script=lambda _: Reply(silent=silent[0]))
    async with tcp_device(server) as port, running(settings(port), one_unit()) as seen:
        await seen.scan(good)
        silent[0] = True
        await seen.status("silent")
        await let_pass(OUTAGE_S)
        silent[0] = False
        back_s = loop.time()
        await seen.scan(good)
        assert loop.time() - back_s < REJOIN_S


async def test_a_block_with_a_long_period_does_not_wait_for_its_slot_once_its_device_is_back(
    port: int,
) -> None:
    devices = one_unit(period_s=60.0)
    async with running(tcp(port), devices) as seen:
        await seen.scan(all_are(Quality.COMM_FAULT))
        async with tcp_device(Scripted(), port):
            await seen.scan(good)
    assert [good(scan) for scan in seen.scans] == [False, True]
