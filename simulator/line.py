"""A Modbus RTU line on a pty, with several units on it.

The "serial port" is a link of a lasting name in the out folder; what it points
to changes when the adapter is pulled and put back. A pty carries bytes whatever
the speed, so the units look at the port's own settings and answer noise where
speed or stop bits are not the line's.

What a pty cannot show: timing (3.5 characters), and parity. Linux drops the
parity flag on ptys, and the C library then refuses to open such a port with
"invalid argument": a line with parity cannot be played to a reader.
"""

import asyncio
import contextlib
import logging
import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from config.modbus_link import ModbusRtu
from simulator.exchange import Exchange
from simulator.player import Overlay, follow
from simulator.rtu import FRAME_MAX
from simulator.rtu_stream import RtuStream
from simulator.served import Outcome
from simulator.timeline import Timeline

_log = logging.getLogger(__name__)

_NOISE_BYTES: Final = 12

_C_FLAG, _O_SPEED = 2, 5  # places in what tcgetattr returns


class LinePlayer:
    """Serves one connection's station on a pty."""

    def __init__(
        self, connection_id: str, settings: ModbusRtu, exchange: Exchange, timeline: Timeline, folder: Path
    ) -> None:
        self._connection_id = connection_id
        self._settings = settings
        self._exchange = exchange
        self._timeline = timeline
        self._link = folder / f"{connection_id}.tty"
        self._pty: _Pty | None = None
        self._stream = RtuStream(exchange, self._say)
        self._noise = Random(connection_id)

    async def open(self) -> Overlay:
        """Make the port; raises OSError."""
        if self._settings.parity != "none":
            _log.warning(
                "%s: a pty has no %s parity; readers cannot open it",
                self._connection_id,
                self._settings.parity,
            )
        await self.up()
        return {"modbus-rtu": {"port": str(self._link)}}

    async def run(self) -> None:
        """Play a pulled adapter. A reboot or a cut is the station's: its units are silent."""
        await follow(self._timeline, self._connection_id, "adapter-pulled", self)

    async def close(self) -> None:
        """Take the port away."""
        await self.down()

    async def down(self) -> None:
        """Take the port away, as pulling a USB adapter does."""
        self._exchange.close()
        self._stream.close()
        if self._pty is not None:
            self._link.unlink(missing_ok=True)
            self._pty.close()
            self._pty = None

    async def up(self) -> None:
        """Put the port back under its name, as another device."""
        if self._pty is None:
            self._stream = RtuStream(self._exchange, self._say)
            self._pty = _Pty(self._settings, self._received)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self._pty.port)

    def _received(self, data: bytes) -> None:
        if self._settings.echo and self._pty is not None:
            self._pty.write(data)
        self._stream.received(data)

    def _say(self, data: bytes) -> Outcome | None:
        if self._pty is None:
            return Outcome.SILENT
        if not self._pty.is_set_right():
            self._pty.write(self._noise.randbytes(_NOISE_BYTES))
            return Outcome.SPOILED
        return None if self._pty.write(data) else Outcome.SILENT


class _Pty:
    """A pseudo-terminal whose other end is the port."""

    def __init__(self, settings: ModbusRtu, received: Callable[[bytes], None]) -> None:
        self._master, self._slave = os.openpty()
        # The slave stays open: a master without one reads errors, and would forget the port's settings.
        self._received = received
        self._wanted = _apply(self._slave, settings)
        self.port = os.ttyname(self._slave)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def is_set_right(self) -> bool:
        """Return whether whoever opened the port has set it as the line is."""
        return _relevant(self._slave) == self._wanted

    def write(self, data: bytes) -> bool:
        """Send; False where the reader has let its buffer fill up."""
        try:
            return os.write(self._master, data) == len(data)
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Hang up."""
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._slave)
        os.close(self._master)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._received(os.read(self._master, FRAME_MAX))


def _apply(slave: int, settings: ModbusRtu) -> tuple[int, int]:
    """Set the port as the line is; returns what `_relevant` must then be."""
    tty.setraw(slave)
    attributes = termios.tcgetattr(slave)
    speed = getattr(termios, f"B{settings.baudrate}")
    attributes[_C_FLAG] &= ~termios.CSTOPB
    if settings.stopbits == 2:
        attributes[_C_FLAG] |= termios.CSTOPB
    attributes[_O_SPEED - 1] = attributes[_O_SPEED] = speed
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    return _relevant(slave)


def _relevant(slave: int) -> tuple[int, int]:
    attributes = termios.tcgetattr(slave)
    return attributes[_C_FLAG] & termios.CSTOPB, attributes[_O_SPEED]
