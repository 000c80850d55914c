"""Dialling a TCP address, watching that the other end is still there, and saying why there is no connection.

A cable that is unplugged says nothing: no FIN, no RST. A request that is not even
acknowledged ends the connection after UNHEARD_S, and one that stands idle is
asked now and then whether anybody is left.
"""

import asyncio
import errno
import socket
from typing import Final

from config.modbus_link import TcpAddress
from drivers.errors import LinkFault, NoLocalAddress, Refused, Unreachable
from drivers.modbus.stream import Make

UNHEARD_S: Final = 8
"""Sent bytes that are not acknowledged for so long end the connection (RFC 5482)."""
IDLE_S: Final = 15
ASK_EVERY_S: Final = 3
_ASK_TIMES: Final = 3


async def dial(address: TcpAddress, make: Make) -> asyncio.Transport:
    """Connect. Raises OSError; whoever calls sets the time-out."""
    local = None if address.bind is None else (address.bind, 0)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(make, address.host, address.port, local_addr=local)
    watch(transport)
    return transport


def watch(transport: asyncio.Transport) -> None:
    """Have the system notice a peer that is gone without a farewell."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_EVERY_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _ASK_TIMES)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_S * 1000)


def name_of(address: TcpAddress) -> str:
    """Return host and port as they are shown to people."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}"


def fault_of(address: TcpAddress, error: OSError) -> LinkFault:
    """Return what kept us from connecting."""
    where = name_of(address)
    if address.bind is not None and error.errno == errno.EADDRNOTAVAIL:
        return NoLocalAddress(address.bind)
    if isinstance(error, ConnectionRefusedError):
        return Refused(where)
    if isinstance(error, TimeoutError):
        return Unreachable(where, f"> {address.connect_timeout:g} s")
    return Unreachable(where, error.strerror or str(error))
