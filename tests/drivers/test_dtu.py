"""DTUs that dial in: who is served, who is refused, and what becomes of the first one when a second calls."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from config.modbus_link import ModbusDtu
from config.model import Device
from config.packet import PacketEntry
from drivers.messages import describe, describe_note
from drivers.modbus.callers import CALLERS_MAX
from drivers.reading import Quality
from tests.drivers.plant import Recorder, all_are, device, good, register_point, running
from tests.drivers.scripted import Reply, Scripted, dtu_device
from tests.support.waiting import let_pass, until

NAME = b"YC-GAS-01"
BEAT = b"\xfe"


def dtu(port: int, *, registration: bytes | None = NAME, timeout: str = "150 ms") -> ModbusDtu:
    return ModbusDtu(
        listen=f"127.0.0.1:{port}",
        registration=None if registration is None else PacketEntry(text=registration.decode()),
        heartbeat=PacketEntry(hex=BEAT.hex()),
        timeout=timeout,
        register_timeout="500 ms",
    )


def detectors(*units: int) -> list[Device]:
    return [device(register_point(f"co-{n}", 100 * n, unit_id=n, period_s=0.2), unit_id=n) for n in units]


def line(**reply: object) -> Scripted:
    return Scripted(rtu=True, script=lambda _: Reply(**reply))  # type: ignore[arg-type]


@asynccontextmanager
async def dialled(
    port: int, *packets: bytes
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Dial in by hand, to see what the agent does with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.writelines(packets)
    try:
        yield reader, writer
    finally:
        writer.close()


async def hung_up_on(reader: asyncio.StreamReader) -> bool:
    """Whether the agent ends the connection without having asked anything."""
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


async def test_a_dtu_that_registers_is_polled(port: int) -> None:
    async with running(dtu(port), detectors(11, 12)) as seen, dtu_device(line(), port, NAME):
        await seen.until(lambda: all(len([s for s in seen.of(n) if good(s)]) >= 2 for n in (11, 12)))
    for n in (11, 12):
        assert {scan.values for scan in seen.of(n) if good(scan)} == {(100 * n,)}


async def test_a_registration_in_two_pieces_is_one(port: int) -> None:
    async with running(dtu(port), detectors(11)) as seen, dtu_device(line(), port, NAME[:4]) as transport:
        await let_pass(0.1)
        transport.write(NAME[4:])
        await seen.scan(good)


async def test_without_a_registration_whoever_dials_in_is_polled(port: int) -> None:
    async with running(dtu(port, registration=None), detectors(11)) as seen, dtu_device(line(), port):
        await seen.scan(good)


async def test_heartbeats_and_registrations_before_answers_spoil_nothing(port: int) -> None:
    server = line(before=NAME)
    async with (
        running(dtu(port), detectors(11)) as seen,
        dtu_device(server, port, NAME) as transport,
        asyncio.timeout(8),
    ):
        while len(seen.scans) < 12:
            transport.write(BEAT)
            await let_pass(0.01)
    assert all(good(scan) for scan in seen.scans[-8:])


async def test_while_nobody_dials_in_it_is_said_and_every_slot_is_bad(port: int) -> None:
    async with running(dtu(port), detectors(11)) as seen:
        status = await seen.status("undialled")
        assert status.fault is not None
        assert f"127.0.0.1:{port}" in describe(status.fault).zh
        await seen.scan(all_are(Quality.COMM_FAULT))
        async with dtu_device(line(), port, NAME):
            await seen.scan(good)
    assert seen.link_history == ["undialled", "up"]


async def test_a_wrong_registration_is_refused_and_told_with_what_came(port: int) -> None:
    async with running(dtu(port), detectors(11)) as seen:
        async with dtu_device(line(), port, b"YC-GAS-02") as other:
            status = await seen.status("wrong-registration")
            await until(other.is_closing)
        assert status.fault is not None
        for words in (describe(status.fault).zh, describe(status.fault).en):
            assert "127.0.0.1" in words
            assert '"YC-GAS-02" (59 43 2D 47 41 53 2D 30 32)' in words
        async with dtu_device(line(), port, NAME):
            await seen.status("up")
    assert seen.link_history == ["wrong-registration", "up"]


async def test_one_that_says_nothing_is_refused_after_a_while(port: int) -> None:
    async with running(dtu(port), detectors(11)) as seen, dtu_device(line(), port) as transport:
        status = await seen.status("wrong-registration")
        assert status.fault is not None
        assert "–" in describe(status.fault).en
        await until(transport.is_closing)


async def test_a_second_dtu_is_refused_while_the_first_one_answers(port: int) -> None:
    async with running(dtu(port), detectors(11)) as seen, dtu_device(line(registers=(1,)), port, NAME):
        await seen.scan(good)
        for _ in range(2):
            async with dialled(port, NAME) as (reader, _writer):
                assert await hung_up_on(reader)
        await seen.scan(good)
    assert {scan.values for scan in seen.scans if good(scan)} == {(1,)}
    assert [note.code for note in seen.notes] == ["dtu-second"]
    assert "127.0.0.1" in describe_note(seen.notes[0]).zh
    assert seen.link_history == ["up"]


async def test_a_dtu_that_dials_in_anew_takes_the_place_of_its_dead_connection(port: int) -> None:
    first_device, second_device = line(registers=(1,)), line(registers=(2,))
    async with running(dtu(port), detectors(11)) as seen, dtu_device(first_device, port, NAME) as first:
        await seen.scan(good)
        first.pause_reading()  # as after a loss of the mobile network: nothing comes, and no farewell
        await seen.status("silent")  # two answers are owed
        async with dtu_device(second_device, port, NAME):
            again = await seen.scan(good)
            assert again.values == (2,)
            first.resume_reading()  # it can see what became of it
            await until(first.is_closing)
    assert seen.notes == []


async def test_a_dtu_that_dials_in_anew_need_not_wait_for_the_next_slot(
    port: int,
) -> None:
    hourly = device(register_point("co-11", 1100, unit_id=11, period_s=3600.0), unit_id=11)
    async with running(dtu(port), [hourly]) as seen, dtu_device(line(), port, NAME) as first:
        await seen.scan(good)
        first.pause_reading()
        async with dtu_device(line(), port, NAME) as second:
            await seen.status("lost")
            first.resume_reading()  # it can see what became of it
            await until(first.is_closing)
            assert not second.is_closing()
    assert seen.notes == []


async def test_a_dtu_that_was_never_asked_anything_is_asked_before_it_is_replaced(port: int) -> None:
    settings = dtu(port).model_copy(update={"settle": 0.5})
    first_device, second_device = line(registers=(1,)), line(registers=(2,))
    async with running(settings, detectors(11)) as seen, dtu_device(first_device, port, NAME):
        async with dialled(port, NAME) as (reader, _):
            assert await hung_up_on(reader)
        async with dtu_device(second_device, port, NAME) as second:
            await until(second.is_closing)
    assert {scan.values for scan in seen.scans if good(scan)} == {(1,)}
    assert second_device.requests == []
    assert [note.code for note in seen.notes] == ["dtu-second"]


async def test_two_dtus_that_fight_for_one_port_are_told_without_a_storm(port: int) -> None:
    server = line(registers=(1,))
    async with running(dtu(port), detectors(11)) as seen, dtu_device(server, port, NAME) as first:
        await seen.scan(good)
        begun, dials = len(server.requests), 0
        async with timed(3.0):
            while True:
                async with dialled(port, NAME) as (reader, _):  # again as soon as it is refused
                    dials += 1
                    await hung_up_on(reader)
        assert not first.is_closing()
        slots = 3.0 / 0.2
        assert len(server.requests) - begun <= slots + dials + 2
    assert dials <= 3
    assert [note.code for note in seen.notes] == ["dtu-second"]
    assert {scan.values for scan in seen.scans if good(scan)} == {(1,)}
    assert seen.link_history == ["up"]


@asynccontextmanager
async def timed(seconds: float) -> AsyncIterator[None]:
    """Let what is inside run for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            yield


