"""What a command on the wire is pointed at: a device of a plant file, or an address given by hand."""

import argparse
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar, get_args

import httpx
from pydantic import ValidationError

from agent.cli.status import ask
from agent.commissioning import messages
from agent.state_folder import STATE_DEFAULT
from config.connection import Connection
from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from config.modbus_link import BaudRate, Modbus, ModbusRtu, ModbusRtuTcp, ModbusTcp, TcpAddress
from config.model import Device, Plant, Text
from config.validation import nearest
from drivers.errors import Silent
from drivers.messages import describe
from drivers.modbus.opening import where_of
from drivers.modbus.other_kind import doubting_kind

Settings = TypeVar("Settings", ModbusTcp, ModbusRtu, ModbusRtuTcp)

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INVALID: Final = 3

BAUD_RATES: Final = get_args(BaudRate)
PARITIES: Final = ("none", "even", "odd")
TCP_PORT: Final = 502
UNITS_MAX: Final = 255


class Unreachable(Exception):
    """There is nothing to point at; `code` is what the command exits with."""

    def __init__(self, code: int, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.code = code
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Named:
    """A device of a plant file."""

    plant: Plant
    device: Device

    @property
    def connection(self) -> Connection:
        """How it is reached."""
        return self.plant.connections[self.device.connection_id]


def hush_libraries() -> None:
    """Keep the libraries' own lines for every silent request off the terminal: ours say what it means."""
    for name in ("pymodbus", "asyncua"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def both(text: Text) -> str:
    """Return a sentence in both languages, as every command prints it."""
    return f"{text.zh} / {text.en}"


def add_plant_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a command that reads a plant file."""
    parser.add_argument("--overlay", type=Path, action="append", default=[], help="覆盖文件 / overlay")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )
    parser.add_argument(
        "--state", type=Path, default=STATE_DEFAULT, help="网关的状态目录 / state folder of the agent"
    )


def add_address_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a command that takes an address in place of a plant file."""
    parser.add_argument("--tcp", metavar="HOST[:PORT]", help="Modbus TCP 设备 / a Modbus TCP device")
    parser.add_argument("--serial", metavar="PORT", help="串口 / a serial port, /dev/serial/by-id/…")
    parser.add_argument("--stopbits", type=int, choices=[1, 2], default=1, help="停止位 / stop bits")
    parser.add_argument(
        "--timeout", type=float, metavar="S", help="应答超时，秒 / how long an answer may take, in seconds"
    )


def named_device(args: argparse.Namespace) -> Named:
    """Return the device that PLANT and DEVICE name. Raises Unreachable, in words."""
    try:
        plant = load_plant(args.plant, overlays=args.overlay, profile_dirs=args.profiles or (SITE_PROFILES,))
    except InvalidPlant as invalid:
        raise Unreachable(EXIT_INVALID, *(fault.render() for fault in invalid.faults)) from invalid
    device = plant.devices.get(args.device)
    if device is None:
        near = nearest(args.device, plant.devices)
        text = messages.no_such_device(args.device, tuple(plant.devices), near)
        raise Unreachable(EXIT_USAGE, both(text))
    return Named(plant, device)


def modbus_of(named: Named) -> Modbus:
    """Return the Modbus connection of a device. Raises Unreachable where it has none."""
    connection = named.connection
    if not isinstance(connection, Modbus):
        raise Unreachable(EXIT_USAGE, both(messages.not_modbus(named.device.id)))
    return connection


def tcp_settings(args: argparse.Namespace) -> ModbusTcp:
    """Return the connection that `--tcp` gives. Raises Unreachable where it is no address."""
    return _checked(ModbusTcp, _address(args.tcp), args, args.tcp)


def rtu_tcp_settings(args: argparse.Namespace) -> ModbusRtuTcp:
    """Return the serial server that `--rtu-tcp` gives. Raises Unreachable where it is no address."""
    return _checked(ModbusRtuTcp, _address(args.rtu_tcp), args, args.rtu_tcp)


def _address(text: str) -> dict[str, object]:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(TCP_PORT)
    return {"host": host.strip("[]"), "port": int(port) if port.isdigit() else -1}


def rtu_settings(args: argparse.Namespace, baudrate: int, parity: str) -> ModbusRtu:
    """Return the line that `--serial` gives. Raises Unreachable where it is none."""
    line = {"port": args.serial, "baudrate": baudrate, "parity": parity, "stopbits": args.stopbits}
    return _checked(ModbusRtu, line, args, args.serial)


def _checked(
    kind: type[Settings], settings: dict[str, object], args: argparse.Namespace, shown: str
) -> Settings:
    timeout = {} if args.timeout is None else {"timeout": f"{args.timeout} s"}
    try:
        return kind.model_validate({**settings, **timeout})
    except ValidationError as error:
        raise Unreachable(EXIT_USAGE, f"{shown}: 地址或参数不对 / no such address or setting") from error


def tell_silent(settings: Modbus) -> None:
    """Say what may be the matter with an address behind which nobody answers; nothing of another way."""
    if isinstance(settings, TcpAddress):
        fault = doubting_kind(Silent(where_of(settings)), settings)
        print(both(describe(fault, is_retried=False)), file=sys.stderr)


def tell_running(args: argparse.Namespace, named: Named) -> None:
    """Say so where the running agent polls the connection that is about to be used."""
    if isinstance(named.connection, ModbusRtu):
        return  # the agent then holds the port, and that is told with its mend
    connection_id = named.device.connection_id
    try:
        links = ask(args.state)["links"]
    except (httpx.TransportError, OSError):
        return  # no agent runs here
    if any(link["connection"] == connection_id for link in links):
        print(both(messages.agent_connected(connection_id)), file=sys.stderr)
