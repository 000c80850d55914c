"""Opening a connection that we dial: Modbus TCP, or RTU frames to a serial server."""

from collections.abc import Callable
from functools import partial

from config.modbus_link import ModbusRtuTcp, ModbusTcp, TcpAddress
from drivers.clock import Clock
from drivers.modbus.dial import dial, fault_of, name_of
from drivers.modbus.echo import Echo
from drivers.modbus.guard import Guard
from drivers.modbus.wire import Ears, rtu_wire, tcp_wire


async def open_tcp(
    settings: ModbusTcp, clock: Clock, on_lost: Callable[[], None], ears: Ears | None = None
) -> Guard:
    """Connect to a Modbus TCP server, with one unit or several behind it.

    Raises Refused, Unreachable or NoLocalAddress.
    """
    guard = Guard(
        partial(dial, settings),
        tcp_wire(settings),
        clock,
        where=name_of(settings),
        on_lost=on_lost,
        ears=ears,
    )
    return await _connected(guard, settings)


async def open_rtu_tcp(
    settings: ModbusRtuTcp, clock: Clock, on_lost: Callable[[], None], ears: Ears | None = None
) -> Guard:
    """Connect to a serial server, which hands bytes on to its line and back.

    Raises Refused, Unreachable or NoLocalAddress.
    """
    ears = ears or Ears()
    guard = Guard(
        partial(dial, settings),
        rtu_wire(settings, settings),
        clock,
        where=name_of(settings),
        on_lost=on_lost,
        strips=(Echo(ears.on_wrong_echo),) if settings.echo else (),
        ears=ears,
    )
    return await _connected(guard, settings)


async def _connected(guard: Guard, address: TcpAddress) -> Guard:
    try:
        await guard.connect(address.connect_timeout)
    except OSError as error:
        raise fault_of(address, error) from error
    return guard
