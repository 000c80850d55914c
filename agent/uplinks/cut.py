"""One stream's messages on their way: cut from the outbox, rendered, and settled by their verdict."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Final
from uuid import UUID

from agent.records import Json
from agent.uplinks import messages
from agent.uplinks.render import Renderer
from agent.uplinks.standing import Counts
from agent.uplinks.uplink import Delivered, Parcel, Partly, Rejected, TooLarge, Verdict
from buffering.outbox import DamagedRecord, Outbox, StoreFailed
from buffering.record import Lane, Message, Stream
from config.model import Text

log = logging.getLogger(__name__)

BYTES_PER_MESSAGE_MAX: Final = 48_000
RECORDS_PER_MESSAGE_MAX: Final = 100
REFUSALS_MAX: Final = 3


class CutMessages:
    """The messages of one stream of one destination."""

    def __init__(
        self,
        destination: str,
        stream: Stream,
        outbox: Outbox,
        renderer: Renderer,
        counts: Counts,
        on_event: Callable[[Json], None],
    ) -> None:
        self._destination = destination
        self._stream = stream
        self._outbox = outbox
        self._renderer = renderer
        self._counts = counts
        self._on_event = on_event
        self._refusals: dict[UUID, int] = {}

    async def next(self) -> tuple[Message, Parcel]:
        """Return the next message that can be read; a damaged one is set aside, the rest flows."""
        while True:
            message = await self._outbox.next_message(
                self._destination,
                self._stream,
                records_max=RECORDS_PER_MESSAGE_MAX,
                bytes_max=BYTES_PER_MESSAGE_MAX,
            )
            try:
                records = await self._outbox.read(message)
            except DamagedRecord as damage:
                await self._set_aside(message, messages.record_damaged(str(damage)))
            except (asyncio.CancelledError, StoreFailed):
                self._outbox.release(message)
                raise
            else:
                parcel = self._renderer.message(message, records)
                if parcel is not None:
                    return message, parcel
                self._outbox.ack(message)  # considered, and nothing of it is for this platform

    async def conclude(self, message: Message, verdict: Verdict) -> bool:
        """Acknowledge, split or park; return False where the message is to be tried again.

        What is refused is split at once, down to the record; a single record is
        parked only when it has been refused three times, because a platform in
        trouble also refuses what it would take a minute later.
        """
        match verdict:
            case Delivered():
                self._acknowledge(message)
            case Partly(rejected):
                self._tell(message, messages.items_refused(", ".join(rejected)))
                self._acknowledge(message)
            case TooLarge() | Rejected() if message.first < message.last:
                await self._outbox.split(message)
            case TooLarge(reason) | Rejected(reason):
                return await self._refused(message, reason)
            case _:
                raise AssertionError(verdict)  # a Failure is repeated, never concluded
        return True

    def release(self, message: Message) -> None:
        """Hand a message back; it goes out again under its id."""
        self._outbox.release(message)

    def _acknowledge(self, message: Message) -> None:
        self._refusals.pop(message.id, None)
        self._outbox.ack(message)
        self._counts.messages += 1

    async def _refused(self, message: Message, reason: Text) -> bool:
        self._refusals[message.id] = self._refusals.get(message.id, 0) + 1
        if self._refusals[message.id] < REFUSALS_MAX:
            return False
        del self._refusals[message.id]
        await self._set_aside(message, reason)
        return True

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
