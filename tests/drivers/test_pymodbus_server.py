"""Against pymodbus's own servers: TCP, RTU frames over TCP, and a serial line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from config.connection import Connection
from config.modbus_link import ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.source import RegisterType
from tests.drivers.bridge import bridged
from tests.drivers.plant import device, good, register_point, running

REGISTERS = 200


def simulated() -> SimDevice:
    return SimDevice(1, [SimData(0, values=list(range(REGISTERS)), datatype=DataType.REGISTERS)])


@asynccontextmanager
async def served(kind: str) -> AsyncIterator[Connection]:
    """Serve registers that hold their own address; yields how to reach them."""
    if kind == "modbus-rtu":
        with bridged() as (ours, theirs):
            serial = ModbusSerialServer(simulated(), port=theirs, baudrate=115200, framer=FramerType.RTU)
            await serial.serve_forever(background=True)
            yield ModbusRtu(port=ours, baudrate=115200)
            await serial.shutdown()  # type: ignore[no-untyped-call]
        return
    framer = FramerType.SOCKET if kind == "modbus-tcp" else FramerType.RTU
    server = ModbusTcpServer([simulated()], address=("127.0.0.1", 0), framer=framer)
    await server.serve_forever(background=True)
    number = server.transport.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    made = ModbusTcp if kind == "modbus-tcp" else ModbusRtuTcp
    yield made(host="127.0.0.1", port=number)
    await server.shutdown()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("kind", ["modbus-tcp", "modbus-rtu-tcp", "modbus-rtu"])
async def test_its_registers_are_read_as_they_are(kind: str) -> None:
    points = [
        register_point("one", 7),
        register_point("two", 20, RegisterType.UINT32),
        register_point("hole", REGISTERS + 50),
    ]
    async with served(kind) as settings, running(settings, [device(*points)]) as seen:
        await seen.until(lambda: len(seen.scans) >= 9)
    values = {
        point.id: value
        for scan in seen.scans
        if good(scan)
        for point, value in zip(scan.plan.points, scan.values, strict=True)
    }
    assert values == {"one": 7, "two": (20 << 16) + 21}
    assert seen.link_history == ["up"]
