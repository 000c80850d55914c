"""The one seam to SQLite and the disk: small methods, one statement each, no decisions.

Every statement goes through `_run`; so does every failure. All methods raise
StoreFailed when the disk did not take or give what was asked; the transaction
is then to be rolled back, and nothing of it has happened. Used by one thread.
"""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from buffering.chain import Header
from buffering.database import FILE, connect, failures, lock, open_or_create
from buffering.errors import StoreFailed
from buffering.ranges import Range, Ranges
from buffering.record import Lane, Message, Record, Stream


@dataclass(frozen=True, slots=True)
class Head:
    """The newest record of a lane: its number, its chain value, all items up to and with it."""

    seq: int
    chain: bytes
    total: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message that was cut and not yet acknowledged; `parked` is why it is not sent, if so."""

    message: Message
    parked: str | None


class Store:
    """The writer's connection to one store file, and the lock on its folder."""

    def __init__(self, path: Path, db: sqlite3.Connection, lock_fd: int, *, created: bool) -> None:
        self.path = path
        self.created = created
        self._db: sqlite3.Connection | None = db
        self._lock_fd = lock_fd

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open or create the store in `folder`; a new one has its first transaction open.

        Raises StoreUnusable.
        """
        lock_fd = lock(folder)
        with ExitStack() as unlocking:
            unlocking.callback(os.close, lock_fd)
            db, created = open_or_create(folder / FILE)
            unlocking.pop_all()
        return cls(folder / FILE, db, lock_fd, created=created)

    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Execute one statement. Raises StoreFailed."""
        if self._db is None:
            self._db = connect(self.path, writing=True)
        with failures():
            return self._db.execute(statement, values).fetchall()

    # Transactions

    def begin(self) -> None:
        """Start a transaction. Raises StoreFailed."""
        try:
            self._run("BEGIN IMMEDIATE")
        except StoreFailed:
            self._drop()  # a disk that came back may need the file opened anew
            raise

    def commit(self) -> None:
        """Return once the transaction is on the disk (fsync done). Raises StoreFailed."""
        self._run("COMMIT")

    def rollback(self) -> None:
        """Forget the transaction. Never raises: a connection that cannot even do that is dropped."""
        if self._db is not None and self._db.in_transaction:
            try:
                self._run("ROLLBACK")
            except StoreFailed:
                self._drop()

    def close(self) -> None:
        """Move the log into the file (checkpoint), close, and let go of the folder. Never raises.

        A checkpoint that fails is no loss: the log stays beside the file and counts.
        """
        self.rollback()
        if self._db is not None:
            with suppress(StoreFailed):
                self._run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._drop()
        os.close(self._lock_fd)

    def _drop(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    # What the store says about itself, and the state beside the log

    def meta(self) -> dict[str, Any]:
        """Return what identifies the store. Raises StoreFailed."""
        return dict(self._run("SELECT key, value FROM meta"))

    def put_meta(self, key: str, value: str | int) -> None:
        """Set one value. Raises StoreFailed."""
        self._run(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value
        )

    def state(self) -> dict[str, bytes]:
        """Return every key. Raises StoreFailed."""
        return dict(self._run("SELECT key, value FROM state"))

    def put_state(self, key: str, value: bytes | None) -> None:
        """Set a key; None removes it. Raises StoreFailed."""
        if value is None:
            self._run("DELETE FROM state WHERE key = ?", key)
        else:
            upsert = "INSERT INTO state VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
            self._run(upsert, key, value)

    # Records

    def insert_record(self, header: Header, *, total: int, chain: bytes, payload: bytes) -> None:
        """Add a record at the head of its lane. Raises StoreFailed."""
        self._run(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            header.epoch,
            header.lane.value,
            header.seq,
            header.first_ns,
            header.last_ns,
            header.count,
            total,
            header.uid.bytes,
            header.payload_sha256,
            chain,
            payload,
        )

    def head(self, epoch: int, lane: Lane) -> Head | None:
        """Return the newest record of the lane, None if there is none. Raises StoreFailed."""
        rows = self._run(
            "SELECT seq, chain, total FROM record WHERE epoch = ? AND lane = ? ORDER BY seq DESC LIMIT 1",
            epoch,
            lane.value,
        )
        return Head(*rows[0]) if rows else None

    def delete_records(self, epoch: int, lane: Lane, first_kept: int) -> None:
        """Remove the records below `first_kept`; their newest becomes the anchor. Raises StoreFailed."""
        self._run(
            "INSERT OR REPLACE INTO anchor SELECT epoch, lane, seq, total, chain FROM record"
            " WHERE epoch = ? AND lane = ? AND seq = ?",
            epoch,
            lane.value,
            first_kept - 1,
        )
        self._run(
            "DELETE FROM record WHERE epoch = ? AND lane = ? AND seq < ?", epoch, lane.value, first_kept
        )

    def epochs(self) -> list[int]:
        """Return the epochs that have records, lowest first, by as many index seeks. Raises StoreFailed."""
        found: list[int] = []
        while True:
            above = found[-1] if found else -1
            [(epoch,)] = self._run("SELECT min(epoch) FROM record WHERE epoch > ?", above)
            if epoch is None:
                return found
            found.append(epoch)

    def first_seq(self, epoch: int, lane: Lane) -> int | None:
        """Return the oldest sequence number that the lane still holds. Raises StoreFailed."""
        [(seq,)] = self._run("SELECT min(seq) FROM record WHERE epoch = ? AND lane = ?", epoch, lane.value)
        return None if seq is None else int(seq)

    def sizes(self, epoch: int, lane: Lane, first: int, last: int, *, limit: int) -> list[tuple[int, int]]:
        """Return (seq, payload bytes) of up to `limit` records from `first`. Raises StoreFailed."""
        statement = (
            "SELECT seq, length(payload) FROM record"
            " WHERE epoch = ? AND lane = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
        )
        return [(seq, size) for seq, size in self._run(statement, epoch, lane.value, first, last, limit)]

    def extent(self, epoch: int, lane: Lane, first: int, last: int) -> tuple[int, int]:
        """Return (items, first_ns of the first) of the records `first` to `last`, by two look-ups.

        Raises StoreFailed.
        """
        statement = "SELECT total, count, first_ns FROM record WHERE epoch = ? AND lane = ? AND seq = ?"
        [(first_total, first_count, first_ns)] = self._run(statement, epoch, lane.value, first)
        [(last_total, _, _)] = self._run(statement, epoch, lane.value, last)
        return last_total - first_total + first_count, first_ns

    def uid(self, epoch: int, lane: Lane, seq: int) -> UUID:
        """Return the uid of one record. Raises StoreFailed."""
        statement = "SELECT uid FROM record WHERE epoch = ? AND lane = ? AND seq = ?"
        [(uid,)] = self._run(statement, epoch, lane.value, seq)
        return UUID(bytes=uid)

    # Destinations and what is still to send to them

    def destinations(self) -> dict[str, int]:
        """Return each destination's next message number. Raises StoreFailed."""
        return dict(self._run("SELECT name, next_number FROM destination ORDER BY name"))

    def insert_destination(self, name: str) -> None:
        """Add a destination; its first message has number 1. Raises StoreFailed."""
        self._run("INSERT INTO destination VALUES (?, 1)", name)

    def delete_destination(self, name: str) -> None:
        """Remove a destination with all that was to be sent to it. Raises StoreFailed."""
        self._run("DELETE FROM pending WHERE destination = ?", name)
        self._run("DELETE FROM message WHERE destination = ?", name)
        self._run("DELETE FROM destination WHERE name = ?", name)

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

    def delete_message(self, destination: str, number: int) -> None:
        """Forget a message that has arrived. Raises StoreFailed."""
        self._run("DELETE FROM message WHERE destination = ? AND number = ?", destination, number)


class StoreReader:
    """The reader's connection: short transactions, one SELECT each. Used by one thread.

    A long read would keep the log from being moved into the file, and let it grow.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreFailed."""
        self._db = connect(path, writing=False)

    def records(self, epoch: int, lane: Lane, first: int, last: int) -> list[tuple[Record, bytes]]:
        """Return the records `first` to `last` that are there, each with its SHA-256. Raises StoreFailed."""
        statement = (
            "SELECT seq, first_ns, last_ns, count, uid, payload, sha256 FROM record"
            " WHERE epoch = ? AND lane = ? AND seq BETWEEN ? AND ? ORDER BY seq"
        )
        with failures():
            rows = self._db.execute(statement, (epoch, lane.value, first, last)).fetchall()
        return [
            (Record(epoch, lane, seq, first_ns, last_ns, count, UUID(bytes=uid), payload), sha256)
            for seq, first_ns, last_ns, count, uid, payload, sha256 in rows
        ]

    def close(self) -> None:
        """Close the connection."""
        self._db.close()
