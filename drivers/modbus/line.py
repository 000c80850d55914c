"""Opening a Modbus RTU line, and why it would not open.

Several units share the line's two wires. The 3.5 characters of silence that
frame a message (Modbus over Serial Line V1.02, section 2.5.1.1) are covered by
`pause`; a USB adapter hides exact timing anyway.
"""

import asyncio
import errno
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from pymodbus.transport.serialtransport import create_serial_connection

from config.modbus_link import ModbusRtu
from drivers.clock import Clock
from drivers.errors import LinkFault, Lost, PortBusy, PortForbidden, PortMissing, PortSettingsRefused
from drivers.modbus.echo import Echo
from drivers.modbus.guard import Guard
from drivers.modbus.stream import Make
from drivers.modbus.wire import Ears, rtu_wire

_OPEN_S: Final = 5.0
_DATA_BITS: Final = 8
_PARITIES: Final = {"none": "N", "even": "E", "odd": "O"}

_FAULTS: Final[dict[int, type[LinkFault]]] = {
    errno.ENOENT: PortMissing,
    errno.ENXIO: PortMissing,
    errno.ENODEV: PortMissing,
    errno.EBUSY: PortBusy,
    errno.EAGAIN: PortBusy,  # the lock is taken
    errno.EACCES: PortForbidden,
    errno.EPERM: PortForbidden,
}


async def open_line(
    settings: ModbusRtu, clock: Clock, on_lost: Callable[[], None], ears: Ears | None = None
) -> Guard:
    """Open a serial port with units behind it.

    Raises PortMissing, PortBusy, PortForbidden, PortSettingsRefused; Lost with the
    system's reason for anything else.
    """
    ears = ears or Ears()
    guard = Guard(
        partial(_dial, settings),
        rtu_wire(settings, settings),
        clock,
        where=settings.port,
        on_lost=on_lost,
        strips=(Echo(ears.on_wrong_echo),) if settings.echo else (),
        ears=ears,
        is_there=_identity(settings.port),
    )
    with _opening(settings.port):
        await guard.connect(_OPEN_S)
    return guard


async def open_port(settings: ModbusRtu, make: Make) -> asyncio.Transport:
    """Open a serial port for whoever only wants its bytes. Raises as `open_line` does."""
    with _opening(settings.port):
        return await _dial(settings, make)


@contextmanager
def _opening(port: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # Without a number it is pyserial's own: the port is there, and could not be set up.
        kind = PortSettingsRefused if error.errno is None else _FAULTS.get(error.errno, Lost)
        raise kind(port, error.strerror or str(error)) from error
    except termios.error as error:  # no OSError: pyserial lets it through
        raise PortSettingsRefused(port, str(error.args[-1])) from error


async def _dial(settings: ModbusRtu, make: Make) -> asyncio.Transport:
    transport, _ = await create_serial_connection(
        asyncio.get_running_loop(),
        make,
        settings.port,
        baudrate=settings.baudrate,
        bytesize=_DATA_BITS,
        parity=_PARITIES["none" if _is_pseudo_terminal(settings.port) else settings.parity],
        stopbits=settings.stopbits,
        timeout=_OPEN_S,
    )
    return transport


def _identity(port: str) -> Callable[[], bool]:
    """Return a question: does the name still mean the device that it means now?

    An adapter that is pulled and put back is another device under the same name, and
    not every driver hangs up on those who had the first one open.
    """

    def device() -> int | None:
        try:
            return Path(port).stat().st_rdev
        except OSError:
            return None

    opened = device()
    return lambda: device() == opened


def _is_pseudo_terminal(port: str) -> bool:
    """Whether the port is a simulated line: it has no wire, and Linux refuses parity on it."""
    return Path(port).resolve().is_relative_to("/dev/pts")
