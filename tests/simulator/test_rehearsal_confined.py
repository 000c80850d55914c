"""A rehearsal that would reach beyond this machine is found out before it begins."""

from dataclasses import replace
from pathlib import Path

from config.load import load_plant
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.opcua_link import OpcUa
from simulator.rehearsal.confined import leading_away

ALUMINIUM = Path(__file__).parents[2] / "config" / "plants" / "aluminium.yaml"
FOLDER = Path("/tmp/rehearsal")


def test_a_plant_as_it_is_written_leads_away_by_all_its_connections_and_uplinks() -> None:
    assert leading_away(load_plant(ALUMINIUM), FOLDER) == ("caster-plc", "furnace-plc", "county")


def test_loopback_a_simulated_serial_port_and_an_absent_uplink_do_not() -> None:
    plant = load_plant(ALUMINIUM)
    here = replace(
        plant,
        connections={
            "tcp": ModbusTcp(host="127.0.0.1"),
            "server": ModbusRtuTcp(host="localhost", port=4001),
            "dtu": ModbusDtu(listen="127.0.0.1:6001"),
            "serial": ModbusRtu(port=str(FOLDER / "gas-line.tty")),
            "ua": OpcUa(endpoint="opc.tcp://[::1]:4840"),
        },
        uplinks={
            name: uplink.model_copy(update={"absent": "simulated"}) for name, uplink in plant.uplinks.items()
        },
    )
    assert leading_away(here, FOLDER) == ()


def test_another_host_another_port_and_listening_to_everybody_do() -> None:
    plant = load_plant(ALUMINIUM)
    away = replace(
        plant,
        connections={
            "tcp": ModbusTcp(host="plc.example"),
            "dtu": ModbusDtu(listen="0.0.0.0:6001"),
            "serial": ModbusRtu(port="/dev/serial/by-id/usb-a"),
            "ua": OpcUa(endpoint="opc.tcp://192.168.10.30:4840"),
        },
        uplinks={},
    )
    assert leading_away(away, FOLDER) == ("tcp", "dtu", "serial", "ua")