async def test_a_heartbeat_shows_that_a_dtu_lives_whose_units_are_dead(port: int) -> None:
    silent = [False]
    server = Scripted(rtu=True, script=lambda _: Reply(silent=silent[0]))
    async with running(dtu(port), detectors(11)) as seen, dtu_device(server, port, NAME) as first:
        await seen.scan(good)
        silent[0] = True
        await seen.until(lambda: len([s for s in seen.of(11) if not good(s)]) >= 3)
        async with dialled(port, NAME) as (reader, _), asyncio.TaskGroup() as tasks:
            beating = tasks.create_task(beats(first))
            assert await hung_up_on(reader)
            beating.cancel()
        assert not first.is_closing()


async def beats(transport: asyncio.Transport) -> None:
    while True:
        transport.write(BEAT)
        await let_pass(0.02)


async def test_silent_units_are_told_but_the_dtu_is_not_made_to_dial_again(port: int) -> None:
    silent = [True]
    server = Scripted(rtu=True, script=lambda _: Reply(silent=silent[0]))
    async with running(dtu(port), detectors(11)) as seen, dtu_device(server, port, NAME) as transport:
        await seen.status("silent")
        silent[0] = False
        await seen.status("up")
        assert not transport.is_closing()
    assert seen.link_history == ["silent", "up"]


