"""Who is to get what: destinations, what is pending, what was cut. One statement each, no decisions.

All methods raise StoreFailed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from buffering.ranges import Range, Ranges
from buffering.record import Lane, Message, Stream
from buffering.statements import Statements


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message that was cut and not yet acknowledged; `parked` is why it is not sent, if so."""

    message: Message
    parked: str | None


class SendingTables(Statements):
    """Destinations, their pending ranges and their messages."""

    def destinations(self) -> dict[str, int]:
        """Return each destination's next message number. Raises StoreFailed."""
        return dict(self._run("SELECT name, next_number FROM destination ORDER BY name"))

    def insert_destination(self, name: str) -> None:
        """Add a destination; its first message has number 1. Raises StoreFailed."""
        self._run("INSERT INTO destination VALUES (?, 1)", name)

    def rename_destination(self, former: str, name: str) -> None:
        """Let a destination's backlog, messages and numbers go on under another name. Raises StoreFailed."""
        self._run("UPDATE destination SET name = ? WHERE name = ?", name, former)
        self._run("UPDATE pending SET destination = ? WHERE destination = ?", name, former)
        self._run("UPDATE message SET destination = ? WHERE destination = ?", name, former)

    def delete_destination(self, name: str) -> None:
        """Remove a destination with all that was to be sent to it. Raises StoreFailed."""
        self._run("DELETE FROM pending WHERE destination = ?", name)
        self._run("DELETE FROM message WHERE destination = ?", name)
        self._run("DELETE FROM destination WHERE name = ?", name)

    def put_number(self, destination: str, number: int) -> None:
        """Set a destination's next message number. Raises StoreFailed."""
        self._run("UPDATE destination SET next_number = ? WHERE name = ?", number, destination)

    def take_number(self, destination: str) -> int:
        """Return the destination's next message number, and count on. Raises StoreFailed."""
        [(following,)] = self._run(
            "UPDATE destination SET next_number = next_number + 1 WHERE name = ? RETURNING next_number",
            destination,
        )
        return int(following) - 1

    def pending(self, destination: str) -> dict[tuple[int, Lane], Ranges]:
        """Return what was not yet cut into messages, by epoch and lane, oldest first. Raises StoreFailed."""
        found: dict[tuple[int, Lane], Ranges] = {}
        rows = self._run(
            "SELECT epoch, lane, first, last FROM pending WHERE destination = ? ORDER BY epoch, lane, first",
            destination,
        )
        for epoch, lane, first, last in rows:
            key = (epoch, Lane(lane))
            found[key] = (*found.get(key, ()), Range(first, last))
        return found

    def put_pending(self, destination: str, epoch: int, lane: Lane, ranges: Iterable[Range]) -> None:
        """Replace the ranges of one lane. Raises StoreFailed."""
        where = "WHERE destination = ? AND epoch = ? AND lane = ?"
        self._run(f"DELETE FROM pending {where}", destination, epoch, lane.value)  # noqa: S608
        for one in ranges:
            row = (destination, epoch, lane.value, one.first, one.last)
            self._run("INSERT INTO pending VALUES (?, ?, ?, ?, ?)", *row)

    # Messages

    def messages(self) -> list[StoredMessage]:
        """Return every message not yet acknowledged, in the order of their numbers. Raises StoreFailed."""
        rows = self._run(
            "SELECT id, destination, number, stream, epoch, lane, first, last, attempts, parked"
            " FROM message ORDER BY destination, number"
        )
        return [
            StoredMessage(
                Message(UUID(bytes=row[0]), row[1], row[2], Stream(row[3]), row[4], Lane(row[5]), *row[6:9]),
                row[9],
            )
            for row in rows
        ]

    def first_in_messages(self, epoch: int, lane: Lane) -> int | None:
        """Return the oldest record of the lane that a message holds, parked or not. Raises StoreFailed."""
        [(first,)] = self._run(
            "SELECT min(first) FROM message WHERE epoch = ? AND lane = ?", epoch, lane.value
        )
        return None if first is None else int(first)

    def has_message(self, message: Message) -> bool:
        """Return whether a message is still there as it was cut. Raises StoreFailed."""
        where = "WHERE destination = ? AND number = ? AND id = ? AND last = ? AND parked IS NULL"
        values = (message.destination, message.number, message.id.bytes, message.last)
        return bool(self._run(f"SELECT 1 FROM message {where}", *values))  # noqa: S608

    def put_message(self, message: Message) -> None:
        """Add a message, or replace the one with its number. Raises StoreFailed."""
        self._run(
            "INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            message.destination,
            message.number,
            message.id.bytes,
            message.stream.value,
            message.epoch,
            message.lane.value,
            message.first,
            message.last,
            message.attempts_before,
        )

    def put_attempts(self, destination: str, number: int, attempts: int) -> None:
        """Note how often a message was tried. Raises StoreFailed."""
        where = "WHERE destination = ? AND number = ?"
        self._run(f"UPDATE message SET attempts = ? {where}", attempts, destination, number)  # noqa: S608

    def park_message(self, destination: str, number: int, reason: str) -> None:
        """Keep a message from being sent. Raises StoreFailed."""
        where = "WHERE destination = ? AND number = ?"
        self._run(f"UPDATE message SET parked = ? {where}", reason, destination, number)  # noqa: S608

    def unpark_message(self, destination: str, number: int) -> None:
        """Let a message be sent after all, as if it had never been tried. Raises StoreFailed."""
        where = "WHERE destination = ? AND number = ?"
        self._run(f"UPDATE message SET parked = NULL, attempts = 0 {where}", destination, number)  # noqa: S608

    def delete_message(self, destination: str, number: int) -> None:
        """Forget a message that has arrived. Raises StoreFailed."""
        self._run("DELETE FROM message WHERE destination = ? AND number = ?", destination, number)
