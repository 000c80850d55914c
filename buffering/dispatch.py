"""Who gets which message: those ready, those in flight, and those who wait for one.

The mirror, on the event loop, of the store's message table. A message becomes
ready when the transaction that cut it is durable, or when it is handed back; it
goes out lowest number first, so that after a restart the old ones go again
before anything new. Who asks for several streams at once gets the oldest records first.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import UUID

from buffering.exchange import Outgoing
from buffering.record import Message, Stream
from buffering.status import Backlog, Parked


@dataclass(slots=True)
class Line:
    """One stream of one destination."""

    ready: list[tuple[int, Outgoing]] = field(default_factory=list)  # a heap by number
    in_flight: dict[int, Outgoing] = field(default_factory=dict)
    resting: set[int] = field(
        default_factory=set
    )  # of those in flight, by number: nothing of it is to be sent
    waiters: deque[asyncio.Future[Message]] = field(default_factory=deque)

    def arrive(self, outgoing: Outgoing) -> None:
        """A message can go out: to who waits longest, else to who asks next."""
        heapq.heappush(self.ready, (outgoing.message.number, outgoing))
        while self.waiters and self.ready:
            waiter = self.waiters.popleft()
            if not waiter.done():
                waiter.set_result(self.take())

    def take(self) -> Message:
        """Hand out the lowest number. Raises IndexError: none is ready."""
        number, outgoing = heapq.heappop(self.ready)
        self.in_flight[number] = outgoing
        return outgoing.message

    def hand_out(self, outgoing: Outgoing) -> Message:
        """Hand out this one of those that are ready."""
        self.ready.remove((outgoing.message.number, outgoing))
        heapq.heapify(self.ready)
        self.in_flight[outgoing.message.number] = outgoing
        return outgoing.message

    def take_back(self, message: Message) -> Outgoing:
        """End a message's flight. Raises ValueError: it is not in flight."""
        outgoing = self.in_flight.get(message.number)
        if outgoing is None or outgoing.message.id != message.id:
            raise ValueError(f"message {message.number} to {message.destination} is not in flight")
        self.resting.discard(message.number)
        return self.in_flight.pop(message.number)

    def owed(self) -> Iterator[Outgoing]:
        """Yield what is ready or in flight, and not merely waiting for more to cover."""
        yield from (outgoing for _, outgoing in self.ready)
        yield from (outgoing for number, outgoing in self.in_flight.items() if number not in self.resting)


class Dispatch:
    """The lines of every destination, and its parked messages."""

    def __init__(self, destinations: Collection[str], outgoing: Iterable[Outgoing]) -> None:
        self._lines = {(name, stream): Line() for name in destinations for stream in Stream}
        self._parked: dict[str, dict[int, Parked]] = {name: {} for name in destinations}
        self._orphans: set[UUID] = set()
        for each in outgoing:
            if each.parked is None:
                self.arrive(each)
            else:
                self.park(each)

    def retain(self, held: Collection[tuple[str, int]]) -> None:
        """Forget every message that the store no longer holds; one in flight is settled without a word."""
        for (name, _), line in self._lines.items():
            line.ready = [each for each in line.ready if (name, each[0]) in held]
            heapq.heapify(line.ready)
            for number in [number for number in line.in_flight if (name, number) not in held]:
                self._orphans.add(line.take_back(line.in_flight[number].message).message.id)
        for name, parked in self._parked.items():
            self._parked[name] = {number: each for number, each in parked.items() if (name, number) in held}

    def is_orphan(self, message: Message) -> bool:
        """Whether a message was lost with its store while in flight; true once for each."""
        if message.id not in self._orphans:
            return False
        self._orphans.discard(message.id)
        return True

    def restore(self, outgoing: Outgoing) -> None:
        """A message's records are salvaged: it can go out, unless it is about already."""
        message = outgoing.message
        line = self.line(message.destination, message.stream)
        known = {number for number, _ in line.ready} | line.in_flight.keys()
        if outgoing.parked is not None:
            self.park(outgoing)
        elif message.number not in known:
            self.arrive(outgoing)

    def line(self, destination: str, stream: Stream) -> Line:
        """Return the line of a stream. Raises KeyError: no such destination."""
        return self._lines[destination, stream]

    def take(self, destination: str, streams: tuple[Stream, ...]) -> Message | None:
        """Hand out what is ready: of one stream the lowest number, of several the oldest records.

        Raises KeyError: no such destination.
        """
        lines = [self.line(destination, stream) for stream in streams]
        if len(lines) == 1:
            return lines[0].take() if lines[0].ready else None
        oldest = min((each for line in lines for _, each in line.ready), key=_age, default=None)
        return None if oldest is None else self.line(destination, oldest.message.stream).hand_out(oldest)

    async def wait(self, destination: str, streams: tuple[Stream, ...]) -> Message:
        """Wait until a message of one of these streams is ready; cancelled, it stays ready.

        Raises StoreFailed: there will be no more.
        """
        lines = [self.line(destination, stream) for stream in streams]
        waiter: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        for line in lines:
            line.waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.arrive(self.take_back(waiter.result()))
            raise
        finally:
            for line in lines:
                with suppress(ValueError):
                    line.waiters.remove(waiter)

    def arrive(self, outgoing: Outgoing) -> None:
        """A message can go out."""
        self.line(outgoing.message.destination, outgoing.message.stream).arrive(outgoing)

    def take_back(self, message: Message) -> Outgoing:
        """End a message's flight. Raises ValueError: it is not in flight."""
        return self.line(message.destination, message.stream).take_back(message)

    def rest(self, message: Message) -> None:
        """Nothing of a message in flight is to be sent: it is no backlog until it is handed back."""
        self.line(message.destination, message.stream).resting.add(message.number)

    def hand_back(self, message: Message) -> Message:
        """Make a message ready again, tried once more; return it as it will go out."""
        outgoing = self.take_back(message)
        again = replace(outgoing.message, attempts_before=outgoing.message.attempts_before + 1)
        self.arrive(replace(outgoing, message=again))
        return again

    def park(self, outgoing: Outgoing) -> None:
        """List a message as parked."""
        message = outgoing.message
        self._parked[message.destination][message.number] = Parked(message, outgoing.parked or "")

    def unpark(self, message: Message) -> None:
        """Forget a parked message: it was removed."""
        self._parked[message.destination].pop(message.number, None)

    def parked(self, destination: str) -> tuple[Parked, ...]:
        """Return the parked messages, in the order of their numbers. Raises KeyError."""
        return tuple(each for _, each in sorted(self._parked[destination].items()))

    def backlog(self, destination: str) -> Backlog:
        """Return the share of the messages that are cut and not yet acknowledged."""
        lines = [self._lines[destination, stream] for stream in Stream]
        total = Backlog()
        for outgoing in (each for line in lines for each in line.owed()):
            total += outgoing.extent
        return total

    def fail(self, failure: Exception) -> None:
        """Tell all who wait that there will be no more messages."""
        for line in self._lines.values():
            while line.waiters:
                waiter = line.waiters.popleft()
                if not waiter.done():
                    waiter.set_exception(failure)


def _age(outgoing: Outgoing) -> tuple[int, int, int]:
    message = outgoing.message
    return message.epoch, message.first, message.number
