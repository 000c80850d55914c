"""The reader's connection: what is asked of the file beside the writer, in short transactions."""

from pathlib import Path
from uuid import UUID

from buffering.database import connect, failures
from buffering.record import Lane, Record


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
