"""Do two connections want the same thing of this machine: a serial port, or a port to listen on?"""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from config.connection import Connection
from config.fault import Findings
from config.modbus_link import ModbusDtu, ModbusRtu
from config.position import Layers


def check_links(connections: Mapping[str, Connection], source: Layers, findings: Findings) -> None:
    """Tell every connection that wants what an earlier one has."""
    for other, id_ in _same_serial_ports(connections):
        place = source.place("connections", id_, "modbus-rtu", "port")
        findings.fault(place, "serial-port-twice", other=other)
    known = {id_: c for id_, c in connections.items() if _is_known(id_, source, findings)}
    for other, id_ in _same_listening_ports(known):
        place = source.place("connections", id_, "modbus-dtu", "listen")
        findings.fault(place, "listen-twice", other=other)


def _same_serial_ports(connections: Mapping[str, Connection]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for id_, connection in connections.items():
        if isinstance(connection, ModbusRtu) and (other := first.setdefault(connection.port, id_)) != id_:
            yield other, id_


def _same_listening_ports(connections: Mapping[str, Connection]) -> Iterator[tuple[str, str]]:
    listening = [(id_, c.address) for id_, c in connections.items() if isinstance(c, ModbusDtu)]
    for index, (id_, address) in enumerate(listening):
        other = next((o for o, earlier in listening[:index] if _collide(earlier, address)), None)
        if other is not None:
            yield other, id_


def _is_known(id_: str, source: Layers, findings: Findings) -> bool:
    """Return whether the address to listen on is as written, and no placeholder for a fault."""
    loc = ("connections", id_, "modbus-dtu", "listen")
    return source.has(*loc) and not findings.is_told(source.place(*loc))


def _collide(one: tuple[str, int], other: tuple[str, int]) -> bool:
    any_address = any(ip_address(host).is_unspecified for host, _ in (one, other))
    return one[1] == other[1] and (any_address or one[0] == other[0])
