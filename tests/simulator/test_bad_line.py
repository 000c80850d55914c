"""What the simulated lines do wrong, looked at byte by byte."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from config.modbus_link import ModbusRtuTcp
from simulator.faults import Target
from simulator.scenario import Event
from simulator.served import Outcome
from tests.drivers.scripted import with_crc
from tests.simulator.plants import TCP, device, plant, point, register
from tests.simulator.playing import Played, playing

SERVER = ModbusRtuTcp(host="192.0.2.2", timeout="200 ms")
POINTS = [point("d.low", register(0)), point("d.high", register(100), range_=(5000, 9000))]
LINE = plant({"line": SERVER}, device("d", "line", POINTS))
PLC = plant({"plc": TCP}, device("d", "plc", POINTS))
LOW, HIGH = with_crc(b"\x01\x03\x00\x00\x00\x01"), with_crc(b"\x01\x03\x00\x64\x00\x01")
ANSWER_BYTES = 7


def always(connection: str, do: str) -> Event:
    return Event(0.0, 1.0, Target.CONNECTION, connection, do)


@asynccontextmanager
async def dialled(played: Played) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    [way] = next(iter(played.connections.values())).values()
    reader, writer = await asyncio.open_connection(way["host"], way["port"])
    try:
        yield reader, writer
    finally:
        writer.close()


async def heard(reader: asyncio.StreamReader, quiet_s: float = 0.1) -> bytes:
    """Return all that comes until it has been quiet for a while."""
    data = b""
    try:
        while piece := await asyncio.wait_for(reader.read(1000), quiet_s):
            data += piece
    except TimeoutError:
        pass
    return data


def frames_in(data: bytes) -> list[bytes]:
    """Return what ends in its own check sum and begins with our unit and function."""
    found = []
    for start in range(len(data)):
        for size in (ANSWER_BYTES, len(LOW)):
            frame = data[start : start + size]
            if len(frame) == size and frame[:2] == b"\x01\x03" and with_crc(frame[:-2]) == frame:
                found.append(frame)
    return found


async def test_noise_stands_around_answers_and_spoils_some(tmp_path: Path) -> None:
    async with (
        playing(LINE, tmp_path, always("line", "noise")) as played,
        dialled(played) as (reader, writer),
    ):
        whole = noisy = 0
        for _ in range(30):
            writer.write(LOW)
            data = await heard(reader, 0.06)
            noisy += len(data) > ANSWER_BYTES
            whole += any(len(frame) == ANSWER_BYTES for frame in frames_in(data))
        outcomes = [line["outcome"] for line in played.served()]
    assert noisy > 20
    assert outcomes.count(Outcome.SERVED) == whole
    assert 3 < outcomes.count(Outcome.SPOILED) < 20


async def test_an_echo_comes_before_the_answer(tmp_path: Path) -> None:
    async with playing(LINE, tmp_path, always("line", "echo")) as played, dialled(played) as (reader, writer):
        writer.write(LOW)
        data = await heard(reader)
    assert data.startswith(LOW)
    assert len(data) == len(LOW) + ANSWER_BYTES


async def test_a_second_master_asks_the_same_unit_for_something_else_and_is_answered(tmp_path: Path) -> None:
    event = always("line", "second-master")
    async with playing(LINE, tmp_path, event) as played, dialled(played) as (reader, writer):
        for request in (LOW, HIGH):
            writer.write(request)
            data = await heard(reader)
        asked = [frame for frame in frames_in(data) if len(frame) == len(LOW)]
        answers = [frame for frame in frames_in(data) if len(frame) == ANSWER_BYTES]
        served = played.served()
    assert asked == [LOW], "we asked for the high one"
    assert len(answers) == 2
    assert answers[0][3:5] != answers[1][3:5]
    assert [line["block"] for line in served] == ["1/holding-register/0+1", "1/holding-register/100+1"]


async def test_half_closed_it_says_farewell_and_swallows_what_is_asked(tmp_path: Path) -> None:
    event = Event(0.5, 1.0, Target.CONNECTION, "line", "half-close")
    async with playing(LINE, tmp_path, event, length_s=0.6) as played, dialled(played) as (reader, writer):
        writer.write(LOW)
        assert len(await reader.readexactly(ANSWER_BYTES)) == ANSWER_BYTES
        assert await reader.read() == b""
        writer.write(LOW)
        await writer.drain()
        async with dialled(played) as (again, _):
            assert await again.read() == b""
        assert next(line["outcome"] for line in played.served()) == Outcome.SERVED


async def test_a_constant_id_answers_every_question_with_0(tmp_path: Path) -> None:
    event = always("plc", "constant-id")
    async with playing(PLC, tmp_path, event) as played, dialled(played) as (reader, writer):
        writer.write(struct.pack(">HHH", 7, 0, 6) + LOW[:-2])
        assert (await reader.readexactly(9))[:2] == b"\0\0"


async def test_repeated_every_answer_comes_twice(tmp_path: Path) -> None:
    async with (
        playing(LINE, tmp_path, always("line", "repeat")) as played,
        dialled(played) as (reader, writer),
    ):
        writer.write(LOW)
        first, second = frames_in(await heard(reader, 0.2))
        assert len(played.served()) == 1
    assert first == second
