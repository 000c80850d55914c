"""Opening a Modbus RTU line, and why it would not open.

Several units share the line's two wires. The 3.5 characters of silence that
frame a message (Modbus over Serial Line V1.02, section 2.5.1.1) are covered by
`pause`; a USB adapter hides exact timing anyway.
"""

import errno
import termios
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient

from config.modbus_link import ModbusRtu
from drivers.clock import Clock
from drivers.errors import LinkFault, Lost, PortBusy, PortForbidden, PortMissing, PortSettingsRefused
from drivers.modbus.guard import Guard, Wire

_FUNCTION_AFTER_UNIT: Final = 1
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


async def open_line(settings: ModbusRtu, clock: Clock, on_lost: Callable[[], None]) -> Guard:
    """Open a serial port with units behind it.

    Raises PortMissing, PortBusy, PortForbidden, PortSettingsRefused; Lost with the
    system's reason for anything else.
    """
    make_client = partial(
        AsyncModbusSerialClient,
        settings.port,
        baudrate=settings.baudrate,
        parity=_PARITIES["none" if _is_pseudo_terminal(settings.port) else settings.parity],
        stopbits=settings.stopbits,
        timeout=settings.timeout,
    )
    wire = Wire(
        FramerType.RTU,
        _FUNCTION_AFTER_UNIT,
        has_transaction_id=False,
        pause_s=settings.pause,
        byte_s=_bits_per_byte(settings) / settings.baudrate,
    )
    guard = Guard(make_client, wire, clock, where=settings.port, on_lost=on_lost)
    try:
        await guard.connect()
    except OSError as error:
        # Without a number it is pyserial's own: the port is there, and could not be set up.
        kind = PortSettingsRefused if error.errno is None else _FAULTS.get(error.errno, Lost)
        raise kind(settings.port, error.strerror or str(error)) from error
    except termios.error as error:  # no OSError: pyserial lets it through
        raise PortSettingsRefused(settings.port, str(error.args[-1])) from error
    return guard


def _is_pseudo_terminal(port: str) -> bool:
    """Whether the port is a simulated line: it has no wire, and Linux refuses parity on it."""
    return Path(port).resolve().is_relative_to("/dev/pts")


def _bits_per_byte(settings: ModbusRtu) -> int:
    start, data = 1, 8
    return start + data + (0 if settings.parity == "none" else 1) + settings.stopbits
