"""A simulated RTU line, read through pymodbus's serial client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import serial
from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusIOException
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse

from simulator.faults import Target
from simulator.scenario import Event
from tests.simulator.plants import RTU, detector, plant
from tests.simulator.playing import Played, playing
from tests.support.waiting import until

PLANT = plant({"line": RTU}, detector("co-11", "line", 11), detector("co-12", "line", 12))


@asynccontextmanager
async def client_of(
    played: Played, *, baudrate: int = 9600, stopbits: int = 1, timeout_s: float = 1.0
) -> AsyncIterator[AsyncModbusSerialClient]:
    client = AsyncModbusSerialClient(
        played.connections["line"]["modbus-rtu"]["port"],
        baudrate=baudrate,
        stopbits=stopbits,
        timeout=timeout_s,
        retries=0,
        reconnect_delay=0,
    )
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()
        await asyncio.sleep(0)  # the transport closes its port in the next turn


async def test_several_units_share_the_line_and_the_log_says_what_they_answered(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        for unit_id in (11, 12):
            answer = await client.read_holding_registers(0, count=1, device_id=unit_id)
            line = played.served()[-1]
            assert line["values"] == {f"co-{unit_id}.concentration": answer.registers[0] / 10}
            assert line["block"] == f"{unit_id}/holding-register/0+1"


@pytest.mark.parametrize(("baudrate", "stopbits"), [(19200, 1), (9600, 2)])
async def test_a_port_set_otherwise_than_the_line_hears_only_noise(
    tmp_path: Path, baudrate: int, stopbits: int
) -> None:
    async with playing(PLANT, tmp_path) as played:
        async with client_of(played, baudrate=baudrate, stopbits=stopbits, timeout_s=0.1) as client:
            with pytest.raises(ModbusIOException):
                await client.read_holding_registers(0, count=1, device_id=11)
        assert [line["outcome"] for line in played.served()] == ["spoiled"]
        async with client_of(played) as client:
            assert not (await client.read_holding_registers(0, count=1, device_id=11)).isError()


async def test_an_answer_with_a_wrong_check_sum_does_not_count_as_served(tmp_path: Path) -> None:
    wrong = Event(0, 1, Target.DEVICE, "co-11", "bad-crc")
    async with playing(PLANT, tmp_path, wrong) as played, client_of(played, timeout_s=0.1) as client:
        with pytest.raises(ModbusIOException):
            await client.read_holding_registers(0, count=1, device_id=11)
        assert [line["outcome"] for line in played.served()] == ["spoiled"]


async def test_a_cut_line_is_silent_for_every_unit(tmp_path: Path) -> None:
    cut = Event(0, 1, Target.CONNECTION, "line", "line-cut")
    async with playing(PLANT, tmp_path, cut) as played, client_of(played, timeout_s=0.05) as client:
        for unit_id in (11, 12):
            with pytest.raises(ModbusIOException):
                await client.read_holding_registers(0, count=1, device_id=unit_id)
        assert {line["outcome"] for line in played.served()} == {"silent"}


async def test_a_pulled_adapter_comes_back_under_its_name_as_another_device(tmp_path: Path) -> None:
    pulled = Event(0.4, 0.6, Target.CONNECTION, "line", "adapter-pulled")
    async with playing(PLANT, tmp_path, pulled, length_s=1.0) as played:
        port = Path(played.connections["line"]["modbus-rtu"]["port"])
        with serial.Serial(str(port), timeout=2) as held, pytest.raises(serial.SerialException):
            await asyncio.to_thread(held.read)
        async with asyncio.timeout(2):
            await until(port.is_symlink)
        async with client_of(played) as client:
            assert not (await client.read_holding_registers(0, count=1, device_id=11)).isError()


async def test_a_request_that_is_no_read_is_refused_once_the_line_falls_silent(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        answer = await client.report_device_id(device_id=11)
        assert answer.exception_code == 1


async def test_a_unit_says_what_it_is_and_that_it_is_simulated(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played) as client:
        basic = await client.read_device_information(read_code=1, device_id=11)
        assert isinstance(basic, ReadDeviceInformationResponse)
        assert basic.information[0] == b"edge-agent simulator"
        assert basic.information[1] == b"no profile"
        regular = await client.read_device_information(read_code=2, device_id=12)
        assert isinstance(regular, ReadDeviceInformationResponse)
        assert regular.information[6] == b"co-12"
        refused = await client.read_device_information(read_code=3, device_id=12)
        assert refused.exception_code == 3


async def test_a_unit_that_is_not_there_never_answers_whatever_is_asked(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path) as played, client_of(played, timeout_s=0.1) as client:
        with pytest.raises(ModbusIOException):
            await client.read_device_information(device_id=99)


async def test_nothing_is_left_when_the_plant_stops(tmp_path: Path) -> None:
    async with playing(PLANT, tmp_path):
        pass
    before = open_files()
    async with playing(PLANT, tmp_path):
        pass
    assert open_files() == before
    assert not list(tmp_path.glob("*.tty"))


def open_files() -> list[str]:
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())
