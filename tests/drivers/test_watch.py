"""What a connection shows of itself: counters, last frames, another master, an echo, uncalled-for frames."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest

from config.modbus_link import ModbusRtu, ModbusTcp
from config.model import Device
from drivers.clock import SystemClock
from drivers.messages import describe_note
from drivers.modbus.driver import ModbusDriver
from drivers.surroundings import Surroundings
from tests.drivers.plant import Recorder, device, good, register_point
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device, tcp_device, with_crc
from tests.support.waiting import let_pass

PERIOD_S = 0.1


def unit(number: int) -> Device:
    return device(
        register_point(f"p{number}", 100 * number, unit_id=number, period_s=PERIOD_S), unit_id=number
    )


@asynccontextmanager
async def watched(
    settings: ModbusRtu | ModbusTcp, *units: int
) -> AsyncIterator[tuple[ModbusDriver, Recorder]]:
    recorder = Recorder()
    surroundings = Surroundings(SystemClock(), Random(7), recorder.on_link, recorder.on_note)
    driver = ModbusDriver("line", settings, [unit(n) for n in units], surroundings)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(driver.run(recorder.emit))
        try:
            yield driver, recorder
        finally:
            task.cancel()


def rtu(port: str) -> ModbusRtu:
    return ModbusRtu(port=port, baudrate=115200, timeout="100 ms")


def talks(device: Scripted, frames: Callable[[int], bytes], every_s: float = 0.05) -> asyncio.Task[None]:
    """Have somebody else talk on the device's line, again and again."""

    async def talk() -> None:
        number = 0
        while True:
            await let_pass(every_s)
            number += 1
            assert device.say is not None
            device.say(frames(number))

    return asyncio.create_task(talk())


async def test_each_outcome_is_counted_by_unit() -> None:
    replies = {2: Reply(silent=True), 3: Reply(exception=2), 4: Reply(broken=True)}

    def script(request: Request) -> Reply:
        return replies.get(request.unit, Reply())

    server = Scripted(rtu=True, script=script)
    with rtu_device(server) as port:
        async with watched(rtu(port), 1, 2, 3, 4) as (driver, seen):
            await seen.until(lambda: all(len(seen.of(n)) >= 5 for n in (1, 2, 3, 4)))
            statistics = driver.statistics
    one, two, three, four = (statistics.units[n] for n in (1, 2, 3, 4))
    assert one.replies >= 4
    assert one.requests - one.replies <= 1  # the last may be under way
    assert (one.timeouts, one.wrong, one.crc_errors, one.exceptions) == (0, 0, 0, {})
    assert one.answered == one.replies
    assert two.timeouts >= 1
    assert two.replies == 0
    assert two.last_good_ns is None
    assert set(three.exceptions) == {2}
    assert three.answered == three.exceptions[2] >= 4
    assert four.wrong == four.crc_errors >= 1
    assert statistics.connects == 1
    assert statistics.reconnects == 0
    asked = [request.unit for request in server.requests]
    assert abs(statistics.bytes_sent - 8 * len(asked)) <= 8
    assert {n: statistics.units[n].requests for n in (1, 3)} == pytest.approx(
        {n: asked.count(n) for n in (1, 3)}, abs=1
    )


async def test_the_last_good_time_and_the_share_of_the_line_follow_what_happens() -> None:
    clock, begun_ns = SystemClock(), SystemClock().now_ns()
    server = Scripted(rtu=True, script=lambda _: Reply(delay_s=0.05))
    with rtu_device(server) as port:
        async with watched(rtu(port), 1) as (driver, seen):
            await seen.until(lambda: len(seen.scans) >= 8)
            share = driver.statistics.whole.busy.share(clock.monotonic_ns())
            last_ns = driver.statistics.units[1].last_good_ns
    assert 0.35 < share < 0.75  # 50 ms of 100 ms, and what a loop takes
    assert last_ns is not None
    assert begun_ns < last_ns <= clock.now_ns()


