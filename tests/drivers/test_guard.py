"""The guard: what a bare client lets through, and what must never leave, over TCP and over a pty."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus.pdu.register_message import WriteSingleRegisterRequest

from config.modbus_link import ModbusRtu, ModbusTcp
from config.source import Table
from drivers.clock import SystemClock
from drivers.errors import ExceptionReply, Lost, NoReply, WrongReply
from drivers.modbus.framing import Answer
from drivers.modbus.guard import Guard
from drivers.modbus.line import open_line
from drivers.modbus.link import open_tcp
from drivers.modbus.plan import Block
from drivers.modbus.readonly import ForbiddenRequestError, refuse_all_but_reads
from tests.drivers.scripted import Reply, Scripted, rtu_device, tcp_device
from tests.support.waiting import let_pass

pytestmark = pytest.mark.parametrize("rtu", [False, True], ids=["tcp", "rtu"])


def block(first: int, count: int = 2, *, unit: int = 1, table: Table = Table.HOLDING_REGISTER) -> Block:
    return Block(unit, table, first, count, 1.0, ())


def registers(data: bytes) -> list[int]:
    return [int.from_bytes(data[n : n + 2], "big") for n in range(0, len(data), 2)]


@asynccontextmanager
async def guarded(device: Scripted) -> AsyncIterator[Guard]:
    clock = SystemClock()
    if device.rtu:
        with rtu_device(device) as port:
            guard = await open_line(ModbusRtu(port=port, baudrate=115200), clock, lambda: None)
            yield guard
            guard.close()
    else:
        async with tcp_device(device) as number:
            guard = await open_tcp(ModbusTcp(host="127.0.0.1", port=number), clock, lambda: None)
            yield guard
            guard.close()


def first_only(reply: Reply, device: Scripted) -> Scripted:
    device.script = lambda request: reply if request.number == 1 else Reply()
    return device


async def test_every_register_comes_from_its_own_address(rtu: bool) -> None:
    async with guarded(Scripted(rtu)) as guard:
        for table in (Table.HOLDING_REGISTER, Table.INPUT_REGISTER):
            assert registers(await guard.read(block(100, 125, table=table), 0.5)) == list(range(100, 225))
        assert registers(await guard.read(block(65535, 1), 0.5)) == [65535]
        assert await guard.read(block(0, 10, table=Table.COIL), 0.5) == b"\xaa\x02"
        assert await guard.read(block(1, 3, table=Table.DISCRETE_INPUT), 0.5) == b"\x05"


async def test_a_late_answer_never_answers_the_next_request(rtu: bool) -> None:
    delays = {1: 0.15, 2: 0.1}  # were the next request sent at once, the late answer would fall into its wait
    device = Scripted(rtu, lambda request: Reply(delay_s=delays.get(request.number, 0.0)))
    async with guarded(device) as guard:
        with pytest.raises(NoReply):
            await guard.read(block(100), 0.1)
        assert registers(await guard.read(block(200), 0.5)) == [200, 201]
        assert registers(await guard.read(block(300, unit=2), 0.5)) == [300, 301]


async def test_a_unit_that_answers_late_is_known_to_live(rtu: bool) -> None:
    device = first_only(Reply(delay_s=0.15), Scripted(rtu))
    async with guarded(device) as guard:
        with pytest.raises(NoReply):
            await guard.read(block(100, unit=9), 0.1)
        await guard.read(block(100, unit=2), 0.5)
        await let_pass(0.1)  # the late answer's own time, where no drain waited for it
        assert guard.take_late_units() == {9}
        assert guard.take_late_units() == set()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(function=4),
        Reply(count=1),
        Reply(count=3),
        Reply(pdu=b"\x03\x04\x00\x01"),
        Reply(pdu=b"\x03\x00"),
    ],
    ids=["wrong function", "short", "long", "byte count without bytes", "empty"],
)
async def test_an_answer_that_does_not_fit_its_request_is_refused(rtu: bool, reply: Reply) -> None:
    device = first_only(reply, Scripted(rtu))
    async with guarded(device) as guard:
        with pytest.raises((WrongReply, NoReply)):
            await guard.read(block(100), 0.1)
        assert registers(await guard.read(block(200), 0.5)) == [200, 201]


async def test_an_answer_in_another_units_name_is_not_taken(rtu: bool) -> None:
    device = first_only(Reply(unit=7), Scripted(rtu))
    async with guarded(device) as guard:
        with pytest.raises(NoReply):
            await guard.read(block(100), 0.1)
        assert registers(await guard.read(block(200), 0.5)) == [200, 201]


async def test_an_unknown_function_code_in_the_answer_does_no_harm(rtu: bool) -> None:
    device = first_only(Reply(pdu=b"\x65\x01\x02"), Scripted(rtu))
    async with guarded(device) as guard:
        with pytest.raises((WrongReply, NoReply)):
            await guard.read(block(100), 0.1)
        assert registers(await guard.read(block(200), 0.5)) == [200, 201]


async def test_an_exception_reply_says_which(rtu: bool) -> None:
    device = first_only(Reply(exception=2), Scripted(rtu))
    async with guarded(device) as guard:
        with pytest.raises(ExceptionReply) as error:
            await guard.read(block(100, unit=5), 0.5)
        assert (error.value.unit_id, error.value.exception_code) == (5, 2)


async def test_silence_never_closes_the_connection_by_itself(rtu: bool) -> None:
    device = Scripted(rtu, lambda request: Reply(silent=request.number <= 8))
    async with guarded(device) as guard:
        for _ in range(8):
            with pytest.raises(NoReply):
                await guard.read(block(100), 0.01)
        assert registers(await guard.read(block(200), 0.5)) == [200, 201]


async def test_a_cancelled_request_leaves_no_answer_for_the_next(rtu: bool) -> None:
    device = Scripted(rtu, lambda _: Reply(delay_s=0.1))
    async with guarded(device) as guard:
        reading = asyncio.create_task(guard.read(block(100), 0.5))
        await device.asked.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        with pytest.raises(Lost):
            await guard.read(block(200), 0.5)


@pytest.mark.parametrize("meets", ["answer", "loss"])
async def test_a_cancel_that_meets_the_answer_or_the_loss_is_not_forgotten(rtu: bool, meets: str) -> None:
    device = Scripted(rtu, lambda _: Reply(silent=True))
    async with guarded(device) as guard:
        reading = asyncio.create_task(guard.read(block(100), 5.0))
        await device.asked.wait()
        if meets == "answer":
            guard._client.ctx.response_future.set_result(Answer(1, b"\x03\x04\x00\x64\x00\x65"))
        else:
            guard._fail_waiting()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_a_task_that_is_cancelled_in_the_very_turn_in_which_its_answer_comes_ends(
    rtu: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with guarded(Scripted(rtu)) as guard:

        async def poll_for_ever() -> None:
            while True:
                await guard.read(block(100), 0.5)

        polling = asyncio.create_task(poll_for_ever())
        hear, answers = guard._note_heard, 0

        def cancel_then_hear(packet: bytes) -> None:
            nonlocal answers
            answers += 1
            if answers == 3:
                polling.cancel()
            hear(packet)

        monkeypatch.setattr(guard, "_note_heard", cancel_then_hear)
        _, running = await asyncio.wait([polling], timeout=1)
        assert not running, "the cancel was forgotten: it polls on for ever"
        assert polling.cancelled()
        assert answers == 3


async def test_closing_fails_the_waiting_request(rtu: bool) -> None:
    device = Scripted(rtu, lambda _: Reply(silent=True))
    async with guarded(device) as guard:
        reading = asyncio.create_task(guard.read(block(100), 5.0))
        await device.asked.wait()
        guard.close()
        with pytest.raises(Lost):
            await reading


async def test_a_write_is_stopped_before_a_single_byte_leaves(rtu: bool) -> None:
    device = Scripted(rtu)
    async with guarded(device) as guard:
        with pytest.raises(ForbiddenRequestError):
            await guard._client.execute(False, WriteSingleRegisterRequest(address=1, registers=[1], dev_id=1))
        assert registers(await guard.read(block(200), 0.5)) == [200, 201]
        assert [request.function for request in device.requests] == [3]


def test_only_reads_are_on_the_list(rtu: bool) -> None:
    allowed = []
    for code in range(256):
        try:
            refuse_all_but_reads(bytes([code, 14, 1, 0]))
        except ForbiddenRequestError:
            continue
        allowed.append(code)
    assert allowed == [1, 2, 3, 4, 43]
    with pytest.raises(ForbiddenRequestError):
        refuse_all_but_reads(b"\x2b\x0d")
