"""A simulated Modbus TCP server, read by pymodbus's own client."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusIOException

from simulator.faults import Target
from simulator.scenario import Event
from tests.simulator.plants import TCP, collector, cooling, detector, plant
from tests.simulator.playing import Played, playing
from tests.support.waiting import look_again

PLANT = plant(
    {"plc": TCP}, detector("co-1", "plc", 1), cooling("cw-1", "plc", 2), collector("dc-1", "plc", 3)
)


@asynccontextmanager
async def client_of(played: Played, timeout_s: float = 1.0) -> AsyncIterator[AsyncModbusTcpClient]:
    client = AsyncModbusTcpClient(
        "127.0.0.1", port=played.port("plc"), timeout=timeout_s, retries=0, reconnect_delay=0
    )
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()


@asynccontextmanager
async def stream_to(played: Played) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", played.port("plc"))
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def device_fault(do: str, device_id: str = "co-1", **parameters: float) -> Event:
    return Event(0.0, 1.0, Target.DEVICE, device_id, do, parameters)


async def test_the_log_says_exactly_what_a_client_reads(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        concentration = await client.read_holding_registers(0, count=1, device_id=1)
        water = await client.read_holding_registers(0, count=8, device_id=2)
        served = played.served()
    assert served[0]["values"] == {"co-1.concentration": concentration.registers[0] / 10}
    assert served[0]["block"] == "1/holding-register/0+1"
    assert served[0]["outcome"] == "served"
    floats = client.convert_from_registers(water.registers, client.DATATYPE.FLOAT32)
    assert list(served[1]["values"].values()) == floats


async def test_several_units_stand_behind_one_connection(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        for unit_id, count in ((1, 1), (2, 8), (3, 5)):
            answer = await client.read_holding_registers(0, count=count, device_id=unit_id)
            assert len(answer.registers) == count


async def test_a_register_that_is_not_there_is_answered_with_exception_2(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        answer = await client.read_holding_registers(0, count=2, device_id=1)
        assert answer.exception_code == 2
        assert played.served()[0]["outcome"] == "exception"


async def test_writing_is_refused(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        answer = await client.write_register(0, 7, device_id=1)
        assert answer.exception_code == 1


async def test_a_unit_that_is_not_there_is_silent(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played, timeout_s=0.05) as client:
        with pytest.raises(ModbusIOException):
            await client.read_holding_registers(0, count=1, device_id=99)


async def test_a_silent_unit_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path, device_fault("silent")) as played:
        async with client_of(played, timeout_s=0.05) as client:
            with pytest.raises(ModbusIOException):
                await client.read_holding_registers(0, count=1, device_id=1)
        async with client_of(played) as client:
            assert not (await client.read_holding_registers(0, count=8, device_id=2)).isError()
        assert [line["outcome"] for line in played.served()] == ["silent", "served"]


async def test_a_busy_unit_answers_with_its_exception(tmp_path: Path) -> None:
    async with (
        playing(PLANT, tmp_path, device_fault("exception", code=6)) as played,
        client_of(played) as client,
    ):
        assert (await client.read_holding_registers(0, count=1, device_id=1)).exception_code == 6


async def test_a_late_answer_is_logged_as_late_when_it_goes_out(tmp_path: Path) -> None:
    late = device_fault("late", delay=0.25)  # the plant file's time-out is 0.2 s
    async with playing(PLANT, tmp_path, late) as played, client_of(played) as client:
        assert not (await client.read_holding_registers(0, count=1, device_id=1)).isError()
        assert [line["outcome"] for line in played.served()] == ["late"]


async def test_a_sentinel_and_a_wrong_order_do_not_count_as_served(tmp_path: Path) -> None:
    faults = (device_fault("sentinel"), device_fault("wrong-order", "cw-1"))
    async with playing(PLANT, tmp_path, *faults) as played, client_of(played) as client:
        assert (await client.read_holding_registers(0, count=1, device_id=1)).registers == [0x8000]
        water = await client.read_holding_registers(0, count=8, device_id=2)
        floats = client.convert_from_registers(water.registers, client.DATATYPE.FLOAT32)
        spoiled = played.served()
    assert [line["outcome"] for line in spoiled] == ["spoiled", "spoiled"]
    assert list(spoiled[1]["values"].values()) != floats


async def test_a_rebooting_plc_resets_its_connections_and_comes_back_on_its_port(tmp_path: Path) -> None:
    reboot = Event(0.5, 0.75, Target.CONNECTION, "plc", "reboot")
    async with playing(PLANT, tmp_path, reboot, length_s=1.0) as played:
        async with stream_to(played) as (reader, _):
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", played.port("plc"))
        async with asyncio.timeout(2):
            await _until_it_answers(played)


async def _until_it_answers(played: Played) -> None:
    while True:
        try:
            async with client_of(played) as client:
                assert not (await client.read_holding_registers(0, count=1, device_id=1)).isError()
                return
        except AssertionError:
            await look_again()


async def test_bytes_that_are_no_modbus_end_the_connection(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, stream_to(played) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            await reader.read(1)


async def test_requests_that_come_in_pieces_or_together_are_all_answered(tmp_path: Path) -> None:
    ask = bytes.fromhex("0001 0000 0006 01 03 0000 0001")
    async with playing(PLANT, tmp_path) as played, stream_to(played) as (reader, writer):
        writer.write(ask[:5])
        await writer.drain()
        writer.write(ask[5:] + ask)
        answers = await reader.readexactly(2 * 11)
        assert answers[:8] == answers[11:19] == bytes.fromhex("0001 0000 0005 01 03")
