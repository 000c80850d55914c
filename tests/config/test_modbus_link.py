"""Ways to a Modbus device, as they are written."""

from pathlib import Path

import pytest

from config.load import load_plant
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from tests.config.texts import CO, HEAD, write


def connection(folder: Path, text: str) -> object:
    head = HEAD.replace("modbus-rtu: {port: /dev/serial/by-id/usb-a}", text)
    return load_plant(write(folder, "devices:\n" + CO, head=head), profile_dirs=()).connections["line"]


def test_a_dtu_has_an_address_and_packets_as_text_or_in_hexadecimal(tmp_path: Path) -> None:
    text = 'modbus-dtu: {listen: "0.0.0.0:6001", registration: "863412", heartbeat: {hex: "fe 0A"}}'
    dtu = connection(tmp_path, text)
    assert isinstance(dtu, ModbusDtu)
    assert dtu.address == ("0.0.0.0", 6001)
    assert dtu.registration is not None
    assert dtu.registration.content == b"863412"
    assert dtu.heartbeat is not None
    assert dtu.heartbeat.content == b"\xfe\x0a"


def test_a_dtu_may_dial_in_by_ip_version_6(tmp_path: Path) -> None:
    dtu = connection(tmp_path, 'modbus-dtu: {listen: "[::]:6001"}')
    assert isinstance(dtu, ModbusDtu)
    assert dtu.address == ("::", 6001)


def test_a_serial_server_is_a_line_and_has_an_address(tmp_path: Path) -> None:
    server = connection(tmp_path, "modbus-rtu-tcp: {host: 10.0.0.4, port: 4001, baudrate: 4800}")
    assert isinstance(server, ModbusRtuTcp)
    assert (server.host, server.port) == ("10.0.0.4", 4001)


@pytest.mark.parametrize(
    ("settings", "byte_s"),
    [
        (ModbusRtu(port="x", baudrate=9600), 10 / 9600),
        (ModbusRtu(port="x", baudrate=9600, parity="even"), 11 / 9600),
        (ModbusRtu(port="x", baudrate=1200, stopbits=2), 11 / 1200),
        (ModbusRtuTcp(host="x", baudrate=19200), 10 / 19200),
        (ModbusDtu(listen="0.0.0.0:1", baudrate=2400), 10 / 2400),
        (ModbusTcp(host="x"), 0.0),
    ],
)
def test_a_byte_takes_its_bits_on_the_line(settings: ModbusTcp | ModbusRtu, byte_s: float) -> None:
    assert settings.byte_s == pytest.approx(byte_s)
