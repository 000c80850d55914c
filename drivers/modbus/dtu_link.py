"""The link to the units behind one DTU, and whether that DTU still lives.

Silent units do not end it. But a DTU that has lost its network is as silent as
dead units are, so the link keeps account of what it owes: two answers, or the one
of a unit that answered its last question. Whatever comes, if only a heartbeat,
pays all.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from drivers.errors import ExceptionReply, Lost, NoReply, UnitFault
from drivers.modbus.callers import Caller
from drivers.modbus.guard import Guard
from drivers.modbus.identification import Page
from drivers.modbus.plan import Block

OWED_MAX: Final = 2
"""Answers owed since anything was heard, from which on the DTU counts as gone."""


class DtuLink:
    """A link (see poll.py) to the units behind one DTU; it outlives their silence."""

    def __init__(self, caller: Caller, timeout_s: float) -> None:
        self._caller = caller
        self._timeout_s = timeout_s
        self._owed = 0
        self._is_heard = False  # since the last question was sent
        self._asked: Block | None = None  # last
        self._sound: dict[int, Block] = {}  # by unit: what it answered last, unless it was silent since
        self._turn = asyncio.Lock()  # the port asks too
        self.guard: Guard  # set as soon as it has this link's ear

    @property
    def connected(self) -> bool:
        """Whether the connection stands, as far as this end knows."""
        return self.guard.connected

    def heard(self) -> None:
        """Something came, if only a heartbeat: the DTU lives."""
        self._owed = 0
        self._is_heard = True

    @property
    def was_asked(self) -> bool:
        """Whether it has had a chance to show that it lives."""
        return self._asked is not None

    async def lives(self) -> bool:
        """Return whether the DTU is still there, after asking once more where that is in doubt."""
        async with self._turn:
            block = next(iter(self._sound.values()), self._asked if self._owed else None)
            if self._owed >= OWED_MAX:
                return False
            if block is None:  # nothing is owed: it was heard after the last question
                return True
            with suppress(UnitFault, Lost):
                await self._ask(block, self._timeout_s)
            return self._is_heard

    async def read(self, block: Block, timeout_s: float) -> bytes:
        """Return one block's data bytes. Raises what the guard raises."""
        async with self._turn:
            return await self._ask(block, timeout_s)

    async def identify(self, unit_id: int, category: int, object_id: int, timeout_s: float) -> Page:
        """Return one page of a unit's identification. Raises what the guard raises."""
        async with self._turn:
            return await self.guard.identify(unit_id, category, object_id, timeout_s)

    def take_late_units(self) -> Collection[int]:
        """Return the units whose answers came when nobody waited for them any more."""
        return self.guard.take_late_units()

    def hang_up(self) -> None:
        """End the connection; whoever is served by it learns that it is lost."""
        self._caller.hang_up()

    def close(self) -> None:
        """Let go of it. The connection stays, for as long as the DTU does: it is the port's to end."""

    async def _ask(self, block: Block, timeout_s: float) -> bytes:
        self._asked, self._is_heard = block, False
        used_to_answer = self._sound.pop(block.unit_id, None) is not None
        try:
            data = await self.guard.read(block, timeout_s)
        except NoReply:
            if not self._is_heard:
                self._owed += OWED_MAX if used_to_answer else 1
            raise
        except ExceptionReply:
            self._sound[block.unit_id] = block
            raise
        self._sound[block.unit_id] = block
        return data
