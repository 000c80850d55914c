"""43/14: all that a device says of itself, page by page, whatever it does to its pages."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from config.modbus_link import ModbusRtu, ModbusTcp
from drivers.clock import SystemClock
from drivers.errors import ExceptionReply, NoReply, WrongReply
from drivers.modbus.identification import Identification, identify
from drivers.modbus.opening import OpenLink, opening_of
from drivers.remarks import Remarks
from tests.drivers.scripted import IDENTIFY, Reply, Request, Scripted, rtu_device, tcp_device

MAKER = {0: b"Honeyeagle", 1: b"HNAG1000", 2: b"V2.10"}
NAMES = {3: b"", 4: b"4-in-1", 5: b"GD-4"}
OWN = {0x80: b"\x01\x02", 0x81: b"2026-03-01"}


def page(request: Request, objects: dict[int, bytes], *, level: int, following: int | None = None) -> bytes:
    more = bytes((0xFF, following)) if following is not None else bytes(2)
    body = b"".join(bytes((number, len(text))) + text for number, text in objects.items())
    return bytes((IDENTIFY, 14, request.first, level)) + more + bytes((len(objects),)) + body


def conforming(level: int) -> Callable[[Request], Reply]:
    """Answer as the standard has it: regular includes basic, each page holds two objects."""

    def script(request: Request) -> Reply:
        if request.function != IDENTIFY:
            return Reply()
        own = {1: MAKER, 2: MAKER | NAMES, 3: OWN}[request.first]
        rest = {number: text for number, text in own.items() if number >= request.count}
        two = dict(list(rest.items())[:2])
        following = next((number for number in rest if number not in two), None)
        return Reply(pdu=page(request, two, level=level, following=following))

    return script


@asynccontextmanager
async def linked(device: Scripted) -> AsyncIterator[OpenLink]:
    clock = SystemClock()
    remarks = Remarks("line", clock, lambda _: None)
    if device.rtu:
        with rtu_device(device) as port:
            link = await opening_of(ModbusRtu(port=port, baudrate=115200), clock, remarks).open(lambda: None)
            yield link
            link.close()
    else:
        async with tcp_device(device) as number:
            settings = ModbusTcp(host="127.0.0.1", port=number)
            link = await opening_of(settings, clock, remarks).open(lambda: None)
            yield link
            link.close()


@pytest.fixture(params=[False, True], ids=["tcp", "rtu"])
def rtu(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize(
    ("level", "told"),
    [(0x01, MAKER), (0x82, MAKER | NAMES), (0x03, MAKER | NAMES | OWN)],
    ids=["basic", "regular", "extended"],
)
async def test_all_pages_of_all_categories_that_it_has_are_asked_for(
    rtu: bool, level: int, told: dict[int, bytes]
) -> None:
    device = Scripted(rtu, conforming(level))
    async with linked(device) as link:
        assert await identify(link, 7, 0.5) == Identification(level & 0x7F, told)
    assert {request.unit for request in device.requests} == {7}
    assert device.frames[0][1 if rtu else 7 :][:4] == bytes((43, 14, 1, 0))
    assert max(request.first for request in device.requests) == level & 0x7F


async def test_a_device_that_does_not_know_it_says_so(rtu: bool) -> None:
    async with linked(Scripted(rtu, lambda _: Reply(exception=1))) as link:
        with pytest.raises(ExceptionReply) as reply:
            await identify(link, 7, 0.5)
    assert reply.value.exception_code == 1


async def test_a_refusal_of_the_names_leaves_what_was_told_before(rtu: bool) -> None:
    def script(request: Request) -> Reply:
        return conforming(0x02)(request) if request.first == 1 else Reply(exception=2)

    async with linked(Scripted(rtu, script)) as link:
        assert (await identify(link, 7, 0.5)).objects == MAKER


async def test_a_device_that_goes_round_in_circles_is_left(rtu: bool) -> None:
    def script(request: Request) -> Reply:
        return Reply(pdu=page(request, MAKER, level=1, following=0))

    device = Scripted(rtu, script)
    async with linked(device) as link:
        with pytest.raises(WrongReply):
            await identify(link, 7, 0.5)
    assert len(device.requests) == 1


async def test_an_answer_that_is_cut_off_is_not_believed() -> None:
    cut = bytes((IDENTIFY, 14, 1, 1, 0, 0, 2, 0, 3)) + b"abc" + bytes((1, 9)) + b"x"
    async with linked(Scripted(script=lambda _: Reply(pdu=cut))) as link:
        with pytest.raises(WrongReply):
            await identify(link, 7, 0.5)


async def test_a_silent_device_is_silent(rtu: bool) -> None:
    async with linked(Scripted(rtu, lambda _: Reply(silent=True))) as link:
        with pytest.raises(NoReply):
            await identify(link, 7, 0.05)
