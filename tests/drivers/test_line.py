"""The serial line, over ptys. A pty ignores line speed: real RS-485 timing is not proven here."""

import errno
import fcntl
import os
from contextlib import ExitStack
from pathlib import Path

import pytest
import serial

from config.modbus_link import ModbusRtu
from config.model import Device
from drivers.reading import Quality
from tests.drivers.plant import all_are, device, good, register_point, running
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device


def rtu(port: str | Path) -> ModbusRtu:
    return ModbusRtu(port=str(port), baudrate=115200, timeout="150 ms")


def detectors(*units: int) -> list[Device]:
    return [device(register_point(f"co-{n}", 100 * n, unit_id=n, period_s=0.2), unit_id=n) for n in units]


async def test_several_units_share_a_line() -> None:
    with rtu_device(Scripted(rtu=True)) as port:
        async with running(rtu(port), detectors(11, 12, 13)) as seen:
            await seen.until(lambda: all(len(seen.of(n)) >= 2 for n in (11, 12, 13)))
    for n in (11, 12, 13):
        assert {scan.values for scan in seen.of(n)} == {(100 * n,)}


async def test_a_late_reply_never_becomes_another_reading() -> None:
    def script(request: Request) -> Reply:
        return Reply(delay_s=0.2 if request.number % 4 == 3 else 0.0)

    points = [register_point(f"p{n}", 10 * n, period_s=0.2) for n in range(3)]
    other = device(register_point("q", 777, unit_id=2, period_s=0.2), unit_id=2)
    with rtu_device(Scripted(rtu=True, script=script)) as port:
        async with running(rtu(port), [device(*points), other]) as seen:
            await seen.until(lambda: sum(not good(scan) for scan in seen.scans) >= 6)
            await seen.until(lambda: sum(good(scan) for scan in seen.scans) >= 6)
    expected = {"p0": 0, "p1": 10, "p2": 20, "q": 777}
    for scan in seen.scans:
        assert scan.values[0] in (None, expected[scan.plan.points[0].id])


async def test_a_silent_detector_leaves_the_others_their_slots() -> None:
    server = Scripted(rtu=True, script=lambda request: Reply(silent=request.unit == 12))
    with rtu_device(server) as port:
        async with running(rtu(port), detectors(11, 12, 13)) as seen:
            await seen.until(lambda: len(seen.of(12)) >= 8)
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in seen.of(12))
    for n in (11, 13):
        assert all(good(scan) for scan in seen.of(n))
        assert len(seen.of(n)) >= 7


async def test_a_port_that_does_not_exist_is_named_and_found_once_it_appears(tmp_path: Path) -> None:
    port = tmp_path / "usb-adapter"
    async with running(rtu(port), detectors(11)) as seen:
        status = await seen.status("port-missing")
        assert status.fault is not None
        assert status.fault.where == str(port)
        with rtu_device(Scripted(rtu=True)) as pty:
            port.symlink_to(pty)
            await seen.scan(good)
            assert seen.link_history == ["port-missing", "up"]


async def test_a_pulled_adapter_is_lost_and_a_new_one_under_the_same_name_is_taken(tmp_path: Path) -> None:
    port = tmp_path / "usb-adapter"
    with ExitStack() as adapter, rtu_device(saying(4711)) as other:
        port.symlink_to(adapter.enter_context(rtu_device(saying(42))))
        async with running(rtu(port), detectors(11)) as seen:
            await seen.scan(lambda scan: scan.values == (42,))
            port.unlink()
            adapter.close()
            await seen.scan(all_are(Quality.COMM_FAULT))
            await seen.status("port-missing")
            port.symlink_to(other)
            await seen.scan(lambda scan: scan.values == (4711,))
    assert seen.link_history == ["up", "lost", "port-missing", "up"]


async def test_a_line_that_moved_without_a_hang_up_is_found_by_its_silence(tmp_path: Path) -> None:
    port = tmp_path / "usb-adapter"
    dead = Scripted(rtu=True, script=lambda _: Reply(silent=True))
    with rtu_device(dead) as first, rtu_device(saying(4711)) as second:
        port.symlink_to(first)
        async with running(rtu(port), detectors(11)) as seen:
            await seen.until(lambda: len(dead.frames) == 1)
            port.unlink()
            port.symlink_to(second)
            await seen.scan(lambda scan: scan.values == (4711,))


def saying(value: int) -> Scripted:
    return Scripted(rtu=True, script=lambda _: Reply(registers=(value,)))


async def test_a_port_in_use_is_busy_until_it_is_free() -> None:
    with rtu_device(Scripted(rtu=True)) as port:
        holder = os.open(port, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        async with running(rtu(port), detectors(11)) as seen:
            await seen.status("port-busy")
            await seen.scan(all_are(Quality.COMM_FAULT))
            os.close(holder)
            await seen.scan(good)
    assert seen.link_history == ["port-busy", "up"]


async def test_a_port_that_we_may_not_open_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:  # root may open anything, so the system is played
        raise serial.SerialException(errno.EACCES, "Permission denied")

    monkeypatch.setattr(serial, "serial_for_url", forbidden)
    async with running(rtu("/dev/ttyS0"), detectors(11)) as seen:
        await seen.status("port-forbidden")


async def test_a_line_on_which_nobody_answers_is_silent() -> None:
    quiet = [True]
    server = Scripted(rtu=True, script=lambda _: Reply(silent=quiet[0]))
    with rtu_device(server) as port:
        async with running(rtu(port), detectors(11, 12)) as seen:
            await seen.status("silent")
            quiet[0] = False
            await seen.status("up")
    assert seen.link_history == ["silent", "up"]


async def test_nothing_but_read_requests_stands_on_the_line() -> None:
    server = Scripted(rtu=True, script=lambda request: Reply(silent=request.number % 3 == 0))
    with rtu_device(server) as port:
        async with running(rtu(port), detectors(11, 12)) as seen:
            await seen.until(lambda: len(server.frames) >= 8)
    assert {frame[1] for frame in server.frames} == {3}


async def test_a_port_that_now_is_another_device_is_found_at_the_first_silence_of_many_units(
    tmp_path: Path,
) -> None:
    """Not every driver hangs up when its adapter is pulled, and 30 units take long to fall silent."""
    port = tmp_path / "usb-adapter"
    dead = [False]
    first = Scripted(rtu=True, script=lambda _: Reply(silent=dead[0], registers=(42,)))
    with rtu_device(first) as before, rtu_device(saying(4711)) as after:
        port.symlink_to(before)
        async with running(rtu(port), detectors(*range(1, 31))) as seen:
            await seen.until(lambda: len(seen.scans) >= 30)
            dead[0] = True
            port.unlink()
            port.symlink_to(after)
            asked = len(first.frames)
            await seen.scan(lambda scan: scan.values == (4711,))
    assert len(first.frames) - asked <= 2
    assert seen.link_history == ["up", "lost", "up"]


async def test_a_question_is_repeated_on_a_line_too_where_noise_has_eaten_one() -> None:
    server = Scripted(rtu=True, script=lambda request: Reply(silent=request.number % 3 == 0))
    with rtu_device(server) as port:
        settings = rtu(port).model_copy(update={"retries": 1})
        async with running(settings, detectors(11, 12)) as seen:
            await seen.until(lambda: len(seen.scans) >= 10)
    assert all(good(scan) for scan in seen.scans)
