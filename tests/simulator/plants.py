"""Small plants of model objects, for tests that need no plant file."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.connection import Connection
from config.modbus_link import ModbusRtu, ModbusTcp
from config.model import Device, Plant, Point, Text
from config.opcua_link import OpcUa
from config.settings import BufferSettings
from config.source import ByteOrder, NodeSource, RegisterSource, RegisterType, Table

_indexes = itertools.count()

TCP = ModbusTcp(host="192.0.2.1", timeout="200 ms")
RTU = ModbusRtu(port="/dev/ttyUSB0", timeout="200 ms")
OPCUA = OpcUa(endpoint="opc.tcp://192.0.2.1:4840")


def register(
    address: int,
    kind: RegisterType = RegisterType.UINT16,
    *,
    unit_id: int = 1,
    table: Table = Table.HOLDING_REGISTER,
    order: ByteOrder = ByteOrder.ABCD,
    bit: int | None = None,
    scale: float = 1.0,
    offset: float = 0.0,
    sentinels: tuple[int, ...] = (),
) -> RegisterSource:
    return RegisterSource(unit_id, table, address, kind, order, bit, scale, offset, sentinels)


def point(
    point_id: str,
    source: RegisterSource | NodeSource,
    *,
    datatype: str = "float",
    range_: tuple[float, float] | None = (0, 1000),
    period_s: float = 1.0,
) -> Point:
    name = Text(point_id, point_id)
    return Point(point_id, next(_indexes), name, "", datatype, range_, source, period_s)


def device(
    device_id: str,
    connection_id: str,
    points: Sequence[Point],
    simulate: Mapping[str, object] | None = None,
    *,
    max_gap_registers: int = 0,
) -> Device:
    name = Text(device_id, device_id)
    return Device(
        id=device_id,
        name=name,
        profile=None,
        verified=False,
        connection_id=connection_id,
        unit_id=None,
        area=None,
        tag=None,
        points=tuple(points),
        rules=(),
        simulate=simulate or {},
        max_gap_registers=max_gap_registers,
    )


def detector(device_id: str, connection_id: str, unit_id: int, *, period_s: float = 1.0) -> Device:
    source = register(0, unit_id=unit_id, scale=0.1)
    points = [point(f"{device_id}.concentration", source, period_s=period_s)]
    return device(device_id, connection_id, points, {"process": "gas-leak"})


def cooling(device_id: str, connection_id: str, unit_id: int) -> Device:
    short = ("inlet-flow", "inlet-pressure", "inlet-temperature", "outlet-temperature")
    points = [
        point(f"{device_id}.{name}", register(2 * n, RegisterType.FLOAT32, unit_id=unit_id))
        for n, name in enumerate(short)
    ]
    return device(device_id, connection_id, points, {"process": "cooling-water"})


def collector(device_id: str, connection_id: str, unit_id: int) -> Device:
    sources = {
        "fan": register(0, RegisterType.BIT, unit_id=unit_id, bit=0),
        "hopper-temperature": register(1, RegisterType.INT16, unit_id=unit_id, scale=0.1),
        "inlet-temperature": register(2, RegisterType.INT16, unit_id=unit_id, scale=0.1),
        "differential-pressure": register(3, unit_id=unit_id),
        "pulse-pressure": register(4, unit_id=unit_id),
    }
    points = [
        point(f"{device_id}.{name}", source, datatype="bool" if name == "fan" else "float")
        for name, source in sources.items()
    ]
    return device(device_id, connection_id, points, {"process": "dust-collector"})


def furnace(device_id: str, connection_id: str, period_s: float = 1.0) -> Device:
    short = ("tilt-angle", "hydraulic-pressure", "oil-temperature", "launder-level")
    points = [
        point(f"{device_id}.{name}", NodeSource(f"ns=2;s={device_id}.{name}"), period_s=period_s)
        for name in short
    ]
    return device(device_id, connection_id, points, {"process": "tilting-furnace"})


def plant(connections: Mapping[str, Connection], *devices: Device) -> Plant:
    return Plant(
        id="test-plant",
        name=Text("试验厂", "Test plant"),
        region="140800",
        timezone="Asia/Shanghai",
        areas={},
        connections=connections,
        devices={d.id: d for d in devices},
        uplinks={},
        buffer=BufferSettings(),
        path=Path("plant.yaml"),
        text_sha256="",
    )
