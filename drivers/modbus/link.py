"""Opening a Modbus TCP connection, and why it would not open."""

from collections.abc import Callable
from functools import partial
from typing import Final

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from config.modbus_link import ModbusTcp
from drivers.clock import Clock
from drivers.errors import LinkFault, Refused, Unreachable
from drivers.modbus.guard import Guard, Wire

_FUNCTION_AFTER_MBAP: Final = 7  # transaction id, protocol, length (2 bytes each), unit id


async def open_tcp(settings: ModbusTcp, clock: Clock, on_lost: Callable[[], None]) -> Guard:
    """Connect to a Modbus TCP server, with one unit or several behind it.

    Raises Refused or Unreachable.
    """
    where = f"{settings.host}:{settings.port}"
    make_client = partial(AsyncModbusTcpClient, settings.host, port=settings.port, timeout=settings.timeout)
    wire = Wire(FramerType.SOCKET, _FUNCTION_AFTER_MBAP, has_transaction_id=True, pause_s=settings.pause)
    guard = Guard(make_client, wire, clock, where=where, on_lost=on_lost)
    try:
        await guard.connect()
    except OSError as error:
        raise _fault(where, settings, error) from error
    return guard


def _fault(where: str, settings: ModbusTcp, error: OSError) -> LinkFault:
    if isinstance(error, ConnectionRefusedError):
        return Refused(where)
    if isinstance(error, TimeoutError):
        return Unreachable(where, f"no answer in {settings.timeout:g} s")
    return Unreachable(where, error.strerror or str(error))
