"""A DTU that dials in: who may, which one is served, and what becomes of a second one.

A port belongs to one connection, so that it says which line is meant. Whoever
dials in there sends its registration packet, if one is set; with another one it
is refused. The first DTU is served for as long as it lives: a second one with the
same packet is a wrong setting, and its units would answer under the first one's
names. But a DTU that lost its network dials in anew while its old connection
still looks well; so as soon as the first one owes answers, the second takes its
place (decision 11).

Silent units do not end the connection: hanging up would only send a DTU that is
well through its slow redialling.
"""

import asyncio
import contextlib
import errno
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from config.modbus_link import ModbusDtu
from drivers.clock import Clock
from drivers.errors import (
    LinkFault,
    ListenRefused,
    Lost,
    NoLocalAddress,
    NoReply,
    Undialled,
    WrongRegistration,
)
from drivers.modbus.callers import Caller, shown
from drivers.modbus.echo import Echo
from drivers.modbus.guard import Guard
from drivers.modbus.identification import Page
from drivers.modbus.packets import Packets
from drivers.modbus.plan import Block
from drivers.modbus.stream import Make
from drivers.modbus.wire import Ears, rtu_wire
from drivers.remarks import Remarks

PATIENCE_S: Final = 3.0
"""How long a missing DTU is waited for before it is told."""
OWED_MAX: Final = 2
"""Answers owed since anything was heard, from which on a second DTU takes the first one's place."""


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

    async def open(self, on_lost: Callable[[], None]) -> "DtuLink":
        """Wait for a DTU; one that is still there is handed out again.

        Raises NoLocalAddress or ListenRefused where the port cannot be had, Undialled
        or WrongRegistration while nobody calls, or only somebody else.
        """
        await self._listen()
        if self._link is None or not self._link.connected:
            caller = await self._next_caller()
            self._link = await self._serve(caller, on_lost)
        return self._link

    def close(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
            self._server = None
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
        link = self._link
        if link is not None and link.connected:
            if not link.owes:
                self._remarks.once("dtu-second", where=self.where, peer=caller.peer)
                caller.hang_up()
                return
            link.hang_up()
        if self._waiting is not None:
            self._waiting.hang_up()
        self._waiting = caller
        self._news.set()

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

    async def _serve(self, caller: Caller, on_lost: Callable[[], None]) -> "DtuLink":
        link = DtuLink(caller)
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
        await self._clock.sleep_until(self._clock.monotonic_ns() + round(self._settings.settle * 1e9))
        return link

    def _packets(self) -> list[bytes]:
        packets = (self._settings.registration, self._settings.heartbeat)
        return [packet.content for packet in packets if packet is not None]


class DtuLink:
    """A link (see poll.py) to the units behind one DTU; it outlives their silence."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._owed = 0
        self.guard: Guard  # set as soon as it has this link's ear

    @property
    def connected(self) -> bool:
        """Whether the connection stands, as far as this end knows."""
        return self.guard.connected

    @property
    def owes(self) -> bool:
        """Whether it has left questions unanswered, and has not been heard since."""
        return self._owed >= OWED_MAX

    def heard(self) -> None:
        """Something came, if only a heartbeat: the DTU lives."""
        self._owed = 0

    async def read(self, block: Block, timeout_s: float) -> bytes:
        """Return one block's data bytes. Raises what the guard raises."""
        try:
            return await self.guard.read(block, timeout_s)
        except NoReply:
            self._owed += 1
            raise

    async def identify(self, unit_id: int, category: int, object_id: int, timeout_s: float) -> Page:
        """Return one page of a unit's identification. Raises what the guard raises."""
        return await self.guard.identify(unit_id, category, object_id, timeout_s)

    def take_late_units(self) -> Collection[int]:
        """Return the units whose answers came when nobody waited for them any more."""
        return self.guard.take_late_units()

    def hang_up(self) -> None:
        """End the connection; whoever is served by it learns that it is lost."""
        self._caller.hang_up()

    def close(self) -> None:
        """Let go of it. The connection stays, for as long as the DTU does: it is the port's to end."""


async def _take_over(caller: Caller, make: Make) -> asyncio.Transport:
    return caller.hand_over(make())


def _fault_of(settings: ModbusDtu, error: OSError) -> LinkFault:
    if error.errno == errno.EADDRNOTAVAIL:
        return NoLocalAddress(settings.address[0])
    return ListenRefused(settings.listen, error.strerror or str(error))
