"""Overlays move a plant to other addresses and change nothing else."""

from pathlib import Path

from config.load import load_plant
from config.modbus_link import ModbusRtu, ModbusTcp
from config.opcua_link import OpcUa
from config.transport import Mqtt
from tests.config.texts import CO, codes, faults_of, write

UPLINKS = """\
uplinks:
  bureau:
    ministry-http:
      url: https://a
      appid: x
      appsecret: "${credential:secret}"
      sm4: {key: "${credential:key}", iv: "${credential:iv}"}
  county:
    mqtt: {host: broker, tls: {ca: /etc/ca.pem}}
"""
PLANT = "devices:\n" + CO + UPLINKS


def overlay(folder: Path, text: str, name: str = "overlay.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_connections_and_uplinks_move_and_the_rest_stays(tmp_path: Path) -> None:
    text = """\
connections:
  line: {modbus-rtu: {port: /dev/pts/7}}
  plc: {modbus-tcp: {host: 127.0.0.1, port: 15020}}
  ua: {opcua: {endpoint: "opc.tcp://127.0.0.1:14840"}}
uplinks:
  bureau:
    ministry-http:
      url: https://127.0.0.1:8443/api
      appid: demo
      appsecret: for-a-minute
      sm4: {key: "0123456789abcdeffedcba9876543210", iv: "0123456789abcdeffedcba9876543210"}
      tls: {ca: /tmp/ca.pem}
  county:
    mqtt: {host: 127.0.0.1, port: 1883, tls: null}
console: {listen: 127.0.0.1:0}
"""
    plant = load_plant(write(tmp_path, PLANT), overlays=[overlay(tmp_path, text)])
    line, plc, ua = (plant.connections[name] for name in ("line", "plc", "ua"))
    assert isinstance(line, ModbusRtu)
    assert (line.port, line.baudrate) == ("/dev/pts/7", 9600)
    assert isinstance(plc, ModbusTcp)
    assert (plc.host, plc.port) == ("127.0.0.1", 15020)
    assert isinstance(ua, OpcUa)
    assert ua.endpoint == "opc.tcp://127.0.0.1:14840"
    ministry = plant.uplinks["bureau"].ministry_http
    assert ministry is not None
    assert (ministry.appsecret, ministry.tls.ca) == ("for-a-minute", "/tmp/ca.pem")
    county = plant.uplinks["county"].transport
    assert isinstance(county, Mqtt)
    assert (county.tls, county.port) == (None, 1883)
    assert plant.console_listen == "127.0.0.1:0"


def test_the_later_of_two_overlays_wins(tmp_path: Path) -> None:
    first = overlay(tmp_path, "connections: {plc: {modbus-tcp: {host: 127.0.0.1, port: 1}}}", "1.yaml")
    second = overlay(tmp_path, "connections: {plc: {modbus-tcp: {port: 2}}}", "2.yaml")
    plc = load_plant(write(tmp_path, PLANT), overlays=[first, second]).connections["plc"]
    assert isinstance(plc, ModbusTcp)
    assert (plc.host, plc.port) == ("127.0.0.1", 2)


def test_an_uplink_may_be_absent_with_a_reason(tmp_path: Path) -> None:
    text = "uplinks: {county: {absent: mosquitto is not installed}}"
    plant = load_plant(write(tmp_path, PLANT), overlays=[overlay(tmp_path, text)])
    assert plant.uplinks["county"].absent == "mosquitto is not installed"


def test_an_empty_overlay_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, PLANT)
    assert load_plant(path, overlays=[overlay(tmp_path, "# nothing\n")]) == load_plant(path)


def test_whatever_else_an_overlay_says_is_a_fault_in_the_overlay(tmp_path: Path) -> None:
    text = """\
devices:
  co-1: {period: 60 s}
connections:
  lien: {modbus-rtu: {port: /dev/pts/7}}
  line: {modbus-rtu: {port: /dev/pts/7, baudrate: 300}}
  plc: {opcua: {endpoint: "opc.tcp://a"}}
uplinks:
  county: {readings: all, mqtt: {topic: x}}
console: {theme: dark}
"""
    path = overlay(tmp_path, text)
    faults = faults_of(write(tmp_path, PLANT), overlays=(path,))
    assert {fault.file for fault in faults} == {str(path)}
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [
        (1, 1, "overlay-not-allowed"),
        (4, 3, "overlay-id-unknown-near"),
        (5, 41, "overlay-not-allowed"),
        (6, 9, "overlay-other-protocol"),
        (8, 12, "overlay-not-allowed"),
        (8, 34, "overlay-not-allowed"),
        (9, 11, "overlay-not-allowed"),
    ]


def test_a_wrong_value_in_an_overlay_is_told_in_the_overlay(tmp_path: Path) -> None:
    path = overlay(tmp_path, "connections: {plc: {modbus-tcp: {port: 99999}}}")
    [fault] = faults_of(write(tmp_path, PLANT), overlays=(path,))
    assert (fault.file, fault.line, fault.column, fault.code) == (str(path), 1, 40, "too-large")


def test_a_missing_overlay_is_a_fault(tmp_path: Path) -> None:
    faults = faults_of(write(tmp_path, PLANT), overlays=(tmp_path / "nowhere.yaml",))
    assert codes(faults) == ["file-missing"]
