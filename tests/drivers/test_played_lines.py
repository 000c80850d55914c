"""The simulated plant, as the agent reads it: every kind of connection with all its ways."""

from pathlib import Path

import pytest

from config.connection import Connection, ConnectionEntry
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.packet import PacketEntry
from simulator.faults import Target
from simulator.scenario import Event
from tests.drivers.plant import good, running
from tests.simulator.plants import detector, plant
from tests.simulator.playing import Played, playing

KINDS: dict[str, Connection] = {
    "modbus-tcp": ModbusTcp(host="192.0.2.1", timeout="300 ms"),
    "modbus-tcp, hanging up": ModbusTcp(host="192.0.2.1", timeout="300 ms", per_request=True),
    "modbus-tcp, no transaction ids": ModbusTcp(
        host="192.0.2.1", timeout="300 ms", any_transaction_id=True, max_connections=2
    ),
    "modbus-rtu": ModbusRtu(port="/dev/ttyUSB0", echo=True, turnaround="5 ms"),
    "modbus-rtu-tcp": ModbusRtuTcp(host="192.0.2.1", timeout="300 ms", echo=True, bind="192.168.1.5"),
    "modbus-dtu": ModbusDtu(
        listen="0.0.0.0:6001",
        timeout="300 ms",
        registration=PacketEntry(text="YC-GAS-01"),
        heartbeat=PacketEntry(hex="FE"),
    ),
}


def as_played(settings: Connection, played: Played) -> Connection:
    """Return the settings with the overlay laid over them."""
    [(protocol, way)] = played.connections["line"].items()
    written = settings.model_dump(exclude_unset=True)
    seconds = {"timeout", "turnaround"}
    given = {key: f"{value} s" if key in seconds else value for key, value in written.items()}
    return ConnectionEntry.model_validate({protocol: {**given, **way}}).settings


@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
async def test_every_kind_of_connection_is_played_and_survives_its_faults(
    settings: Connection, tmp_path: Path
) -> None:
    devices = [detector(f"co-{n}", "line", n, period_s=0.3) for n in (11, 12)]
    down = "adapter-pulled" if isinstance(settings, ModbusRtu) else "reboot"
    faults = [
        Event(at, at + 0.1, Target.CONNECTION, "line", do)
        for at, do in ((0.2, "late"), (0.4, "line-cut"), (0.6, down))
    ]
    made = plant({"line": settings}, *devices)
    async with playing(made, tmp_path, *faults, length_s=10.0) as played:
        async with running(as_played(settings, played), made.devices.values()) as seen:
            await seen.until(lambda: any(not good(scan) for scan in seen.scans[4:]), 12)
            await seen.until(lambda: sum(line["outcome"] == "silent" for line in played.served()) > 0, 12)
            await seen.until(lambda: len(seen.link_history) >= 3, 12)
            await seen.until(lambda: seen.link == "up" and all(good(s) for s in seen.scans[-4:]), 12)
        served = [line["values"] for line in played.served() if line["outcome"] in {"served", "late"}]
    read = [
        {point.id: value for point, value in zip(scan.plan.points, scan.values, strict=True)}
        for scan in seen.scans
        if good(scan)
    ]
    assert all(values in served for values in read)