async def test_a_dtu_that_hangs_up_is_lost_at_once_and_polled_again_when_it_is_back(port: int) -> None:
    async with running(dtu(port, timeout="5 s"), detectors(11)) as seen:
        async with dtu_device(line(), port, NAME):
            await seen.scan(good)
        await seen.status("lost")
        async with dtu_device(line(), port, NAME):
            await seen.scan(good)
    assert seen.link_history == ["up", "lost", "up"]


async def test_a_port_that_another_program_has_is_told(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        async with running(dtu(port), detectors(11)) as seen:
            status = await seen.status("listen-refused")
            assert status.fault is not None
            assert str(port) in describe(status.fault).zh


async def test_an_address_that_this_machine_does_not_have_is_told(port: int) -> None:
    settings = ModbusDtu(listen=f"192.0.2.7:{port}")
    async with running(settings, detectors(11)) as seen:
        status = await seen.status("no-local-address")
        assert status.fault is not None
        assert "192.0.2.7" in describe(status.fault).en


async def test_a_stopped_driver_hangs_up_and_gives_its_port_back(port: int) -> None:
    async with dtu_device_later(port) as dialling:
        async with running(dtu(port), detectors(11)) as seen:
            await seen.scan(good)
        transport = await dialling
        await until(transport.is_closing)
    with socket.create_server(("127.0.0.1", port)):
        pass


@asynccontextmanager
async def dtu_device_later(port: int) -> AsyncIterator["asyncio.Future[asyncio.Transport]"]:
    """Dial in as soon as somebody listens, and stay beyond the driver's end."""
    dialling: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def dial() -> None:
        async with dtu_device(line(), port, NAME) as transport:
            dialling.set_result(transport)
            await over.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dial())
        yield dialling
        over.set()


async def test_those_who_only_hold_the_port_open_are_few_and_keep_no_dtu_out_for_long(port: int) -> None:
    async with running(dtu(port), detectors(11)) as seen, AsyncExitStack() as idle:
        await seen.status("undialled")
        readers = [(await idle.enter_async_context(dialled(port)))[0] for _ in range(CALLERS_MAX + 4)]
        await asyncio.gather(*(hung_up_on(reader) for reader in readers[CALLERS_MAX:]))
        await asyncio.gather(*(hung_up_on(reader) for reader in readers))  # after register_timeout
        async with dtu_device(line(), port, NAME):
            await seen.scan(good)


async def test_an_unknown_caller_changes_nothing_for_the_one_that_is_served(port: int) -> None:
    seen: Recorder
    async with running(dtu(port), detectors(11)) as seen, dtu_device(line(), port, NAME):
        await seen.scan(good)
        async with dialled(port, b"GET / HTTP/1.1\r\n\r\n") as (reader, _):
            assert await hung_up_on(reader)
        await seen.scan(good)
    assert seen.link_history == ["up"]


async def test_fifty_dtus_that_come_and_go_leave_no_socket_behind(port: int) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async with running(dtu(port), detectors(11)) as seen:
        await seen.status("undialled")
        before = open_files()
        for number in range(50):
            async with dialled(port, NAME if number % 2 else b"other"):
                pass
        await until(lambda: open_files() <= before)
        async with dtu_device(line(), port, NAME):
            await seen.scan(good)
