"""One stream's messages on their way: cut from the outbox, rendered, and settled by their verdict.

What is refused is halved at once, down to the point or the record. A single one
is set aside only when it has been refused three times, because a platform in
trouble also refuses what it would take a minute later.
"""

import asyncio
from enum import Enum, auto
from typing import Final
from uuid import UUID

from agent.uplinks import messages
from agent.uplinks.considering import PIECE_RECORDS, Considered, Considering, TooWide
from agent.uplinks.quarantine import GivenUp, Quarantine
from agent.uplinks.refusals import Refusals
from agent.uplinks.render import CatalogueLost, Renderer
from agent.uplinks.selection import Selection
from agent.uplinks.shipment import Shipment, points_of
from agent.uplinks.standing import Counts
from agent.uplinks.uplink import Delivered, OnEvent, Partly, Rejected, TooLarge, Verdict
from buffering.outbox import DamagedRecord, Outbox, StoreFailed
from buffering.record import Lane, Message, Stream
from config.model import Text

BYTES_PER_MESSAGE_MAX: Final = 48_000
READINGS_PER_MESSAGE_MAX: Final = 2_000
"""Readings that change little take two bytes each here and 150 at the platform: bytes alone bound nothing."""
REFUSALS_MAX: Final = 3


class Settled(Enum):
    """What is to be done with a message after its verdict."""

    DONE = auto()
    GO_ON = auto()  # what is left of it is to be sent at once
    PAUSE = auto()  # the same again, after a pause


class CutMessages:
    """The messages of one stream of one destination."""

    def __init__(
        self,
        destination: str,
        streams: tuple[Stream, ...],
        outbox: Outbox,
        renderer: Renderer,
        selection: Selection,
        quarantine: Quarantine,
        counts: Counts,
        on_event: OnEvent,
    ) -> None:
        self._destination = destination
        self._streams = streams
        self._outbox = outbox
        self._renderer = renderer
        self._considering = Considering(outbox, selection)
        self._as_it_is: Message | None = None  # nothing comes next to it
        self._quarantine = quarantine
        self._told = Refusals(destination, quarantine, outbox.parked(destination), on_event)
        self._counts = counts
        self._refusals: dict[UUID, int] = {}

    async def next(self) -> tuple[Message, Shipment]:
        """Return the next message that can be read; a damaged record is set aside, the rest flows."""
        while True:
            message = await self._outbox.next_message(
                self._destination,
                *self._streams,
                records_max=PIECE_RECORDS,
                bytes_max=BYTES_PER_MESSAGE_MAX,
                items_max=READINGS_PER_MESSAGE_MAX,
            )
            found = await self._read(message)
            if found is None or (found.may_wait and await self._is_widened(message)):
                continue
            shipment = self._renderer.message(message, found.records, found.items)
            if shipment.current is not None:
                return message, shipment
            if shipment.left_out and self._renderer.tells_events:
                self._told.left_out(message, shipment.left_out)
            self._outbox.ack(message)  # considered, and nothing of it is for this platform

    async def _read(self, message: Message) -> Considered | None:
        """Return what of a message goes; None if it was split, or its damaged record set aside."""
        try:
            if message.lane is Lane.READING:
                return await self._considering.of(message)
            return Considered(await self._outbox.read(message), (), may_wait=False)
        except TooWide:
            await self._outbox.split(message)
        except DamagedRecord as damage:
            if message.first < message.last:
                await self._outbox.split(message)
            else:
                await self._set_aside(message, messages.record_damaged(str(damage)))
        except CatalogueLost as lost:
            if message.first < message.last:
                await self._outbox.split(message)
            else:
                await self._set_aside(message, messages.catalogue_lost(str(lost)))
        except (asyncio.CancelledError, StoreFailed):
            self._outbox.release(message)
            raise
        return None

    async def _is_widened(self, message: Message) -> bool:
        """Have a message of which nothing goes cover what comes next as well; False: it goes as it is.

        As one must that the platform may have seen.
        """
        if message.attempts_before or message == self._as_it_is:
            return False
        if not await self._outbox.widening.widen(
            message, records_max=PIECE_RECORDS, bytes_max=BYTES_PER_MESSAGE_MAX
        ):
            self._as_it_is = message
        return True

    async def conclude(self, message: Message, shipment: Shipment, verdict: Verdict) -> Settled:
        """Acknowledge, split or set aside; a Failure is repeated, never concluded."""
        self._told.taken(message, self._quarantine.accepted(message.epoch, shipment.take_accepted()))
        match verdict:
            case Delivered():
                await self._acknowledge(message, shipment)
                return Settled.DONE
            case Partly(rejected):
                self._told.within(message, ", ".join(rejected))
                await self._acknowledge(message, shipment)
                return Settled.DONE
            case TooLarge() | Rejected() if message.lane is not Lane.READING and message.first < message.last:
                await self._outbox.split(message)
                return Settled.DONE
            case TooLarge():
                assert shipment.current is not None
                size_bytes = len(shipment.current.parcel.body)
                return await self._refused(message, shipment, messages.alone_too_large(size_bytes))
            case Rejected(reason):
                return await self._refused(message, shipment, reason)
            case _:
                raise AssertionError(verdict)

    def release(self, message: Message) -> None:
        """Hand a message back; it goes out again under its id."""
        self._outbox.release(message)

    async def _acknowledge(self, message: Message, shipment: Shipment) -> None:
        if shipment.kept_back - self._quarantine.parked.keys():
            # Somebody had a point sent after all when this message was already cut without it.
            await self._outbox.again.once_more(message)
            self._outbox.notes.forget(message)
        else:
            self._outbox.ack(message)
        self._counts.messages += 1
        if message.lane is Lane.EVENT:
            self._told.events_are_taken()

    async def _refused(self, message: Message, shipment: Shipment, reason: Text) -> Settled:
        """Count a refusal of what cannot be halved any more."""
        part = shipment.current
        assert part is not None
        if message.lane is Lane.READING and not part.content.readings:
            self._told.of_items(message, reason, 0)  # it says only which records were considered
            await self._acknowledge(message, shipment)
            return Settled.DONE
        refusals = self._refusals.pop(part.parcel.id, 0) + 1
        points = points_of(part.content)
        if refusals < REFUSALS_MAX and not (points and all(map(self._quarantine.is_suspect, points))):
            self._refusals[part.parcel.id] = refusals
            return Settled.PAUSE
        if not points:
            await self._set_aside(message, reason)
            return Settled.DONE
        self._give_up(message, shipment, reason)
        shipment.give_up()
        shipment.drop(self._quarantine.parked)
        if shipment.current is not None:
            return Settled.GO_ON
        await self._acknowledge(message, shipment)
        return Settled.DONE

    def _give_up(self, message: Message, shipment: Shipment, reason: Text) -> None:
        parked_before = 0
        for seq, reading in shipment.readings:
            point = reading.point.id
            if point in self._quarantine.parked:
                parked_before += 1
                continue
            kept = GivenUp(point, message.epoch, seq, reading.utc_ns, reason)
            self._told.of_reading(message, kept, 1 + shipment.behind(point))
        if parked_before:
            self._told.of_items(message, reason, parked_before)

    async def _set_aside(self, message: Message, reason: Text) -> None:
        self._told.of_message(message, reason)  # first: what is parked and told nowhere would be a hole
        await self._outbox.park(message, messages.as_stored(reason))
