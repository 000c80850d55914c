"""One stream's messages on their way: cut from the outbox, rendered, and settled by their verdict.

What is refused is halved at once, down to the point or the record. A single one
is set aside only when it has been refused three times, because a platform in
trouble also refuses what it would take a minute later.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum, auto
from typing import Final
from uuid import UUID

from agent.uplinks import messages
from agent.uplinks.quarantine import GivenUp, Quarantine
from agent.uplinks.render import Renderer
from agent.uplinks.selection import Selection
from agent.uplinks.shipment import Item, Shipment, points_of
from agent.uplinks.standing import Counts
from agent.uplinks.uplink import Delivered, OnEvent, Partly, Rejected, TooLarge, Verdict
from buffering.outbox import DamagedRecord, Outbox, StoreFailed
from buffering.record import Lane, Message, Stream
from config.model import Text

log = logging.getLogger(__name__)

BYTES_PER_MESSAGE_MAX: Final = 48_000
RECORDS_PER_MESSAGE_MAX: Final = 100
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
        stream: Stream,
        outbox: Outbox,
        renderer: Renderer,
        selection: Selection,
        quarantine: Quarantine,
        counts: Counts,
        on_event: OnEvent,
    ) -> None:
        self._destination = destination
        self._stream = stream
        self._outbox = outbox
        self._renderer = renderer
        self._selection = selection
        self._quarantine = quarantine
        self._counts = counts
        self._on_event = on_event
        self._refusals: dict[UUID, int] = {}

    async def next(self) -> tuple[Message, Shipment]:
        """Return the next message that can be read; a damaged record is set aside, the rest flows."""
        while True:
            message = await self._outbox.next_message(
                self._destination,
                self._stream,
                records_max=RECORDS_PER_MESSAGE_MAX,
                bytes_max=BYTES_PER_MESSAGE_MAX,
                items_max=READINGS_PER_MESSAGE_MAX,
            )
            shipment = await self._read(message)
            if shipment is not None and shipment.current is not None:
                return message, shipment
            if shipment is not None:
                self._outbox.ack(message)  # considered, and nothing of it is for this platform

    async def _read(self, message: Message) -> Shipment | None:
        """Return what a message ships; None if it holds a damaged record, which is then singled out."""
        try:
            records = await self._outbox.read(message)
            is_readings = message.lane is Lane.READING
            chosen = await self._selection.of(message, records) if is_readings else ()
        except DamagedRecord as damage:
            if message.first < message.last:
                await self._outbox.split(message)
            else:
                await self._set_aside(message, messages.record_damaged(str(damage)))
            return None
        except (asyncio.CancelledError, StoreFailed):
            self._outbox.release(message)
            raise
        return self._renderer.message(message, records, chosen)

    async def conclude(self, message: Message, shipment: Shipment, verdict: Verdict) -> Settled:
        """Acknowledge, split or set aside; a Failure is repeated, never concluded."""
        for point in shipment.take_accepted():
            self._quarantine.accepted(point)
        match verdict:
            case Delivered():
                self._acknowledge(message)
                return Settled.DONE
            case Partly(rejected):
                self._tell(message, messages.items_refused(", ".join(rejected)))
                self._acknowledge(message)
                return Settled.DONE
            case TooLarge() | Rejected() if message.lane is not Lane.READING and message.first < message.last:
                await self._outbox.split(message)
                return Settled.DONE
            case TooLarge(reason) | Rejected(reason):
                return await self._refused(message, shipment, reason)
            case _:
                raise AssertionError(verdict)

    def release(self, message: Message) -> None:
        """Hand a message back; it goes out again under its id."""
        self._outbox.release(message)

    def _acknowledge(self, message: Message) -> None:
        self._outbox.ack(message)
        self._counts.messages += 1

    async def _refused(self, message: Message, shipment: Shipment, reason: Text) -> Settled:
        """Count a refusal of what cannot be halved any more."""
        part = shipment.current
        assert part is not None
        if message.lane is Lane.READING and not part.content.readings:
            self._tell(message, reason)  # it says only which records were considered
            self._acknowledge(message)
            return Settled.DONE
        refusals = self._refusals.pop(part.parcel.id, 0) + 1
        points = points_of(part.content)
        if refusals < REFUSALS_MAX and not (points and all(map(self._quarantine.is_suspect, points))):
            self._refusals[part.parcel.id] = refusals
            return Settled.PAUSE
        if not points:
            await self._set_aside(message, reason)
            return Settled.DONE
        self._give_up(message, part.content.readings, reason)
        shipment.give_up()
        shipment.drop(self._quarantine.parked)
        if shipment.current is not None:
            return Settled.GO_ON
        self._acknowledge(message)
        return Settled.DONE

    def _give_up(self, message: Message, items: Sequence[Item], reason: Text) -> None:
        for seq, reading in items:
            point = reading.point.id
            kept = GivenUp(point, message.epoch, seq, reading.utc_ns, reason)
            if point in self._quarantine.parked:
                continue
            is_parked = self._quarantine.give_up(kept)
            say = messages.point_parked if is_parked else messages.reading_refused
            text = say(self._destination, point, reason)
            log.error(text.en)
            self._on_event(
                {
                    "kind": "point-parked" if is_parked else "refused",
                    "destination": self._destination,
                    "point": point,
                    "records": [message.epoch, message.lane.value, seq, seq],
                    "text": asdict(text),
                },
                state=self._quarantine.state,
            )

    async def _set_aside(self, message: Message, reason: Text) -> None:
        await self._outbox.park(message, reason.en)
        self._tell(message, reason)

    def _tell(self, message: Message, reason: Text) -> None:
        log.error("destination %s: message %d: %s", self._destination, message.number, reason.en)
        # An event about a refused event would be refused in its turn, without end.
        if message.lane is not Lane.EVENT:
            self._on_event(
                {
                    "kind": "refused",
                    "destination": self._destination,
                    "number": message.number,
                    "records": [message.epoch, message.lane.value, message.first, message.last],
                    "text": asdict(reason),
                }
            )
