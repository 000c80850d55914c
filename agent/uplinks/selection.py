"""What of the reading lane goes by one stream: its policy, brought to where a message begins.

Mostly a message begins where the one before it ended. Else (after a start, for a
repeat, for the first live message beside back-fill) the records before it are read
again: those since then, or as far back as the policy reaches.
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
            await self._catch_up(message)
        self._through = None  # a failure half-way leaves a memory of nothing in particular
        items = [item for record in records for item in self._take(record)]
        self._through = (message.epoch, message.last)
        return items

    async def _catch_up(self, message: Message) -> None:
        through, self._through = self._through, None
        if not self._policy.reach_ns:
            return
        after = await self._history.far_from(message, self._policy.reach_ns)
        if through is not None and through[0] == message.epoch and after <= through[1] < message.first:
            after = through[1]  # what is remembered is still in reach
        else:
            self._memory = self._policy.begin()
        async for record in self._history.between(after, message):
            self._take(record)
            await asyncio.sleep(0)  # a long way must not hold up the loop

    def _take(self, record: Record) -> Iterable[Item]:
        return self._memory.take(record.seq, self._readings(record), record.last_ns)
