"""Results of what a platform has taken without saying yes or no: kept, asked for at intervals, missed.

Meanwhile the message is neither acknowledged nor sent again. What is known of it
lies beside the log and goes with the message, so that after a restart it is asked
for and not sent. One question at a time is under way, whatever waits; none while the
destination is down. A result that never comes, or that the platform knows nothing
of, has the message sent again under its id, and an event says so.

A part that had to be halved is sent again after a restart: its halves are made anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import orjson

from agent.uplinks import words_result
from agent.uplinks.layout import Query
from agent.uplinks.shipment import Shipment
from agent.uplinks.standing import Standing
from agent.uplinks.uplink import Failure, Forgotten, OnEvent, Pending, Result
from buffering.outbox import Outbox
from buffering.record import Lane, Message
from config.model import Text
from drivers.clock import Clock

log = logging.getLogger(__name__)

PENDING_MAX: Final = 100
"""Messages of one stream that may wait for their results; the next waits with it until one has come."""
ALARMS_PENDING_MAX: Final = 1000


@dataclass(slots=True)
class Awaited:
    """A message whose result is awaited."""

    records: int
    lane: str
    since_ns: int  # UTC


@dataclass(frozen=True, slots=True)
class Asking:
    """How a platform is asked: what it is asked, how often, and when nothing more is expected, in seconds."""

    query: Query
    every_s: float
    give_up_s: float


class Results:
    """The results that one destination owes."""

    def __init__(
        self,
        destination: str,
        ask: Callable[[bytes], Awaitable[Result]],
        asking: Asking,
        outbox: Outbox,
        standing: Standing,
        clock: Clock,
        on_event: OnEvent,
    ) -> None:
        self._destination = destination
        self._ask = ask
        self._asking = asking
        self._outbox = outbox
        self._standing = standing
        self._clock = clock
        self._on_event = on_event
        self._turn = asyncio.Lock()
        self.awaited: dict[int, Awaited] = {}  # by the message's number
        self.trouble: Text | None = None  # why the last question got no answer

    @property
    def records(self) -> int:
        """How many records wait."""
        return sum(each.records for each in self.awaited.values())

    def resume(self, message: Message, shipment: Shipment) -> Pending | None:
        """Return what a run before knew of a message, the shipment brought to its part; None if nothing."""
        note = self._outbox.notes.of(message)
        if note is None:
            return None
        kept = orjson.loads(note)
        return Pending(kept["receipt"]) if shipment.skip_to(UUID(kept["part"])) else None

    async def of(self, message: Message, shipment: Shipment, pending: Pending) -> None:
        """Wait for the result of a shipment's current part, and hand it over; without one it goes again."""
        part = shipment.current
        assert part is not None
        since_ns = self._noted(message, part.parcel.id, pending)
        self.awaited[message.number] = Awaited(message.last - message.first + 1, message.lane.value, since_ns)
        try:
            result = await self._result(self._asking.query(part.content, pending.receipt), since_ns)
        finally:
            del self.awaited[message.number]
        self._outbox.notes.put(message, None)
        if isinstance(result, Forgotten):
            self._tell(message, result.reason)
        else:
            shipment.result = result

    def _noted(self, message: Message, part: UUID, pending: Pending) -> int:
        """Note what a message waits for; return since when it does."""
        note = self._outbox.notes.of(message)
        if note is not None and (kept := orjson.loads(note))["part"] == str(part):
            return int(kept["since_ns"])
        now_ns = self._clock.now_ns()
        kept = {"part": str(part), "receipt": pending.receipt, "since_ns": now_ns}
        self._outbox.notes.put(message, orjson.dumps(kept))
        return now_ns

    async def _result(self, query: bytes, since_ns: int) -> Result:
        every_ns, limit_ns = round(self._asking.every_s * 1e9), round(self._asking.give_up_s * 1e9)
        # A clock that was set back or forward meanwhile makes the wait neither endless nor nothing.
        waited_ns = min(max(self._clock.now_ns() - since_ns, 0), limit_ns)
        begin_ns = self._clock.monotonic_ns() - waited_ns
        next_ns = begin_ns + every_ns
        while True:
            await self._clock.sleep_until(next_ns)
            await self._standing.up.wait()
            result = await self._asked(query)
            if not isinstance(result, Pending | Failure):
                return result
            next_ns = self._clock.monotonic_ns() + every_ns
            if next_ns - every_ns >= begin_ns + limit_ns:
                return Forgotten(words_result.never_came(f"{self._asking.give_up_s:g} s"))

    async def _asked(self, query: bytes) -> Result:
        async with self._turn:
            result = await self._ask(query)
        trouble = result.reason if isinstance(result, Failure) else None
        if trouble is not None and trouble != self.trouble:
            log.warning("destination %s: no result: %s", self._destination, trouble.en)
        self.trouble = trouble
        return result

    def _tell(self, message: Message, reason: Text) -> None:
        text = words_result.sent_again(self._destination, message.number, reason)
        log.warning(text.en)
        # An event about each event without a result would be one more, and so on without end.
        if message.lane is not Lane.EVENT:
            self._on_event(
                {
                    "kind": "result-missing",
                    "destination": self._destination,
                    "number": message.number,
                    "records": [message.epoch, message.lane.value, message.first, message.last],
                    "text": asdict(text),
                }
            )
