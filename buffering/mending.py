"""Damage, on the event loop: looking for it day by day, having the store set aside, salvaging its records.

Looking is done by the reader's thread, salvaging by the writer's; both in slices,
so that neither holds up a commit or a message.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from buffering.calls import Calls
from buffering.errors import DamagedRecord, StoreFailed
from buffering.exchange import Opening, Outgoing
from buffering.ledger import Ledger
from buffering.reader import Reader
from buffering.reading import StoreReader
from buffering.salvage import Salvage
from buffering.scrub import Place, look, places
from buffering.writer import Rank


@dataclass(frozen=True, slots=True)
class Round:
    """A round of looking: the lanes to go, the first of them begun."""

    epoch: int  # the store's, when it began
    places: tuple[Place, ...]


class Mending:
    """Keeps the promise that damage is found, and that what is whole is sent all the same."""

    def __init__(self, calls: Calls, gateway: str, on_salvaged: Callable[[Outgoing], None]) -> None:
        self._calls = calls
        self._gateway = gateway
        self._on_salvaged = on_salvaged
        self._salvaging: asyncio.Task[None] | None = None
        self._is_whole = asyncio.Event()
        self._reader: Reader
        self._opening: Opening

    def begin(self, reader: Reader, opening: Opening) -> None:
        """A store is open; salvage what is left of the one before it, if there is one."""
        self._reader, self._opening = reader, opening
        self.end()
        if opening.aside is None:
            self._is_whole.set()
            return
        self._is_whole.clear()
        salvaging = self._salvage(Salvage(opening.aside, opening.folder))
        self._salvaging = asyncio.get_running_loop().create_task(salvaging, name="outbox.salvage")

    def end(self) -> None:
        """The store is closed: what is not salvaged by then is at the next start."""
        if self._salvaging is not None:
            self._salvaging.cancel()
            self._salvaging = None
        self._is_whole.set()

    @property
    def is_salvaging(self) -> bool:
        """Whether records of an older store are still missing from this one."""
        return not self._is_whole.is_set()

    async def salvaged(self) -> None:
        """Wait until the records of the store that was set aside are all here."""
        await self._is_whole.wait()

    # Looking

    async def scrub(self, current: Round | None) -> Round | None:
        """Look at one slice of the store; return how far the round is, None at its end.

        Begin with None. What is found has the store set aside and salvaged, which
        ends the round. Raises StoreFailed: the disk fails, or the outbox was closed.
        """
        if self.is_salvaging:
            return None
        epoch = self._opening.opened.epoch
        if current is None or current.epoch != epoch:
            found = await self._reader.run(partial(_begin, gateway=self._gateway))
            return Round(epoch, tuple(found)) if found else None
        try:
            following = await self._reader.run(lambda store: _look(store, current.places[0]))
        except DamagedRecord as damaged:
            await self.condemn(str(damaged))
            return None
        except StoreFailed as failed:
            if failed.reason != "damaged":
                raise
            await self.condemn(failed.detail)
            return None
        rest = current.places[1:]
        left = (following, *rest) if following is not None else rest
        return Round(epoch, left) if left else None

    async def condemn(self, detail: str) -> None:
        """Have a store that was found damaged set aside; return once its records are salvaged.

        Raises StoreFailed: the outbox was closed.
        """
        epoch, told = self._opening.opened.epoch, list[str]()

        def condemned(ledger: Ledger) -> None:
            if ledger.epoch == epoch and not told:
                told.append(detail)
                raise StoreFailed("damaged", detail)

        await self._calls.run(condemned, rank=Rank.RELIEF)
        await self.salvaged()

    # Salvaging

    async def _salvage(self, salvage: Salvage) -> None:
        try:
            with suppress(StoreFailed):  # the outbox was closed: it goes on at the next start
                await self._carve(salvage)
                lost = await self._walk(salvage)
                finish = partial(salvage.finish, lost=lost)
                await self._calls.run(finish, self._hand_out, rank=Rank.CHORE)
        finally:
            salvage.close()
            self._is_whole.set()

    async def _carve(self, salvage: Salvage) -> None:
        page: int | None = 1
        while page is not None:
            page = await self._calls.run(partial(salvage.carve, first=page), rank=Rank.CHORE)

    async def _walk(self, salvage: Salvage) -> int:
        lost = 0
        for begun in await self._calls.run(salvage.walks, rank=Rank.CHORE):
            walk = begun
            while walk is not None:
                walk, missing = await self._calls.run(partial(salvage.walk, walk=walk), rank=Rank.CHORE)
                lost += missing
        return lost

    def _hand_out(self, messages: tuple[Outgoing, ...]) -> None:
        for outgoing in messages:
            self._on_salvaged(outgoing)


def _look(store: StoreReader, place: Place) -> Place | None:
    store.forget()
    with store.snapshot():
        return look(store, place)


def _begin(store: StoreReader, gateway: str) -> list[Place]:
    store.drop_cached()
    return places(store, gateway)
