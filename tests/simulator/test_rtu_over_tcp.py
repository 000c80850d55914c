"""Simulated lines behind a network: a serial server that is dialled, and a DTU that dials in."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from config.modbus_link import ModbusDtu, ModbusRtuTcp, ModbusTcp
from config.packet import PacketEntry
from simulator.faults import Target
from simulator.rtu import add_crc
from simulator.scenario import Event
from tests.simulator.plants import detector, plant
from tests.simulator.playing import Played, playing

NAME = PacketEntry(text="YC-GAS-01")
BEAT = PacketEntry(hex="FE FE")
ASK = add_crc(struct.pack(">BBHH", 11, 3, 0, 1))
ANSWER_BYTES = 7


def fault(do: str, at: float = 0.0, until: float = 1.0) -> Event:
    return Event(at, until, Target.CONNECTION, "line", do)


@asynccontextmanager
async def serial_server(played: Played) -> AsyncIterator[AsyncModbusTcpClient]:
    way = played.connections["line"]["modbus-rtu-tcp"]
    client = AsyncModbusTcpClient(
        way["host"], port=way["port"], framer=FramerType.RTU, timeout=1.0, retries=0, reconnect_delay=0
    )
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()


class Listening:
    """Takes calls as the agent would, on the port that the overlay names."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    @asynccontextmanager
    async def on(self, played: Played) -> AsyncIterator["Listening"]:
        host, port = played.connections["line"]["modbus-dtu"]["listen"].split(":")
        server = await asyncio.start_server(self._take, host, int(port))
        async with server:
            yield self
            while not self.calls.empty():
                self.calls.get_nowait()[1].close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.calls.put((reader, writer))


async def test_a_serial_server_carries_the_frames_of_its_line(tmp_path: Path) -> None:
    made = plant({"line": ModbusRtuTcp(host="192.0.2.1")}, detector("co-11", "line", 11))
    async with playing(made, tmp_path) as played, serial_server(played) as client:
        answer = await client.read_holding_registers(0, count=1, device_id=11)
        assert played.served()[0]["values"] == {"co-11.concentration": answer.registers[0] / 10}


async def test_a_serial_server_echoes_and_hangs_up_where_the_plant_file_says_so(tmp_path: Path) -> None:
    settings = ModbusRtuTcp(host="192.0.2.1", echo=True, per_request=True, bind="192.168.1.5")
    made = plant({"line": settings}, detector("co-11", "line", 11))
    async with playing(made, tmp_path) as played:
        way = played.connections["line"]["modbus-rtu-tcp"]
        assert way["bind"] == "127.0.0.1"
        reader, writer = await asyncio.open_connection(way["host"], way["port"])
        writer.write(ASK)
        heard = await reader.read()  # to the end: it hangs up
        writer.close()
    assert heard.startswith(ASK)
    assert len(heard) == len(ASK) + ANSWER_BYTES


async def test_a_gateway_without_transaction_ids_answers_0(tmp_path: Path) -> None:
    settings = ModbusTcp(host="192.0.2.1", any_transaction_id=True)
    made = plant({"line": settings}, detector("co-11", "line", 11))
    async with playing(made, tmp_path) as played:
        way = played.connections["line"]["modbus-tcp"]
        reader, writer = await asyncio.open_connection(way["host"], way["port"])
        writer.write(struct.pack(">HHHBBHH", 4711, 0, 6, 11, 3, 0, 1))
        head = await reader.readexactly(8)
        writer.close()
    assert head[:2] == b"\0\0"
    assert head[6:] == b"\x0b\x03"


async def test_a_dtu_dials_in_says_who_it_is_and_answers(tmp_path: Path) -> None:
    settings = ModbusDtu(listen="0.0.0.0:6001", registration=NAME, heartbeat=BEAT)
    made = plant({"line": settings}, detector("co-11", "line", 11))
    async with playing(made, tmp_path) as played, Listening().on(played) as agent:
        reader, writer = await agent.calls.get()
        assert await reader.readexactly(len(NAME.content)) == NAME.content
        writer.write(ASK)
        answer = await reader.readexactly(ANSWER_BYTES)
        assert answer[:3] == b"\x0b\x03\x02"
        assert await reader.readexactly(len(BEAT.content)) == BEAT.content
        [line] = played.served()
        assert line["values"] == {"co-11.concentration": int.from_bytes(answer[3:5], "big") / 10}


async def test_a_dtu_that_reboots_is_gone_and_dials_in_anew(tmp_path: Path) -> None:
    settings = ModbusDtu(listen="0.0.0.0:6001", registration=NAME)
    made = plant({"line": settings}, detector("co-11", "line", 11))
    reboot = fault("reboot", at=0.25, until=0.5)
    async with playing(made, tmp_path, reboot, length_s=4.0) as played, Listening().on(played) as agent:
        loop = asyncio.get_running_loop()
        reader, _ = await agent.calls.get()
        begun_s = loop.time()
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        again, _ = await agent.calls.get()
        assert loop.time() - begun_s >= 0.9  # it was away for a second
        assert await again.readexactly(len(NAME.content)) == NAME.content


async def test_a_cut_line_behind_a_dtu_is_silent_with_the_connection_open(tmp_path: Path) -> None:
    settings = ModbusDtu(listen="0.0.0.0:6001", heartbeat=BEAT)
    made = plant({"line": settings}, detector("co-11", "line", 11))
    async with playing(made, tmp_path, fault("line-cut")) as played, Listening().on(played) as agent:
        reader, writer = await agent.calls.get()
        writer.write(ASK)
        assert await reader.readexactly(len(BEAT.content)) == BEAT.content
        assert [line["outcome"] for line in played.served()] == ["silent"]
