"""Bytes beside the log: what a receiver said of a message that it has and has not confirmed, and other keys.

A note is written in a transaction, and removed in the one that acknowledges, splits
or parks its message. So after a crash there is either a message with its note, or
neither.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from buffering.calls import Calls
from buffering.calls import nothing as done_with
from buffering.record import Message, note_key

PREFIX: Final = note_key("")


class Notes:
    """The notes of an outbox."""

    def __init__(self, calls: Calls, state: dict[str, bytes], under_way: Collection[UUID]) -> None:
        """Take the keys beside the log, among which notes are; those of other messages are let go."""
        self._calls = calls
        self._state = state
        keys = {note_key(str(each)) for each in under_way}
        for stale in [key for key in state if key.startswith(PREFIX) and key not in keys]:
            del state[stale]
            self._put(stale, None)

    def of(self, message: Message) -> bytes | None:
        """Return what was noted of a message."""
        return self._state.get(note_key(str(message.id)))

    def put(self, message: Message, note: bytes | None) -> None:
        """Note something of a message in flight, in place of what was; None: nothing any more.

        Durable with the next commit, at the latest `lazy_s` from now.
        """
        key = note_key(str(message.id))
        if note is None:
            self._state.pop(key, None)
        else:
            self._state[key] = note
        self._put(key, note)

    async def keep(self, key: str, value: bytes) -> None:
        """Write a key of no message, and return once it is durable. Raises StoreFailed."""

        def done(_: object) -> None:
            self._state[key] = value

        await self._calls.run(lambda ledger: ledger.store.put_state(key, value), done)

    def forget(self, message: Message) -> None:
        """The message is not under way any more, and the ledger has removed its note."""
        self._state.pop(note_key(str(message.id)), None)

    def _put(self, key: str, note: bytes | None) -> None:
        self._calls.soon(lambda ledger: ledger.store.put_state(key, note), done_with)
