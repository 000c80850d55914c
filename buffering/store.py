"""The one seam to SQLite and the disk: small methods, one statement each, no decisions.

Every statement goes through `_run`; so does every failure. All methods raise
StoreFailed when the disk did not take or give what was asked; the transaction
is then to be rolled back, and nothing of it has happened. Used by one thread.
"""

import os
import sqlite3
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from buffering.database import FILE, connect, failures, lock, open_or_create
from buffering.disk import BALLAST_BYTES, Ballast, Disk, exactly, measure
from buffering.errors import StoreFailed
from buffering.records import RecordTable
from buffering.sealed import is_sound, seal
from buffering.sending import SendingTables
from buffering.signatures import SignatureTable


@dataclass(frozen=True, slots=True)
class Space:
    """What the file takes, in pages, and what the disk has."""

    page_bytes: int
    pages: int
    free_pages: int  # in the file; re-used before it grows
    disk: Disk
    ballast_bytes: int


class Store(RecordTable, SendingTables, SignatureTable):
    """The writer's connection to one store file, and the lock on its folder.

    `records.py`, `sending.py` and `signatures.py` hold the methods by table.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, lock_fd: int, *, created: bool) -> None:
        self.path = path
        self.created = created
        self._db: sqlite3.Connection | None = db
        self._lock_fd: int | None = lock_fd
        self._pages_max: int | None = None
        self.ballast = Ballast(path.parent)

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
            self.limit_pages(self._pages_max)
        try:
            with failures():
                return self._db.execute(statement, values).fetchall()
        except StoreFailed as failed:
            raise exactly(failed, self.path.parent, has_quota=self._pages_max is not None) from failed

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
        self._unlock()

    def _unlock(self) -> None:
        descriptor, self._lock_fd = self._lock_fd, None
        if descriptor is not None:
            os.close(descriptor)

    def _drop(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    def abandon(self) -> None:
        """Let go of a store whose files were moved away: nothing is written to them any more. Never raises.

        SQLite itself sees that they were moved, and leaves the log as it is.
        """
        self.rollback()
        self._drop()
        self._unlock()

    # What the store says about itself, and the state beside the log

    def meta(self) -> dict[str, Any]:
        """Return what identifies the store. Raises StoreFailed."""
        return dict(self._run("SELECT key, value FROM meta"))

    def put_meta(self, key: str, value: str | int) -> None:
        """Set one value. Raises StoreFailed."""
        self._run(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value
        )

    def delete_meta(self, key: str) -> None:
        """Remove one value. Raises StoreFailed."""
        self._run("DELETE FROM meta WHERE key = ?", key)

    def state(self) -> dict[str, bytes]:
        """Return every key whose value is what was written. Raises StoreFailed."""
        rows = self._run("SELECT key, value, crc FROM state")
        return {key: value for key, value, crc in rows if is_sound(key, value, crc)}

    def unsound_state(self) -> dict[str, bytes]:
        """Return the keys whose value is not what was written. Raises StoreFailed."""
        rows = self._run("SELECT key, value, crc FROM state")
        return {key: value for key, value, crc in rows if not is_sound(key, value, crc)}

    def rename_state(self, former: str, key: str) -> None:
        """Let a value lie under another key, where there is one. Raises StoreFailed."""
        for (value,) in self._run("SELECT value FROM state WHERE key = ?", former):
            self.put_state(former, None)
            self.put_state(key, value)

    def put_state(self, key: str, value: bytes | None) -> None:
        """Set a key; None removes it. Raises StoreFailed."""
        if value is None:
            self._run("DELETE FROM state WHERE key = ?", key)
        else:
            self._run(
                "INSERT INTO state VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET value = excluded.value, crc = excluded.crc",
                key,
                value,
                seal(key, value),
            )

    # Space

    def space(self) -> Space:
        """Measure the file and the disk. Raises StoreFailed."""
        page_bytes, pages, free = (
            self._run(f"PRAGMA {name}")[0][0] for name in ("page_size", "page_count", "freelist_count")
        )
        return Space(page_bytes, pages, free, measure(self.path.parent), self.ballast.size)

    def quick_check(self, table: str | None) -> list[str]:
        """Return what SQLite finds wrong with a table, or with the whole file. Raises StoreFailed."""
        rows = self._run(f"PRAGMA quick_check({table or 10})")
        return [str(found) for (found,) in rows if found != "ok"]

    def limit_pages(self, pages: int | None) -> None:
        """Let the file grow no further: what does not fit fails as `disk-full`. Raises StoreFailed.

        SQLite forgets it with the connection, so it is set again with each.
        """
        self._pages_max = pages
        if pages is not None:
            self._run(f"PRAGMA max_page_count = {pages}")

    def save_room(self) -> None:
        """Keep what room a full disk has for the log, without which nothing can be removed. Never raises.

        What is committed beyond the file's end is moved there while the ballast's room is
        free: as long as it is not, the log cannot begin anew. Then the file grows no further,
        until the next round of upkeep has looked at the disk.
        """
        with suppress(StoreFailed):
            if measure(self.path.parent).free < BALLAST_BYTES:
                self.ballast.throw()
                with suppress(StoreFailed):
                    self._run("PRAGMA wal_checkpoint(PASSIVE)")
                [(pages,)] = self._run("PRAGMA page_count")
                self.limit_pages(min(pages, self._pages_max or pages))

    def shrink(self, pages: int) -> None:
        """Give up to `pages` free pages back to the disk. Raises StoreFailed.

        One call of the pragma gives back one page, whatever it is asked for: the
        sqlite3 module makes a single step of it.
        """
        for _ in range(pages):
            self._run("PRAGMA incremental_vacuum(1)")
