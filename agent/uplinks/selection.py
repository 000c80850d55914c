"""What of the reading lane goes by one stream: its policy, brought to where a message begins.

Mostly a message begins where the one before it ended. Else (after a start, for a
repeat, for the first live message beside back-fill) the records before it are read
again, as far back as the policy reaches.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from agent.records import Reading
from agent.uplinks.policy import Item, Policy
from buffering.history import History
from buffering.record import Message, Record


class Selection:
    """Chooses for one stream of one destination."""

    def __init__(
        self, policy: Policy, readings: Callable[[Record], Iterable[Reading]], history: History
    ) -> None:
        """Take `readings`, which unpacks a record."""
        self._policy = policy
        self._readings = readings
        self._history = history
        self._memory = policy.begin()
        self._through: tuple[int, int] | None = None  # the last record that the memory holds

    async def of(self, message: Message, records: Sequence[Record]) -> list[Item]:
        """Return what of a message's records goes, in order. Raises StoreFailed."""
        if self._through != (message.epoch, message.first - 1):
            await self._look_back(message)
        self._through = None  # a failure half-way leaves a memory of nothing in particular
        items = [item for record in records for item in self._take(record)]
        self._through = (message.epoch, message.last)
        return items

    async def _look_back(self, message: Message) -> None:
        self._through = None
        self._memory = self._policy.begin()
        if self._policy.reach_ns:
            async for record in self._history.before(message, self._policy.reach_ns):
                self._take(record)
                await asyncio.sleep(0)  # a long way back must not hold up the loop

    def _take(self, record: Record) -> Iterable[Item]:
        return self._memory.take(record.seq, self._readings(record), record.last_ns)
