"""The reader's connection: what is asked of the file beside the writer, in short transactions."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from buffering.database import connect, failures
from buffering.record import Lane, Record
from buffering.records import RecordTable


class StoreReader(RecordTable):
    """The reader's connection. Used by one thread; the file refuses to be written to.

    A long read would keep the log from being moved into the file, and let it grow:
    one SELECT each, or a few within `snapshot`.
    """

    def __init__(self, path: Path) -> None:
        """Raises StoreFailed."""
        self._path = path.absolute()
        self._db = connect(path, writing=False)

    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with failures():
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let what is asked within see the store at one moment. Raises StoreFailed."""
        self._run("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._run("ROLLBACK")

    def forget(self) -> None:
        """Read from the file again what was read before. Raises StoreFailed."""
        self._run("PRAGMA shrink_memory")

    def drop_cached(self) -> None:
        """Ask the kernel to read the file from the medium again; what it does of that is its business.

        Through SQLite's own descriptors: to open the file once more, and close it, would
        let go of every lock that this process holds on it (POSIX).
        """
        with suppress(OSError):
            for entry in Path("/proc/self/fd").iterdir():
                with suppress(OSError):
                    if entry.readlink() == self._path:
                        os.posix_fadvise(int(entry.name), 0, 0, os.POSIX_FADV_DONTNEED)

    def read(self, epoch: int, lane: Lane, first: int, last: int) -> list[tuple[Record, bytes]]:
        """Return the records `first` to `last` that are there, each with its SHA-256. Raises StoreFailed."""
        return self.next_of(epoch, lane, first, last, limit=-1)

    def next_of(
        self, epoch: int, lane: Lane, first: int, last: int, *, limit: int
    ) -> list[tuple[Record, bytes]]:
        """Return the oldest `limit` of the records `first` to `last` (-1: all). Raises StoreFailed."""
        rows = self._run(
            "SELECT seq, first_ns, last_ns, count, uid, payload, sha256 FROM record"
            " WHERE epoch = ? AND lane = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
            epoch,
            lane.value,
            first,
            last,
            limit,
        )
        return [
            (Record(epoch, lane, seq, first_ns, last_ns, count, UUID(bytes=uid), payload), sha256)
            for seq, first_ns, last_ns, count, uid, payload, sha256 in rows
        ]

    def far_from(self, epoch: int, lane: Lane, seq: int, reach_ns: int) -> int:
        """Return the newest record up to `seq` whose time is `reach_ns` or more away from the newest's.

        0 where there is none. Raises StoreFailed.
        """
        below = "FROM record WHERE epoch = ? AND lane = ? AND seq <= ?"
        newest = self._run(f"SELECT last_ns {below} ORDER BY seq DESC LIMIT 1", epoch, lane.value, seq)
        if not newest:
            return 0
        [(last_ns,)] = newest
        found = self._run(
            f"SELECT seq {below} AND (last_ns <= ? OR last_ns >= ?) ORDER BY seq DESC LIMIT 1",
            epoch,
            lane.value,
            seq,
            last_ns - reach_ns,
            last_ns + reach_ns,
        )
        return int(found[0][0]) if found else 0

    def close(self) -> None:
        """Close the connection."""
        try:
            self._db.close()
        except sqlite3.Error:  # the disk is gone, and with it whatever was to be closed
            return
