"""Whatever the code above may ask for, nothing but reads has a way out, over every kind of connection.

Method: mutants. The request that leaves is replaced by one that writes, by each
function code there is; the device keeps every byte that it gets, and gets none.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from asyncua import ua
from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.register_message import WriteSingleRegisterRequest

import drivers.modbus.guard
from config.modbus_link import Modbus, ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.opcua_link import OpcUa
from config.source import Table
from drivers.clock import SystemClock
from drivers.modbus.driver import ModbusDriver
from drivers.modbus.guard import Guard
from drivers.modbus.opening import opening_of
from drivers.modbus.plan import Block
from drivers.modbus.readonly import ForbiddenRequestError
from drivers.opcua.access import Access
from drivers.opcua.services import ForbiddenServiceError
from drivers.opcua.session import open_session
from drivers.remarks import Remarks
from drivers.surroundings import Surroundings
from tests.drivers.conftest import free_port
from tests.drivers.opcua_server import endpoint, small_server
from tests.drivers.plant import Recorder, device, register_point
from tests.drivers.scripted import Scripted, dtu_device, rtu_device, tcp_device

ALLOWED = {1, 2, 3, 4}
IDENTIFY = 43
KINDS = ("modbus-tcp", "modbus-rtu", "modbus-rtu-tcp", "modbus-dtu")
LOOPBACK = "127.0.0.1"
BLOCK = Block(1, Table.HOLDING_REGISTER, 100, 2, 1.0, ())


class AnyRequest(ModbusPDU):
    """A request by any function code, as it would stand on the wire."""

    def __init__(self, function_code: int, content: bytes) -> None:
        super().__init__(dev_id=1)
        self.function_code = function_code
        self.content = content

    def encode(self) -> bytes:
        return self.content


@asynccontextmanager
async def connection(kind: str, server: Scripted) -> AsyncIterator[Modbus]:
    """Serve `server` over a kind of connection, and say how to reach it."""
    server.rtu = kind != "modbus-tcp"
    match kind:
        case "modbus-rtu":
            with rtu_device(server) as port:
                yield ModbusRtu(port=port, baudrate=115200)
        case "modbus-dtu":
            number = free_port()
            dialling = asyncio.create_task(_dial(server, number))
            yield ModbusDtu(listen=f"{LOOPBACK}:{number}", registration=None, timeout="300 ms")
            dialling.cancel()
        case _:
            async with tcp_device(server) as number:
                way = ModbusTcp if kind == "modbus-tcp" else ModbusRtuTcp
                yield way(host=LOOPBACK, port=number)


async def _dial(server: Scripted, port: int) -> None:
    async with dtu_device(server, port):
        await asyncio.Event().wait()


@asynccontextmanager
async def guarded(settings: Modbus) -> AsyncIterator[Guard]:
    clock = SystemClock()
    opening = opening_of(settings, clock, Remarks("line", clock, lambda _: None))
    link = await opening.open(lambda: None)
    guard = getattr(link, "guard", link)
    assert isinstance(guard, Guard)
    try:
        yield guard
    finally:
        guard.close()
        opening.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_of_all_function_codes_only_reads_leave(kind: str) -> None:
    server = Scripted()
    async with connection(kind, server) as settings, guarded(settings) as guard:
        stopped = []
        for function_code in range(256):
            # 43/13 goes on to CANopen, which writes; 43/14 is the identification.
            content = b"\x0d\x00\x01\x00" if function_code == IDENTIFY else b"\x00\x00\x00\x01"
            if function_code in ALLOWED:
                continue
            with pytest.raises(ForbiddenRequestError):
                await guard._client.execute(False, AnyRequest(function_code, content))
            stopped.append(function_code)
        assert len(stopped) == 256 - len(ALLOWED)
        await guard.read(BLOCK, 0.5)
    assert [request.function for request in server.requests] == [3], "something else got out"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_driver_that_would_write_is_stopped_before_a_byte_leaves(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(block: Block) -> ModbusPDU:
        return WriteSingleRegisterRequest(address=block.first, registers=[0], dev_id=block.unit_id)

    monkeypatch.setattr(drivers.modbus.guard, "request_for", write)
    server, recorder = Scripted(), Recorder()
    surroundings = Surroundings(SystemClock(), Random(7), recorder.on_link, recorder.on_note)
    async with connection(kind, server) as settings:
        driver = ModbusDriver("line", settings, [device(register_point("p", 100))], surroundings)
        with pytest.raises(BaseExceptionGroup) as stopped:
            await asyncio.wait_for(driver.run(recorder.emit), 10)
    assert stopped.value.subgroup(ForbiddenRequestError) is not None
    assert server.frames == []


async def test_an_opc_ua_session_that_would_write_or_call_is_stopped(port: int, tmp_path: Path) -> None:
    async with small_server(port, valve=1.0) as small:
        access = Access("furnace", OpcUa(endpoint=endpoint(port)), tmp_path, {}, SystemClock())
        async with open_session(access, lambda: None) as client:
            node = client.get_node("ns=2;s=valve")
            with pytest.raises(ForbiddenServiceError):
                await node.write_value(2.0)
            with pytest.raises(ForbiddenServiceError):
                await client.uaclient.call([ua.CallMethodRequest(ObjectId=node.nodeid, MethodId=node.nodeid)])
            with pytest.raises(ForbiddenServiceError):
                await client.delete_nodes([node])
            assert await node.read_value() == 1.0
        assert await small.server.get_node("ns=2;s=valve").read_value() == 1.0