async def test_a_server_that_comes_back_is_a_reconnect() -> None:
    server = Scripted()
    async with tcp_device(server) as number:
        settings = ModbusTcp(host="127.0.0.1", port=number, timeout="200 ms")
        async with watched(settings, 1) as (driver, seen):
            await seen.scan(good)
            server.script = lambda _: Reply(drop=True)
            await seen.status("lost")
            server.script = lambda _: Reply()
            await seen.status("up")
            assert driver.statistics.reconnects >= 1
            assert any("asks for 1 from address 100" in str(shown) for shown in driver.frames)
            assert any("answer, 2 data bytes" in str(shown) for shown in driver.frames)


async def test_a_second_master_is_named_with_what_it_asks_and_the_mend() -> None:
    theirs = (with_crc(b"\x07\x03\x01\x00\x00\x02"), with_crc(b"\x09\x06\x00\x01\x00\x05"))
    server = Scripted(rtu=True)
    with rtu_device(server) as port:
        async with watched(rtu(port), 1) as (driver, seen):
            talking = talks(server, lambda number: theirs[number % 2])
            await seen.until(lambda: bool(seen.notes))
            talking.cancel()
            [note] = driver.notes
            foreign = driver.statistics.foreign_requests
    assert seen.notes == [note]
    assert note.code == "second-master"
    assert note.fields["asks"] == "7 (FC 3), 9 (FC 6)"
    assert 600 <= int(note.fields["per_minute"]) <= 1300  # 20 a second, on a machine with other things to do
    assert foreign >= 20
    words = describe_note(note)
    assert f"Another master talks on {port}" in words.en
    assert "A line of RS-485 has one master" in words.en
    assert "一条 RS-485 线路只能有一台主站" in words.zh
    assert all(good(scan) for scan in seen.scans)


async def test_a_single_request_that_is_not_ours_accuses_nobody() -> None:
    server = Scripted(rtu=True)
    with rtu_device(server) as port:
        async with watched(rtu(port), 1) as (driver, seen):
            await seen.scan(good)
            assert server.say is not None
            server.say(with_crc(b"\x07\x03\x01\x00\x00\x02"))
            await seen.until(lambda: driver.statistics.foreign_requests == 1)
            await seen.until(lambda: len(seen.scans) >= 10)
    assert seen.notes == []


async def test_an_adapter_that_echoes_is_told_and_costs_two_readings() -> None:
    server = Scripted(rtu=True, echoes=True)
    with rtu_device(server) as port:
        async with watched(rtu(port), 1) as (driver, seen):
            await seen.until(lambda: bool(seen.notes) and len(seen.scans) >= 6)
            assert [note.code for note in driver.notes] == ["echo"]
            assert driver.statistics.echoes >= 3
    assert "write echo: true" in describe_note(seen.notes[0]).en
    assert [scan.values for scan in seen.scans[:2]] == [(None,), (None,)], "it may be another master"
    assert {scan.values for scan in seen.scans[2:]} == {(100,)}


async def test_a_detector_in_active_mode_is_named() -> None:
    pushed = with_crc(b"\x05\x03\x04\x00\x2a\x00\x01")
    server = Scripted(rtu=True)
    with rtu_device(server) as port:
        async with watched(rtu(port), 1) as (driver, seen):
            talking = talks(server, lambda _: pushed)
            await seen.until(lambda: bool(seen.notes))
            talking.cancel()
            assert driver.statistics.unsolicited >= 5
    [note] = seen.notes
    assert (note.code, note.fields["unit"]) == ("unsolicited", 5)
    assert "passive (polled) mode" in describe_note(note).en
    assert "被动" in describe_note(note).zh
    assert all(good(scan) for scan in seen.scans)


async def test_the_last_frames_are_printed_with_the_first_error_of_a_kind_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "drivers")
    server = Scripted(rtu=True, script=lambda request: Reply(exception=2 if request.number % 2 else None))
    with rtu_device(server) as port:
        async with watched(rtu(port), 1) as (_, seen):
            await seen.until(lambda: len(seen.scans) >= 8)
    [printed] = [record.getMessage() for record in caplog.records if "last frames" in record.getMessage()]
    assert "line: first exception-reply 2" in printed
    asked, refused = with_crc(b"\x01\x03\x00\x64\x00\x01"), with_crc(b"\x01\x83\x02")
    assert f"-> {asked.hex(' ')} (unit 1 function 3: asks for 1 from address 100)" in printed
    assert f"<- {refused.hex(' ')} (unit 1 function 3: exception 2)" in printed
