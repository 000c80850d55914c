"""A DTU that dials in: who may, which one is served, and what becomes of a second one.

A port belongs to one connection, so that it says which line is meant. Whoever
dials in there sends its registration packet, if one is set; with another one it
is refused. The first DTU is served for as long as it lives: a second one with the
same packet is a wrong setting, and its units would answer under the first one's
names. But a DTU that lost its network dials in anew while its old connection
still looks well. So whoever calls while another is served waits until that one was
asked once more: if nothing comes, the caller takes its place (decision 11).

Silent units do not end the connection: hanging up would only send a DTU that is
well through its slow redialling.
"""

import asyncio
import contextlib
import errno
from collections.abc import Callable
from functools import partial
from typing import Final

from config.modbus_link import ModbusDtu
from drivers.clock import Clock
from drivers.errors import (
    LinkFault,
    ListenRefused,
    Lost,
    NoLocalAddress,
    Undialled,
    WrongRegistration,
)
from drivers.modbus.callers import Caller, shown
from drivers.modbus.dtu_link import DtuLink
from drivers.modbus.echo import Echo
from drivers.modbus.guard import Guard
from drivers.modbus.packets import Packets
from drivers.modbus.stream import Make
from drivers.modbus.wire import Ears, rtu_wire
from drivers.remarks import Remarks

PATIENCE_S: Final = 3.0
"""How long a missing DTU is waited for before it is told."""
JUDGED_EVERY_NS: Final = 2_000_000_000
"""So that one which is refused and dials in again at once neither storms the port nor fills the line."""


class DtuPort:
    """The port of one connection, and the DTU that it serves."""

    def __init__(self, settings: ModbusDtu, clock: Clock, ears: Ears, remarks: Remarks) -> None:
        self.where = settings.listen
        self.links = 1
        self._settings = settings
        self._clock = clock
        self._ears = ears
        self._remarks = remarks
        self._server: asyncio.Server | None = None
        self._callers: set[Caller] = set()  # all that are connected
        self._waiting: Caller | None = None  # registered, and not served yet
        self._news = asyncio.Event()
        self._refused: WrongRegistration | None = None
        self._link: DtuLink | None = None
        self._judging: asyncio.Task[None] | None = None
        self._judged_ns = clock.monotonic_ns() - JUDGED_EVERY_NS

    async def open(self, on_lost: Callable[[], None]) -> DtuLink:
        """Wait for a DTU; one that is still there is handed out again.

        Raises NoLocalAddress or ListenRefused where the port cannot be had, Undialled
        or WrongRegistration while nobody calls, or only somebody else.
        """
        await self._listen()
        if self._link is None or not self._link.connected:
            caller = await self._next_caller()
            self._link = link = await self._connect(caller, on_lost)
            self._judge_soon()
            await self._clock.sleep_until(self._clock.monotonic_ns() + round(self._settings.settle * 1e9))
            return link
        return self._link

    def close(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._judging is not None:
            self._judging.cancel()
        for caller in tuple(self._callers):
            caller.hang_up()

    async def _listen(self) -> None:
        if self._server is not None:
            return
        host, port = self._settings.address
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._answer_call, host, port)
        except OSError as error:
            raise _fault_of(self._settings, error) from error

    def _answer_call(self) -> asyncio.Protocol:
        return Caller(self._settings, self._callers, on_registered=self._registered, on_other=self._other)

    def _other(self, peer: str, got: bytes) -> None:
        self._refused = WrongRegistration(self.where, f"{peer}: {shown(got)}")
        self._news.set()

    def _registered(self, caller: Caller) -> None:
        if self._waiting is not None:
            self._waiting.hang_up()
        self._waiting = caller
        self._news.set()
        self._judge_soon()

    def _judge_soon(self) -> None:
        if self._contested() and (self._judging is None or self._judging.done()):
            loop = asyncio.get_running_loop()
            self._judging = loop.create_task(self._judge(), name=f"dtu[{self.where}].judge")

    def _contested(self) -> DtuLink | None:
        """Return the link whose place somebody else waits for."""
        is_waited_for = self._waiting is not None and self._waiting.is_there
        return self._link if is_waited_for and self._link is not None and self._link.connected else None

    async def _judge(self) -> None:
        """Decide between the DTU that is served and the one that waits, until there is only one."""
        while self._contested():
            await self._clock.sleep_until(self._judged_ns + JUDGED_EVERY_NS)
            self._judged_ns = self._clock.monotonic_ns()
            link = self._contested()
            if link is not None and link.was_asked:
                self._decide(link, lives=await link.lives())

    def _decide(self, link: DtuLink, *, lives: bool) -> None:
        if link is not self._contested() or self._waiting is None:
            return  # one of the two ended by itself meanwhile
        if lives:
            self._remarks.once("dtu-second", where=self.where, peer=self._waiting.peer)
            self._waiting.hang_up()
            self._waiting = None
        else:
            link.hang_up()

    async def _next_caller(self) -> Caller:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    waiting, self._waiting = self._waiting, None
                    if waiting is not None and waiting.is_there:
                        return waiting
                    self._news.clear()
                    await self._news.wait()
                    if self._refused is not None:
                        break
        raise self._refused or Undialled(self.where)

    async def _connect(self, caller: Caller, on_lost: Callable[[], None]) -> DtuLink:
        link = DtuLink(caller, self._settings.timeout)
        echo = (Echo(self._ears.on_wrong_echo),) if self._settings.echo else ()
        link.guard = Guard(
            partial(_take_over, caller),
            rtu_wire(self._settings, self._settings),
            self._clock,
            where=self.where,
            on_lost=on_lost,
            strips=(Packets(self._packets(), link.heard), *echo),
            ears=self._ears,
        )
        try:
            await link.guard.connect(PATIENCE_S)
        except OSError as error:  # it hung up while it waited
            raise Lost(self.where, error.strerror or "") from error
        self._refused = None
        self._remarks.forget("dtu-second")
        return link

    def _packets(self) -> list[bytes]:
        packets = (self._settings.registration, self._settings.heartbeat)
        return [packet.content for packet in packets if packet is not None]


async def _take_over(caller: Caller, make: Make) -> asyncio.Transport:
    return caller.hand_over(make())


def _fault_of(settings: ModbusDtu, error: OSError) -> LinkFault:
    if error.errno == errno.EADDRNOTAVAIL:
        return NoLocalAddress(settings.address[0])
    return ListenRefused(settings.listen, error.strerror or str(error))
