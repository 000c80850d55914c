"""Whether anything of a plant would reach beyond this machine: a rehearsed leak must not."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from config.connection import Connection
from config.modbus_link import ModbusDtu, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.model import Plant
from config.opcua_link import OpcUa


def leading_away(plant: Plant, folder: Path) -> tuple[str, ...]:
    """Return the connections and uplinks that are neither on loopback, nor in `folder`, nor off."""
    connections = (name for name, to in plant.connections.items() if not _is_here(to, folder))
    uplinks = (name for name, to in plant.uplinks.items() if to.absent is None)
    return (*connections, *uplinks)


def _is_here(connection: Connection, folder: Path) -> bool:
    match connection:
        case ModbusRtu():
            return Path(connection.port).is_relative_to(folder)
        case ModbusTcp() | ModbusRtuTcp():
            return _is_loopback(connection.host)
        case ModbusDtu():
            return _is_loopback(connection.address[0])
        case OpcUa():
            return _is_loopback(urlsplit(connection.endpoint).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
